package commit_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// standing is what is published of job a, and what is pending of it.
func (l *line) standing() string {
	text := ""
	for id, row := range l.published() {
		text += fmt.Sprintf("%s: %s of %d, first seen %d\n", id, row.JobReferenceID, row.ObservedAt, row.FirstSeen)
	}
	for _, row := range l.entries() {
		text += fmt.Sprintf("%s %s since %d\n", row.Reason, row.ContentHash, row.Since)
	}
	return text
}

// TestHeld: three versions of a job, of which the second lacks a call and the third a
// line, leave the same tables and entries in whatever order they come, at once or one
// by one. Package versions has the same for any versions.
func TestHeld(t *testing.T) {
	seen := []*schema.Job{call("a", day0, "whole", 0, 1), call("a", day0+1, "short", 0), mute(call("a", day0+2, "mute", 0, 1))}
	atOnce := newLine(t)
	atOnce.run(jobs(seen...)...)
	want := atOnce.standing()
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		l := newLine(t)
		for _, i := range order {
			if p := l.run(jobs(seen[i])...); !p.Counts.Balanced() {
				t.Errorf("counts %+v", p.Counts)
			}
		}
		if got := l.published()["a"]; got.JobReferenceID != "whole" {
			t.Errorf("in the order %v:\n%s\nat once:\n%s", order, l.standing(), want)
		}
		sameTables(t, l.tables(), atOnce.tables())
		if rows := l.entries(); len(rows) == 0 || rows[len(rows)-1].Reason != schema.PendingShrunk {
			t.Errorf("in the order %v %+v is pending, want a version that is held", order, rows)
		}
		if p := l.run(jobs(seen...)...); p.Counts.Held != 2 || p.Counts.Superseded != 2 {
			t.Errorf("all again: %+v", p.Counts)
		}
	}
}

// TestIncomparableVersions: neither of two versions is fuller. In the order of
// instants the first stays, and what the API shows last is published in the end.
func TestIncomparableVersions(t *testing.T) {
	l := newLine(t)
	first, second := call("a", day0, "first", 0), call("a", day0+1, "second", 0)
	second.Tasks[0].TaskID = "other"
	if p := l.run(jobs(first, second)...); p.Counts != (dataset.Counts{Seen: 2, New: 1, Superseded: 1, Held: 1}) {
		t.Errorf("counts %+v", p.Counts)
	}
	for i := range int64(2) {
		again := *second
		again.ObservedAt = day0 + (1+i)*dayMS
		l.run(jobs(&again)...)
	}
	if got := l.published()["a"].JobReferenceID; got != "second" {
		t.Errorf("published is %s", got)
	}
}

// manifestOf returns the manifest of the published snapshot.
func manifestOf(t *testing.T, l *line) *dataset.Manifest {
	t.Helper()
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	return d.Manifest()
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	if err = errors.Join(err, otherErr); err != nil {
		t.Fatal(err)
	}
	return os.SameFile(one, other)
}

// TestPendingFile: what is pending is one file, linked where it does not change, kept
// by a rewrite, and gone with its last entry.
func TestPendingFile(t *testing.T) {
	l := newLine(t)
	l.rules = reconcile.Rules{Now: time.UnixMilli(day0), Settle: 48 * time.Hour}
	missing := delivery{expect: &schema.Expected{InstanceID: "default", JobID: "gone", Trouble: schema.PendingMissing, ObservedAt: day0}}
	p := l.run(append(jobs(call("b", day0, "v1", 0)), missing)...)
	if !p.Changed || p.Pending.New[schema.PendingMissing] != 1 || p.Pending.NewJobs != 1 {
		t.Errorf("%+v, want one that is missing", p.Pending)
	}
	if p := l.run(missing); p.Changed || p.Pending.NewJobs != 0 || p.Pending.ByReason[schema.PendingMissing] != 1 {
		t.Errorf("still missing: changed %v, %+v", p.Changed, p.Pending)
	}
	first := manifestOf(t, l).Pending
	l.run(jobs(call("c", day0, "v1", 0))...)
	second := manifestOf(t, l).Pending
	if first.SHA256 != second.SHA256 || first.Rows != 1 {
		t.Errorf("the file is %+v, was %+v", second, first)
	}
	paths, err := filepath.Glob(filepath.Join(l.dir, "snapshots", "*", first.Path))
	if err != nil || len(paths) != 2 || !sameFile(t, paths[0], paths[1]) {
		t.Errorf("files %q of the two snapshots are not one", paths)
	}
	l.rederive = true
	l.run(jobs(call("c", day0+1, "v2", 0))...)
	if third := manifestOf(t, l).Pending; third.SHA256 != first.SHA256 {
		t.Errorf("written anew it is %+v, was %+v", third, first)
	}
	l.rederive = false
	gone := call("gone", day0+3*dayMS, "v1", 0)
	gone.Asked = true
	if p := l.run(jobs(gone)...); p.Pending.Met != 1 || len(p.Pending.ByReason) > 0 {
		t.Errorf("it came: %+v", p.Pending)
	}
	if last := manifestOf(t, l).Pending; last.Path != "" {
		t.Errorf("without entries there is %+v", last)
	}
}

