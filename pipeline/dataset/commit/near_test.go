package commit_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/flatten"
	"callmill/schema"
)

// anything draws what a night may bring of a few jobs: versions on days that differ, what
// SearchTask says of their calls, that they are expected, rejects.
func anything(t *rapid.T) delivery {
	id := fmt.Sprintf("job-%d", rapid.IntRange(0, 7).Draw(t, "job"))
	at := 1_700_000_000_000 + rapid.Int64Range(1, 20).Draw(t, "instant")
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		f := facts(id, at, schema.Facts{ScriptName: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "script")})
		f.facts.CallTime = day0
		return f
	case 1:
		return delivery{expect: &schema.Expected{InstanceID: "default", JobID: id, ObservedAt: at}}
	case 2:
		return reject(id, "damaged "+id, at)
	}
	days := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 3).Draw(t, "days")
	job := call(id, at, fmt.Sprintf("第%d版", rapid.IntRange(0, 2).Draw(t, "text")), days...)
	job.Asked = rapid.Bool().Draw(t, "asked")
	return delivery{job: job}
}

// TestWhatIsReadDecidesNothing: a run that reads only some of the published jobs, as
// there is room for them, decides what one does that reads all.
func TestWhatIsReadDecidesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes some hundred random nights")
	}
	rapid.Check(t, func(rt *rapid.T) {
		edge := edges.Draw(rt, "edge")
		some, all := newLine(t), newLine(t)
		some.rules.Edge, all.rules.Edge, all.memory = edge, edge, 1
		some.memory = rapid.SampledFrom([]int64{0, 0, 2048, 4096}).Draw(rt, "memory")
		for range rapid.IntRange(1, 3).Draw(rt, "runs") {
			night := rapid.SliceOfN(rapid.Custom(anything), 0, 10).Draw(rt, "night")
			some.appenders = rapid.IntRange(1, 3).Draw(rt, "workers")
			got, want := some.run(night...), all.run(night...)
			if got.Counts != want.Counts || got.Changed != want.Changed || !reflect.DeepEqual(got.Pending, want.Pending) {
				rt.Errorf("changed %v, counts %+v, pending %+v\nwant %v, %+v, %+v", got.Changed, got.Counts, got.Pending, want.Changed, want.Counts, want.Pending)
			}
			if got, want := some.entries(), all.entries(); !reflect.DeepEqual(got, want) {
				rt.Errorf("pending\n%+v\nwant\n%+v", got, want)
			}
			if got, want := some.rejects(), all.rejects(); !maps.Equal(got, want) {
				rt.Errorf("rejects %q, want %q", got, want)
			}
			sameTables(rt, some.withoutRejects(), all.withoutRejects())
		}
	})
}

