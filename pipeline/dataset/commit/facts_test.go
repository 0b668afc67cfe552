package commit_test

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/flatten"
	"callmill/schema"
)

// withFacts returns a job and what SearchTask says of its first task at the same
// time.
func withFacts(j *schema.Job, f schema.Facts) []delivery {
	return append(jobs(j), facts(j.JobID, j.ObservedAt, f))
}

// taskRow returns the row of the first published task.
func (l *line) taskRow() schema.TaskRow {
	l.t.Helper()
	paths, _ := filepath.Glob(filepath.Join(l.dir, "latest", "tasks", "*", "*.parquet"))
	for _, path := range paths {
		for row, err := range parquetio.All[schema.TaskRow](path) {
			if err != nil {
				l.t.Fatal(err)
			}
			return *row
		}
	}
	l.t.Fatal("no task is published")
	return schema.TaskRow{}
}

// TestFactsOutliveVersions: what SearchTask said is merged over versions,
// later values win, and none is cleared.
func TestFactsOutliveVersions(t *testing.T) {
	hungUp := func(at int64, text string, day int, facts schema.Facts) []delivery {
		j := call("a", at, text, day)
		j.Tasks[0].Status = "SucceededClientHangUp"
		return withFacts(j, facts)
	}
	l := newLine(t)
	l.run(hungUp(100, "v1", 0, schema.Facts{})...)
	if row := l.taskRow(); row.CallMS != nil || !*row.FailedDialogue {
		t.Errorf("without facts: call_ms %v, failed %v", row.CallMS, *row.FailedDialogue)
	}

	p := l.run(hungUp(200, "v1", 0, schema.Facts{CallMS: new(int64(0)), ReachedEnd: new(true), ScriptName: "催收"})...)
	if p.Counts != (dataset.Counts{Seen: 1, Changed: 1}) {
		t.Errorf("new facts alone: counts %+v, want one changed", p.Counts)
	}
	row := l.taskRow()
	if row.CallMS == nil || *row.CallMS != 0 || row.ScriptName != "催收" || *row.FailedDialogue {
		t.Errorf("with facts: %v %q, failed %v", row.CallMS, row.ScriptName, *row.FailedDialogue)
	}

	if p := l.run(hungUp(300, "v1", 0, schema.Facts{ScriptName: "催收"})...); p.Changed {
		t.Errorf("known facts again: %+v, want nothing changed", p.Counts)
	}
	l.run(hungUp(400, "v2", 3, schema.Facts{ScriptName: "催收二"})...)
	row = l.taskRow()
	if row.CallMS == nil || row.ScriptName != "催收二" || *row.FailedDialogue || row.ReachedEnd == nil {
		t.Errorf("after another version, moved to another day: %v %q %v", row.CallMS, row.ScriptName, row.ReachedEnd)
	}
	l.run(hungUp(350, "late", 3, schema.Facts{ScriptName: "旧", RingingS: new(int32(7))})...)
	row = l.taskRow()
	if row.ScriptName != "催收二" || row.RingingS == nil || *row.RingingS != 7 {
		t.Errorf("an older version's facts: %q %v, want them only where nothing was known", row.ScriptName, row.RingingS)
	}
}

// TestFactsDoNotDependOnTheSplit: two versions in one run or in two.
func TestFactsDoNotDependOnTheSplit(t *testing.T) {
	first := withFacts(call("a", 100, "v1", 0), schema.Facts{ScriptName: "x", CallMS: new(int64(5))})
	second := withFacts(call("a", 200, "v2", 0), schema.Facts{ScriptName: "y", DialExceptions: []string{"486"}})
	one, two := newLine(t), newLine(t)
	one.run(append(first, second...)...)
	two.run(first...)
	two.run(second...)
	sameTables(t, two.tables(), one.tables())
}

// TestFactsObservedAt: the timestamp of the row that brought the values is published,
// and a later one that says the same leaves the dataset as it is.
func TestFactsObservedAt(t *testing.T) {
	l := newLine(t)
	l.run(append(jobs(call("a", 50, "v1", 0)), facts("a", 100, schema.Facts{ScriptName: "x"}))...)
	for _, c := range []struct {
		at      int64
		facts   schema.Facts
		changed bool
		want    int64
	}{
		{200, schema.Facts{ScriptName: "x"}, false, 100},
		{90, schema.Facts{ScriptName: "older"}, false, 100},
		{80, schema.Facts{RingingS: new(int32(7))}, true, 100},
		{150, schema.Facts{ScriptName: "y"}, true, 150},
		{160, schema.Facts{}, false, 150},
	} {
		p := l.run(facts("a", c.at, c.facts))
		if got := l.taskRow().FactsObservedAt; got != c.want || p.Changed != c.changed {
			t.Errorf("after %+v of %d: facts_observed_at %d, changed %v; want %d, %v", c.facts, c.at, got, p.Changed, c.want, c.changed)
		}
	}
}

