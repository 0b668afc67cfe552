package commit_test

import (
	"path/filepath"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// withFacts gives a job whose first task SearchTask knows.
func withFacts(j *schema.Job, facts schema.Facts) *schema.Job {
	j.Tasks[0].Facts = facts
	return j
}

// factsOf reads the published facts of the only task.
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
	hungUp := func(at int64, text string, day int, facts schema.Facts) *schema.Job {
		j := withFacts(call("a", at, text, day), facts)
		j.Tasks[0].Status = "SucceededClientHangUp"
		return j
	}
	l := newLine(t)
	l.run(jobs(hungUp(100, "v1", 0, schema.Facts{}))...)
	if row := l.taskRow(); row.CallMS != nil || !*row.FailedDialogue {
		t.Errorf("without facts: call_ms %v, failed %v", row.CallMS, *row.FailedDialogue)
	}

	p := l.run(jobs(hungUp(200, "v1", 0, schema.Facts{CallMS: new(int64(0)), ReachedEnd: new(true), ScriptName: "催收"}))...)
	if p.Counts != (dataset.Counts{Seen: 1, Changed: 1}) {
		t.Errorf("new facts alone: counts %+v, want one changed", p.Counts)
	}
	row := l.taskRow()
	if row.CallMS == nil || *row.CallMS != 0 || row.ScriptName != "催收" || *row.FailedDialogue {
		t.Errorf("with facts: %v %q, failed %v", row.CallMS, row.ScriptName, *row.FailedDialogue)
	}

	if p := l.run(jobs(hungUp(300, "v1", 0, schema.Facts{ScriptName: "催收"}))...); p.Changed {
		t.Errorf("known facts again: %+v, want nothing changed", p.Counts)
	}
	l.run(jobs(hungUp(400, "v2", 3, schema.Facts{ScriptName: "催收二"}))...)
	row = l.taskRow()
	if row.CallMS == nil || row.ScriptName != "催收二" || *row.FailedDialogue || row.ReachedEnd == nil {
		t.Errorf("after another version, moved to another day: %v %q %v", row.CallMS, row.ScriptName, row.ReachedEnd)
	}
	l.run(jobs(hungUp(350, "late", 3, schema.Facts{ScriptName: "旧", RingingS: new(int32(7))}))...)
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
	one.run(jobs(first, second)...)
	two.run(jobs(first)...)
	two.run(jobs(second)...)
	sameTables(t, two.tables(), one.tables())
}