// TestReadsWhatItMeets: a night that brings what is published reads nothing of other
// days, here a file that cannot be read, and one that brings another job reads all.
func TestReadsWhatItMeets(t *testing.T) {
	l := newLine(t)
	l.run(jobs(call("a", 100, "v", 0), call("b", 100, "v", 1))...)
	paths, _ := filepath.Glob(filepath.Join(l.dir, "latest", "jobs", dataset.DateDir(int32(day0/dayMS)), "*.parquet"))
	if len(paths) != 1 {
		t.Fatalf("files of the first day: %q", paths)
	}
	if err := os.WriteFile(paths[0], []byte("no Parquet"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, night := range [][]delivery{nil, jobs(call("b", 200, "v", 1))} {
		if p := l.run(night...); p.Changed {
			t.Errorf("counts %+v, want nothing new", p.Counts)
		}
	}
	if _, err := l.try(t.Context(), jobs(call("c", 200, "v", 1))...); err == nil || !strings.Contains(err.Error(), filepath.Base(paths[0])) {
		t.Errorf("a new job: %v, want an error that names the file", err)
	}

	tx, end := l.begin(0)
	defer end()
	if _, ok, err := tx.Job("default", "b", day0+dayMS); !ok || err != nil {
		t.Errorf("a job of the other day: %v, %v", ok, err)
	}
	for range 2 { // from then on nothing is certain
		for _, id := range []string{"c", "b"} {
			if _, _, err := tx.Job("default", id, day0+dayMS); err == nil {
				t.Errorf("job %s: no error", id)
			}
		}
	}
}

// TestHeldUnderAnotherDay: a version that lacks a call is held also where it would live
// under another day than the one that is published.
func TestHeldUnderAnotherDay(t *testing.T) {
	l := newLine(t)
	l.run(jobs(call("a", day0, "whole", 0, 1))...)
	if p := l.run(jobs(call("a", day0+1, "short", 1))...); p.Counts.Held != 1 {
		t.Errorf("counts %+v, want one held", p.Counts)
	}
}

// withoutRejects gives the hashes of the tables that do not name the run.
func (l *line) withoutRejects() map[string]string {
	l.t.Helper()
	files := l.tables()
	maps.DeleteFunc(files, func(path, _ string) bool { return strings.HasPrefix(path, schema.TableRejects) })
	return files
}

// TestStanding: how a job stands is found wherever it lies, whatever is known of its
// calls, and that it is not published.
func TestStanding(t *testing.T) {
	l := newLine(t)
	last := map[string]int64{"early": day0, "late": day0 + 9*dayMS, "two days": day0 + 8*dayMS, "not called": 0}
	l.run(jobs(call("early", 100, "v", 0), call("late", 100, "v", 9), call("two days", 100, "v", 2, 8), call("not called", 100, "v"))...)
	for _, memory := range []int64{0, 1, 1024} {
		for _, hint := range []int64{0, day0 - dayMS, day0, day0 + 8*dayMS, day0 + 20*dayMS} {
			tx, end := l.begin(memory)
			for id, want := range last {
				standing, ok, err := tx.Job("default", id, hint)
				if err != nil || !ok || standing.LastCall != want || standing.Final != (want != 0) {
					t.Errorf("memory %d, hint %d: %s stands as %+v, %v, %v; want its last call at %d", memory, hint, id, standing, ok, err, want)
				}
			}
			if standing, ok, err := tx.Job("default", "unknown", hint); ok || err != nil {
				t.Errorf("memory %d, hint %d: a job that is not published stands as %+v, %v", memory, hint, standing, err)
			}
			end()
		}
	}
}

// TestStandingOfManyAtOnce looks jobs up from several goroutines while shards are read,
// and in the end all of them.
func TestStandingOfManyAtOnce(t *testing.T) {
	const n = 60
	l := newLine(t)
	var list []*schema.Job
	for i := range n {
		list = append(list, call(fmt.Sprint("job-", i), 100, "v", i%12))
	}
	l.run(jobs(list...)...)
	for _, memory := range []int64{0, 1, 1 << 14} {
		tx, end := l.begin(memory)
		var g errgroup.Group
		for worker := range 4 {
			g.Go(func() error {
				for i := range n {
					i = (i*7 + worker*13) % n
					standing, ok, err := tx.Job("default", fmt.Sprint("job-", i), day0+int64(i%12)*dayMS)
					if want := day0 + int64(i%12)*dayMS; err != nil || !ok || standing.LastCall != want {
						return fmt.Errorf("memory %d: job %d stands as %+v, %v, %w", memory, i, standing, ok, err)
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
		end()
	}
}

// TestInstances lists the instances that jobs are published of.
func TestInstances(t *testing.T) {
	l := newLine(t)
	other := call("b", 100, "v", 3)
	other.InstanceID = "other"
	l.run(jobs(call("a", 100, "v", 0), call("c", 100, "v"), other)...)
	tx, end := l.begin(0)
	defer end()
	if got, err := tx.Instances(); err != nil || !reflect.DeepEqual(got, []string{"default", "other"}) {
		t.Errorf("%q, %v", got, err)
	}
}

// begin begins a run that publishes nothing, upon what is published.
func (l *line) begin(memory int64) (tx *commit.Tx, end func()) {
	l.t.Helper()
	d, err := dataset.Open(context.Background(), l.dir, l.options)
	if err != nil {
		l.t.Fatal(err)
	}
	tx, err = commit.Begin(l.t.Context(), d, d.NewRun(), commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(shanghai, runes{}) }, Unflatten: flatten.Job, Memory: memory,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return tx, func() {
		if err := errors.Join(tx.Close(), d.Close()); err != nil {
			l.t.Error(err)
		}
	}
}
