package commit_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/flatten"
	"callmill/schema"
)

// TestManyPending: what is pending does not stay in memory, however much it is: neither
// while lists name it, nor in a run that meets none of it.
func TestManyPending(t *testing.T) {
	n := 200_000
	if testing.Short() {
		n = 20_000
	}
	l := newLine(t)
	var peak uint64
	measured := func(name string, names int) *commit.Published {
		t.Helper()
		d, err := dataset.Open(t.Context(), l.dir, l.options)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		run := d.NewRun()
		tx, err := commit.Begin(context.Background(), d, run, commit.Options{
			Flattener: func() commit.Flattener { return flatten.New(shanghai, runes{}) }, Unflatten: flatten.Job, Memory: 8 << 20,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Close()
		a := tx.Appender()
		for i := range names {
			f := schema.TaskFacts{InstanceID: "default", JobID: fmt.Sprint("job-", i), TaskID: fmt.Sprint("task-", i), CallTime: day0}
			f.Facts = schema.Facts{ObservedAt: day0, JobGroupName: "campaign", CallMS: new(int64(i))}
			if err := a.Facts(&schema.Raw{Sequence: int64(i)}, &f); err != nil {
				t.Fatal(err)
			}
		}
		if names == 0 {
			if err := a.Job(&schema.Raw{}, 0, call("other", day0, "v1", 0)); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Flush(); err != nil {
			t.Fatal(err)
		}
		p, err := tx.Commit(t.Context(), dataset.Extent{Settings: dataset.Settings{TimeZone: "Asia/Shanghai"}})
		if err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
		t.Logf("%s: %d entries, %d MB are held", name, manifestOf(t, l).Pending.Rows, m.HeapAlloc>>20)
		if err := d.WriteRun(run, map[string]any{"snapshot": p.Snapshot}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := measured("named", n)
	if got := first.Pending.ByReason[schema.PendingMissing]; got != int64(n) || first.Pending.NewJobs != int64(n) {
		t.Errorf("%+v, want %d missing", first.Pending, n)
	}
	second := measured("not met", 0)
	if got := second.Pending; got.ByReason[schema.PendingMissing] != int64(n) || got.NewJobs != 0 || got.Met != 0 {
		t.Errorf("%+v, want them as they were", got)
	}
	if peak > 48<<20 {
		t.Errorf("%d MB are held, want what the run was granted", peak>>20)
	}
}
