package commit_test

import (
	"slices"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// awaited lists the jobs that are pending.
func awaited(t *testing.T, l *line) (ids []string) {
	t.Helper()
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range tables.Pending(d) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, row.JobID)
	}
	return slices.Compact(ids)
}

// TestErasedIsNotTaken: nothing of a job that is erased is taken, of which the job says so,
// and of anything else the id; it counts as erased, and as come where it was expected. Jobs
// are not looked up again.
func TestErasedIsNotTaken(t *testing.T) {
	l := newLine(t)
	expect := func(id string) delivery {
		return delivery{expect: &schema.Expected{InstanceID: "i", JobID: id, ObservedAt: 1}}
	}
	come := func(id string, erased bool) delivery {
		return delivery{job: &schema.Job{InstanceID: "i", JobID: id, Status: "Succeeded", ObservedAt: 2, Erased: erased}}
	}
	l.run(expect("by-number"), expect("by-id"), expect("other"), come("stays", false))
	if got := awaited(t, l); !slices.Equal(got, []string{"by-id", "by-number", "other"}) {
		t.Fatalf("pending are %v", got)
	}
	asked := map[string]int{}
	l.erased = func(instance, id string) bool {
		asked[id]++
		return instance == "i" && id == "by-id"
	}
	p := l.run(come("by-number", true), come("by-id", true), come("stays", false), come("new", false),
		delivery{reject: &schema.Reject{InstanceID: "i", JobID: "by-id", Code: "shape", Raw: []byte("{}"), ObservedAt: 2}})
	if c := p.Counts; c.Seen != 5 || c.Erased != 3 || c.Unchanged != 1 || c.New != 1 || !c.Balanced() {
		t.Errorf("counts %+v", c)
	}
	if got := awaited(t, l); !slices.Equal(got, []string{"other"}) {
		t.Errorf("pending are %v", got)
	}
	for _, table := range p.Tables {
		if table.Name == schema.TableJobs && table.Rows != 2 || table.Name == schema.TableRejects && table.Rows != 0 {
			t.Errorf("%s has %d rows", table.Name, table.Rows)
		}
	}
	if asked["stays"]+asked["new"] > 0 {
		t.Errorf("jobs were looked up again: %v", asked)
	}
	// A list that names it once more expects it no more.
	l.run(expect("by-id"), come("stays", false))
	if got := awaited(t, l); !slices.Equal(got, []string{"other"}) {
		t.Errorf("pending are %v", got)
	}
}