// TestGivingUp: what is too old goes in a run that gives up, and what an operator
// drops stays as given up.
func TestGivingUp(t *testing.T) {
	l := newLine(t)
	for _, id := range []string{"x", "y"} {
		l.run(delivery{expect: &schema.Expected{InstanceID: "default", JobID: id, ObservedAt: day0}})
	}
	l.rules.Drop = func(row *schema.PendingRow) bool { return row.JobID == "x" }
	if p := l.run(); !p.Changed {
		t.Error("nothing changed")
	}
	if got := fmt.Sprint(l.pending()); got != "[x/ given_up y/ missing]" {
		t.Errorf("pending is %s", got)
	}
	l.rules = reconcile.Rules{Now: time.UnixMilli(day0 + 15*dayMS), Refetch: 14 * 24 * time.Hour, Lookback: 3 * 24 * time.Hour}
	if p := l.run(); p.Changed {
		t.Errorf("%+v: a run that does not give up changes what is pending", p.Pending)
	}
	l.rules.GiveUp = true
	if p := l.run(); !p.Changed || p.Pending.GivenUp != 1 {
		t.Errorf("%+v, want one given up", p.Pending)
	}
	if got := fmt.Sprint(l.pending()); got != "[x/ given_up]" {
		t.Errorf("pending is %s", got)
	}
}

// TestListOfBefore: the jobs that a manifest lists as it was before the file are
// entries, and in the file once anything changes.
func TestListOfBefore(t *testing.T) {
	l := oldLine(t)
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	listed := d.Manifest().Listed
	if len(listed) == 0 {
		t.Fatal("the dataset of format 1 lists nothing")
	}
	l.run(jobs(call("new", day0, "v1", 0))...)
	m := manifestOf(t, l)
	rows := l.entries()
	if len(m.Listed) > 0 || int(m.Pending.Rows) != len(listed) || len(rows) != len(listed) || rows[0].JobID != listed[0].JobID || rows[0].Since != listed[0].Since.UnixMilli() {
		t.Errorf("%+v of %+v, and the manifest still lists %+v", rows, listed, m.Listed)
	}
}

// TestUndatedSighting: a file without timestamps does not say when the API showed what
// is in it. So it neither settles a job nor ends a hold, however late it is converted.
func TestUndatedSighting(t *testing.T) {
	settling := call("a", day0, "v1", 0)
	settling.Asked = true
	for name, deliveries := range map[string][]delivery{
		"settling": jobs(settling),
		"held":     jobs(call("a", day0, "v1", 0, 1), call("a", day0+1, "short", 0)),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			l.rules = reconcile.Rules{Now: time.UnixMilli(day0), Settle: 48 * time.Hour}
			l.run(deliveries...)
			before := l.standing()
			if len(l.entries()) != 1 {
				t.Fatalf("before:\n%s\nwant one entry", before)
			}
			saved := *deliveries[0].job
			saved.ObservedAt, saved.Asked = 0, false
			if p := l.run(jobs(&saved)...); p.Changed || p.Counts.Unchanged != 1 {
				t.Errorf("changed %v, counts %+v; was\n%s\nis\n%s", p.Changed, p.Counts, before, l.standing())
			}
		})
	}
}