// everyFact returns facts of which each field is known.
func everyFact(t *testing.T) (f schema.Facts) {
	for field, v := range reflect.ValueOf(&f).Elem().Fields() {
		if field.Name == "ObservedAt" {
			continue // facts sets it
		}
		switch v.Addr().Interface().(type) {
		case *string:
			v.SetString("x" + field.Name)
		case **int64, **int32:
			v.Set(reflect.New(v.Type().Elem()))
			v.Elem().SetInt(7)
		case **bool:
			v.Set(reflect.ValueOf(new(true)))
		case *[]string:
			v.Set(reflect.ValueOf([]string{"486"}))
		default:
			t.Fatalf("no value for %s of type %s", field.Name, field.Type)
		}
	}
	return f
}

// TestEveryFactIsKept: each field of Facts is a column of tasks with the same
// name, and outlives another version of the job, which the facts of its
// published tasks are read for.
func TestEveryFactIsKept(t *testing.T) {
	want := everyFact(t)
	l := newLine(t)
	l.run(append(jobs(call("a", 100, "v1", 0)), facts("a", 100, want))...)
	for _, job := range []*schema.Job{call("a", 200, "v2", 0), call("a", 300, "v3", 5)} {
		l.run(jobs(job)...)
		row := reflect.ValueOf(l.taskRow())
		for field, v := range reflect.ValueOf(want).Fields() {
			if field.Name == "ObservedAt" {
				continue // FactsObservedAt of the row: TestFactsObservedAt
			}
			if diff := cmp.Diff(v.Interface(), row.FieldByName(field.Name).Interface()); diff != "" {
				t.Errorf("%s of the version of %d (-want +got):\n%s", field.Name, job.ObservedAt, diff)
			}
		}
	}
	// One fact alone is reason enough to read them.
	for field, v := range reflect.ValueOf(want).Fields() {
		if field.Name == "ObservedAt" {
			continue // no value of SearchTask
		}
		var one schema.Facts
		reflect.ValueOf(&one).Elem().FieldByIndex(field.Index).Set(v)
		l := newLine(t)
		l.run(append(jobs(call("a", 100, "v1", 0)), facts("a", 100, one))...)
		l.run(jobs(call("a", 200, "v2", 0))...)
		if got := reflect.ValueOf(l.taskRow()).FieldByName(field.Name); got.IsZero() {
			t.Errorf("%s alone is lost", field.Name)
		}
	}
}

// facts is a row of SearchTask about the first task of a job.
func facts(job string, at int64, f schema.Facts) delivery {
	f.ObservedAt = at
	return delivery{facts: &schema.TaskFacts{InstanceID: "default", JobID: job, TaskID: job + "-0", Facts: f}}
}

// TestFactsComeAlone: rows of SearchTask may come before their job, after it, in
// another run, or for a job that moves to another day; they are merged in the
// order of their timestamps, in any order of delivery.
func TestFactsComeAlone(t *testing.T) {
	name := func(s string) schema.Facts { return schema.Facts{ScriptName: s} }
	ringing := schema.Facts{RingingS: new(int32(7))}
	for title, runs := range map[string][][]delivery{
		"with their job":           {{facts("a", 100, name("x")), jobs(call("a", 100, "v1", 0))[0], facts("a", 90, ringing)}},
		"before it":                {{facts("a", 90, ringing), facts("a", 100, name("x")), jobs(call("a", 100, "v1", 0))[0]}},
		"in the order of instants": {{facts("a", 100, name("x")), facts("a", 80, name("older")), facts("a", 90, ringing), jobs(call("a", 50, "v1", 0))[0]}},
		"in a later run":           {jobs(call("a", 50, "v1", 0)), {facts("a", 100, name("x")), facts("a", 90, ringing)}},
		"in two later runs":        {jobs(call("a", 50, "v1", 0)), {facts("a", 100, name("x"))}, {facts("a", 110, ringing)}},
		"older than what is known": {append(jobs(call("a", 95, "v1", 0)), facts("a", 100, name("x"))), {facts("a", 90, name("older")), facts("a", 80, ringing)}},
		"and the job moves":        {append(jobs(call("a", 50, "v0", 3)), facts("a", 100, name("x"))), append(jobs(call("a", 110, "v1", 0)), facts("a", 110, ringing))},
		"kept by another version":  {append(jobs(call("a", 50, "v0", 0)), facts("a", 100, name("x")), facts("a", 90, ringing)), jobs(call("a", 110, "v1", 0))},
	} {
		t.Run(title, func(t *testing.T) {
			for _, memory := range []int64{0, 1} {
				l := newLine(t)
				l.memory, l.appenders = memory, 2
				var last *commit.Published
				for _, run := range runs {
					last = l.run(run...)
				}
				if !last.Changed || last.Pending.ByReason[schema.PendingMissing] != 0 || !last.Counts.Balanced() {
					t.Errorf("published %+v", last)
				}
				if row := l.taskRow(); row.ScriptName != "x" || row.RingingS == nil || *row.RingingS != 7 {
					t.Errorf("script %q, ringing %v; want x and 7", row.ScriptName, row.RingingS)
				}
				if p := l.run(runs[len(runs)-1]...); p.Changed {
					t.Errorf("the same again: %+v, want nothing new", p)
				}
			}
		})
	}
}

