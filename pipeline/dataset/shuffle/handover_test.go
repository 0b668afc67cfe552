package shuffle_test

import (
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/handover"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/flatten"
	"callmill/schema"
)

// handedOver gives what a snapshot has, or what is not as in an earlier one, in parts
// that are read in any order, each by itself.
func (f *folder) handedOver(rt *rapid.T, to, since string) shuffled {
	f.t.Helper()
	d, err := dataset.View(f.dir)
	f.must(err)
	at := func(name string) *dataset.Dataset {
		if name == "" {
			return nil
		}
		snapshot, err := d.At(name)
		f.must(err)
		return snapshot
	}
	open := func() *handover.Handover {
		h, err := handover.New(at(to), at(since), flatten.Job)
		f.must(err)
		return h
	}
	records := shuffled{}
	for _, part := range rapid.Permutation(open().Parts()).Draw(rt, "parts") {
		f.must(open().Read(f.t.Context(), part.Name, records.appender(), &handover.Counts{}))
	}
	return records
}

// snapshot returns the name of the latest snapshot.
func (f *folder) snapshot() string {
	f.t.Helper()
	d, err := dataset.View(f.dir)
	f.must(err)
	return d.Name()
}

// TestHandover: a lake that takes over what a dataset publishes, whole or what is not as
// it was when that was last done, has its tables afterwards, whatever the dataset did
// meanwhile, and if it went back to an earlier snapshot.
func TestHandover(t *testing.T) {
	checkHistories(t, func(rt *rapid.T) {
		disk := &folder{t: t, dir: filepath.Join(t.TempDir(), "data"), clock: time.UnixMilli(day0 + 7)}
		l, w := newLake(rt), drawWorld(rt)
		permute := permuting(rt)
		taken, published := "", []string{}
		for range rapid.IntRange(1, 4).Draw(rt, "imports") {
			for range rapid.IntRange(1, 2).Draw(rt, "runs") {
				disk.clock = disk.clock.Add(time.Duration(rapid.Int64Range(1, 3).Draw(rt, "later")) * 12 * time.Hour)
				disk.publish(rapid.SliceOfN(w.pieces(), 0, 8).Draw(rt, "pieces"), 1)
				published = append(published, disk.snapshot())
			}
			if rapid.Bool().Draw(rt, "rolls back") {
				disk.must(dataset.Rollback(t.Context(), disk.dir, rapid.SampledFrom(published).Draw(rt, "to"), dataset.Options{}))
			}
			since := rapid.SampledFrom([]string{"", taken}).Draw(rt, "since")
			o := shuffle.Options{Flattener: lasting{newFlattener()}, FullImport: since == "", Rules: rulesOf(disk.clock, 0)}
			now := disk.snapshot()
			records := disk.handedOver(rt, now, since)
			if o.FullImport {
				for key := range l.states {
					records[key] = append(records[key], nil...)
				}
			}
			if report, _ := l.reduce(o, records, permute); report.Counts.Unchanged > 0 && since != "" {
				rt.Errorf("%d jobs that are as they were are handed over", report.Counts.Unchanged)
			}
			taken = now
			want, got := disk.read(), l.read()
			delete(want, schema.TableStatuses) // a lake keeps those of jobs that are gone
			delete(got, schema.TableStatuses)
			if d := diff(want, got); d != "" {
				rt.Fatalf("since %q: tables (-on disk +taken over):\n%s", since, d)
			}
		}
	})
}
