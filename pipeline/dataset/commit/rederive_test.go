package commit_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/capacity"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/flatten"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/schema"
)

// oldLine returns the line of a copy of the dataset of format 1.
func oldLine(t *testing.T) *line {
	t.Helper()
	l := newLine(t)
	if err := os.CopyFS(l.dir, os.DirFS(filepath.Join("..", "testdata", "v1"))); err != nil {
		t.Fatal(err)
	}
	l.key = filepath.Join(l.dir, "key")
	return l
}

// oldNight is for the dataset of format 1: a job that stays, one that moves from no
// day to another, one that shrinks, a new one, facts of a task, a reject.
func oldNight() []delivery {
	const day = 1769500000000 // later than the versions there are
	changed, ringing := call("d", day, "v2", 0), int32(9)
	changed.InstanceID = "sales"
	moved := call("c", day, "v1", 1)
	moved.InstanceID = "sales"
	return append(jobs(moved, changed, call("new", day, "v1", 0)),
		delivery{facts: &schema.TaskFacts{InstanceID: "care", JobID: "b", TaskID: "b1", Facts: schema.Facts{ObservedAt: day, RingingS: &ringing}}},
		delivery{reject: &schema.Reject{InstanceID: "care", Code: schema.RejectSyntax, Origin: "x.json", Reason: "x", Raw: []byte("x"), ObservedAt: day}})
}

// TestUpgradeMerges: what a run brings is merged with what is published as ever,
// while all of it is written again.
func TestUpgradeMerges(t *testing.T) {
	l := oldLine(t)
	p := l.run(oldNight()...)
	if c := p.Counts; c.Seen != 4 || c.New != 1 || c.Changed != 1 || c.Held != 1 || c.Rejected != 1 {
		t.Errorf("%+v, want 1 new, 1 changed and 1 held of 4; jobs that were not seen do not count", c)
	}
	if p.Rederived == nil || p.Rederived[0].Format != 1 || p.Rederived[1].Format != dataset.FormatVersion {
		t.Errorf("brought from and to %+v", p.Rederived)
	}
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	rejects := 0
	for _, err := range tables.Rejects(d) {
		if err != nil {
			t.Fatal(err)
		}
		rejects++
	}
	if rejects != 3 {
		t.Errorf("%d rejects, want the two that were there and a new one", rejects)
	}
	ringing := map[string]int32{}
	for row, err := range tables.Rows[schema.TaskRow](d, schema.TableTasks) {
		if err != nil {
			t.Fatal(err)
		}
		if row.RingingS != nil {
			ringing[row.TaskID] = *row.RingingS
		}
	}
	if !maps.Equal(ringing, map[string]int32{"a2": 7, "b1": 9}) {
		t.Errorf("ringing_s of the tasks is %v, want 7 as published and 9 as SearchTask says now", ringing)
	}
	if jobs := d.Manifest().Table(schema.TableJobs).Rows; jobs != 5 {
		t.Errorf("%d jobs, want 5", jobs)
	}
	if again := l.run(oldNight()...); again.Changed || again.Rederived != nil || again.Counts.Unchanged != 2 {
		t.Errorf("the same night again: %+v", again)
	}
}

// TestEveryStepOfAnUpgradeFails is TestEveryStepFails for a run that writes a
// dataset of format 1 again as a whole.
func TestEveryStepOfAnUpgradeFails(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: fails every step of a run")
	}
	good := oldLine(t)
	before := withoutRejects(good.tables())
	good.run(oldNight()...)
	after := withoutRejects(good.tables())
	upgrade := func(t *testing.T, fault faulty.Fault) []faulty.Step {
		t.Helper()
		l := oldLine(t)
		broken := faulty.New(durable.OS{}, fault)
		l.options.FS = broken
		_, err := l.try(context.Background(), oldNight()...)
		l.options.FS = nil
		now := withoutRejects(l.tables())
		if !maps.Equal(now, after) && (err == nil || !maps.Equal(now, before)) {
			t.Errorf("after %v the tables are neither those of before nor of after", err)
			sameTables(t, now, after)
		}
		l.run(oldNight()...)
		sameTables(t, withoutRejects(l.tables()), after)
		if left := leftovers(t, l.dir); len(left) > 0 {
			t.Errorf("left over after the next run: %q", left)
		}
		return broken.Steps()
	}
	steps := upgrade(t, nil)
	stride := 23 // a sample; CALLMILL_THOROUGH=1, as in CI, is for every step
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		stride = 1
	}
	for n := 0; n < len(steps); n += stride {
		for name, fault := range map[string]faulty.Fault{
			"without-effect": faulty.Nth(n, faulty.Fail),
			"with-effect":    faulty.Nth(n, faulty.Done),
			"dies-before":    faulty.Dead(n, faulty.Fail),
			"dies-after":     faulty.Dead(n, faulty.Done),
		} {
			t.Run(steps[n].String()+"/"+name, func(t *testing.T) { upgrade(t, fault) })
		}
	}
	for _, room := range []int{0, 5000, 50_000} {
		upgrade(t, faulty.Full(room))
	}
}

// little is a file system with little room.
type little struct {
	durable.FS
	free int64
	err  error
}

func (l *little) Free(string) (int64, error) { return l.free, l.err }

// TestUpgradeNeedsRoom: where there is no room for a copy, a run ends before it has
// written anything, and says how much it needs.
func TestUpgradeNeedsRoom(t *testing.T) {
	l := oldLine(t)
	before := l.tables()
	l.options.FS = &little{FS: durable.OS{}, free: 10 << 10}
	_, err := l.try(context.Background(), oldNight()...)
	var full *capacity.Error
	if !errors.As(err, &full) || full.Available != 10<<10 || full.Needed < 10<<10 {
		t.Fatalf("%v, want a RoomError", err)
	}
	if !strings.Contains(err.Error(), "MB on disk, 0.0 MB are available") {
		t.Errorf("error %q names no figures", err)
	}
	sameTables(t, l.tables(), before)
	if left := leftovers(t, l.dir); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
	for name, enough := range map[string]*little{
		"enough":                        {FS: durable.OS{}, free: full.Needed},
		"the file system does not tell": {FS: durable.OS{}, err: errors.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			l := oldLine(t)
			l.options.FS = enough
			l.run(oldNight()...)
			l.options.FS = &little{FS: durable.OS{}} // not asked any more
			l.run(oldNight()...)
		})
	}
}

// TestRederive: what an older version of callmill derived is derived again, though
// the format is the same; files that come out the same are linked.
func TestRederive(t *testing.T) {
	l := newLine(t)
	first := l.run(nightBefore()...)
	want := l.tables()
	l.edit(first.Snapshot, fmt.Sprintf(`"derivation": %d`, flatten.Version), `"derivation": 1`)
	l.rename(first.Snapshot)
	l.rederive = true
	p := l.run()
	if !p.Changed || p.Counts.Seen != 0 || p.Rederived == nil || p.Rederived[0].Derivation == p.Rederived[1].Derivation {
		t.Errorf("a run that brought nothing: %+v", p)
	}
	sameTables(t, l.tables(), want)
	l.run(night()...)
	_, after := nights(t)
	sameTables(t, withoutRejects(l.tables()), after)
}