// TestFactsInAnyRun: the tables have the same bytes whether facts come with their
// job, before it or in a later run.
func TestFactsInAnyRun(t *testing.T) {
	known := schema.Facts{ReachedEnd: new(true), CallMS: new(int64(5)), DialExceptions: []string{"486"}, JobGroupName: "g"}
	hungUp := func() *schema.Job {
		j := call("a", 100, "v1", 0, 1)
		j.Tasks[0].Status = "SucceededClientHangUp"
		return j
	}
	with, before, later := newLine(t), newLine(t), newLine(t)
	with.run(withFacts(hungUp(), known)...)
	before.run(append([]delivery{facts("a", 100, known)}, jobs(hungUp())...)...)
	later.run(jobs(hungUp())...)
	later.run(facts("a", 100, known))
	if row := with.taskRow(); row.FailedDialogue == nil || *row.FailedDialogue {
		t.Errorf("failed_dialogue %v, want false: the flow was ended", row.FailedDialogue)
	}
	sameTables(t, before.tables(), with.tables())
	sameTables(t, later.tables(), with.tables())
}

// TestFactsOfNoTask: what SearchTask says of tasks that are in no table is kept as an
// entry of what is pending, and nothing else comes of it until the task comes.
func TestFactsOfNoTask(t *testing.T) {
	some := schema.Facts{ScriptName: "x"}
	other := func(job, task string) delivery {
		d := facts(job, 100, some)
		d.facts.TaskID = task
		return d
	}
	for name, c := range map[string]struct {
		run  []delivery
		want []string
	}{
		"no such job":                  {[]delivery{facts("none", 100, some), facts("none", 200, some), other("none", "other")}, []string{"none/none-0 missing", "none/other missing"}},
		"no such task":                 {[]delivery{other("a", "other")}, []string{"a/other incomplete"}},
		"a job without tasks":          {[]delivery{facts("b", 100, some)}, []string{"b/ not_final", "b/b-0 incomplete"}},
		"no such task of a seen job":   {append(jobs(call("a", 200, "v1", 0)), other("a", "other")), []string{"a/ settling", "a/other incomplete"}},
		"no such task of a superseded": {append(jobs(call("a", 50, "old", 0)), other("a", "other")), []string{"a/ settling", "a/other incomplete"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			l.rules.Settle = time.Hour
			l.run(jobs(call("a", 100, "v1", 0), call("b", 100, "v1"))...)
			before := withoutFirstSeen(l.published())
			p := l.run(c.run...)
			if !p.Counts.Balanced() || p.Counts.Changed != 0 {
				t.Errorf("counts %+v, want nothing changed", p.Counts)
			}
			if diff := cmp.Diff(c.want, l.pending()); diff != "" {
				t.Errorf("pending (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, withoutFirstSeen(l.published())); diff != "" {
				t.Errorf("published jobs (-before +after):\n%s", diff)
			}
			if p := l.run(c.run...); p.Changed {
				t.Errorf("the same again changes %+v", p)
			}
		})
	}
}

// TestFactsCome: what SearchTask said of a call before its job came is in the tables
// when that comes, in a later run and in spite of answers that lack the call.
func TestFactsCome(t *testing.T) {
	want := everyFact(t)
	zero := schema.Facts{CallMS: new(int64(0)), ReachedEnd: new(false)}
	named := func(known schema.Facts) []delivery {
		d := facts("a", 100, known)
		d.facts.CallTime = day0
		return []delivery{d}
	}
	for name, known := range map[string]schema.Facts{"every one": want, "zeros": zero, "a name alone": {}} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			l.rules = reconcile.Rules{Settle: 48 * time.Hour}
			l.run(named(known)...)
			if diff := cmp.Diff([]string{"a/a-0 missing"}, l.pending()); diff != "" {
				t.Errorf("pending (-want +got):\n%s", diff)
			}
			l.run(jobs(call("a", 150, "empty"))...)
			if diff := cmp.Diff([]string{"a/ not_final", "a/a-0 incomplete"}, l.pending()); diff != "" {
				t.Errorf("without the call it is pending (-want +got):\n%s", diff)
			}
			l.run(jobs(call("a", day0+3*dayMS, "v1", 0))...)
			if diff := cmp.Diff([]string{"a/ settling"}, l.pending()); diff != "" {
				t.Errorf("once the call came late it settles (-want +got):\n%s", diff)
			}
			l.run(jobs(call("a", day0+5*dayMS, "v1", 0))...)
			if left := l.pending(); len(left) > 0 {
				t.Errorf("in the end pending is %q", left)
			}
			row := l.taskRow()
			known.ObservedAt = 100
			if known.IsZero() {
				known.ObservedAt = 0
			}
			if got := flatten.Job(&schema.Rows{Tasks: []schema.TaskRow{row}}).Tasks[0].Facts; !got.Equal(&known) {
				t.Errorf("the call has %+v, want %+v", got, known)
			}
		})
	}
}

func withoutFirstSeen(rows map[string]schema.JobRow) map[string]schema.JobRow {
	for id, row := range rows {
		row.FirstSeen = 0
		rows[id] = row
	}
	return rows
}
