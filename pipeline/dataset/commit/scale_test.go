package commit

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// newTx makes a transaction upon an invented snapshot of some shards, which have
// no files.
func newTx(t *testing.T, memory int64, shards ...shard) *Tx {
	t.Helper()
	d, err := dataset.Open(context.Background(), filepath.Join(t.TempDir(), "data"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	tx := begin(d, d.NewRun(), Options{Memory: memory, Workers: 2})
	t.Cleanup(func() { tx.Close() })
	for i, s := range shards {
		p := &publishedShard{shard: s, number: i, paths: make([]string, len(schema.RowCounts{})), rows: schema.RowCounts{10, 10, 100}, facts: -1}
		tx.old.shards = append(tx.old.shards, p)
		tx.old.byDay[s.day] = append(tx.old.byDay[s.day], p)
	}
	return tx
}

func keyOf(n int) schema.Key {
	var id [8]byte
	binary.LittleEndian.PutUint64(id[:], uint64(n))
	return schema.JobKey(nil, "", string(id[:]))
}

// TestMemoryWhenAllJobsChange: what is decided about every published job does
// not stay in memory, however many there are.
func TestMemoryWhenAllJobsChange(t *testing.T) {
	const jobs, memory = 200_000, 6 << 20
	tx := newTx(t, memory, shard{7, 0, 1})
	old, seen := tx.old.jobs.Writer(), tx.sightings.Writer()
	for n := range jobs {
		job := publishedJob{key: keyOf(n), observedAt: 100, firstSeen: 100, hasTasks: true}
		s := sighting{key: job.key, observed: 200, tasks: 1, day: 7, content: [8]byte{1}, entry: uint64(n) + 1}
		if err := old.Add(job.appendTo(nil)); err != nil {
			t.Fatal(err)
		}
		if err := seen.Add(s.appendTo(nil)); err != nil {
			t.Fatal(err)
		}
	}
	for _, close := range []func() error{old.Close, seen.Close, tx.old.jobs.Merge} {
		if err := close(); err != nil {
			t.Fatal(err)
		}
	}
	before := heapInUse()
	if err := tx.decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	if grown := heapInUse() - before; grown > 4<<20 {
		t.Errorf("%d MB are held about %d replaced jobs, want what Options.Memory grants", grown>>20, jobs)
	}
	if c := tx.versions.counts; c.Changed != jobs || tx.versions.replaced[7] != jobs {
		t.Errorf("counts %+v, %d replaced", c, tx.versions.replaced[7])
	}
	if tx.wanted.Len() > 0 {
		t.Error("published facts are wanted of a shard that has none")
	}
	if rows := tx.emptyBuild().estimate(&day{number: 7, old: tx.old.byDay[7]}); rows > 1 {
		t.Errorf("%d rows are estimated of a day whose jobs are all replaced by jobs that were not gathered", rows)
	}
}

// emptyBuild returns a build without a folder.
func (tx *Tx) emptyBuild() *build { return &build{tx: tx, days: map[int32]*day{}} }

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestManyDays: planning takes time in proportion to the days that are touched.
func TestManyDays(t *testing.T) {
	const days = 30_000
	var shards []shard
	for n := range days {
		shards = append(shards, shard{int32(n), 0, 1})
	}
	tx := newTx(t, 0, shards...)
	tx.versions = newVersions(tx, nil)
	for _, s := range shards {
		tx.versions.dirty[s] = true
	}
	b := tx.emptyBuild()
	start := time.Now()
	if units := b.plan(); len(units) != days {
		t.Errorf("%d shards are planned, want %d", len(units), days)
	}
	for _, d := range b.days {
		d.written[shard{d.number, 0, 1}] = &writtenShard{rows: schema.RowCounts{10}}
	}
	again, err := b.replan()
	if err != nil || len(again) > 0 {
		t.Errorf("%d shards are planned again, %v", len(again), err)
	}
	if took := time.Since(start); took > 5*time.Second { // of which it takes a hundredth
		t.Errorf("planning %d days took %v", days, took)
	}
}

// TestPublishedFactsAreReadWhereThereAreAny: of replaced jobs the facts that are
// published are wanted, unless their shard has none.
func TestPublishedFactsAreReadWhereThereAreAny(t *testing.T) {
	for facts, want := range map[int]bool{-1: false, 1: true} {
		tx := newTx(t, 0, shard{7, 0, 1})
		tx.old.shards[0].facts = facts
		o := outcome{key: keyOf(1), published: &publishedJob{key: keyOf(1), hasTasks: true}, day: 8, replaced: true}
		if err := tx.place(&o, nil); err != nil {
			t.Fatal(err)
		}
		if err := tx.wanted.finish(); err != nil {
			t.Fatal(err)
		}
		if got := tx.wanted.Len() > 0; got != want {
			t.Errorf("shard with facts %d: wanted %v", facts, got)
		}
	}
}
