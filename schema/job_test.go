package schema_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"callmill/schema"
)

func TestSortTasks(t *testing.T) {
	job := schema.Job{Tasks: []schema.Task{
		{TaskID: "never"},
		{TaskID: "planned late", PlannedTime: 30},
		{TaskID: "b", ActualTime: 10},
		{TaskID: "a", ActualTime: 10},
		{TaskID: "planned late, called early", PlannedTime: 40, ActualTime: 5},
		{TaskID: "before 1970", ActualTime: -1},
		{TaskID: "also never"},
	}}
	job.SortTasks()
	want := []string{"before 1970", "planned late, called early", "a", "b", "planned late", "also never", "never"}
	if got := taskIDs(job); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func taskIDs(job schema.Job) []string {
	var ids []string
	for _, task := range job.Tasks {
		ids = append(ids, task.TaskID)
	}
	return ids
}

// The order does not depend on the order of delivery, and sorting again changes
// nothing.
func TestSortTasksForgetsTheDelivery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfDistinct(rapid.StringN(0, 3, -1), rapid.ID[string]).Draw(t, "ids")
		times := rapid.Int64Range(0, 3)
		var job schema.Job
		for _, id := range ids {
			job.Tasks = append(job.Tasks, schema.Task{
				TaskID: id, PlannedTime: times.Draw(t, "planned"), ActualTime: times.Draw(t, "actual"),
			})
		}
		other := schema.Job{Tasks: rapid.Permutation(job.Tasks).Draw(t, "delivered")}
		job.SortTasks()
		other.SortTasks()
		if !slices.Equal(taskIDs(job), taskIDs(other)) {
			t.Fatalf("%q and %q", taskIDs(job), taskIDs(other))
		}
		for i := 1; i < len(job.Tasks); i++ {
			a, b := job.Tasks[i-1], job.Tasks[i]
			if at, bt := a.CallTime(), b.CallTime(); bt != 0 && (at == 0 || at > bt) || at == bt && a.TaskID >= b.TaskID {
				t.Fatalf("%q (%d) before %q (%d)", a.TaskID, at, b.TaskID, bt)
			}
		}
	})
}

func TestFinalStatus(t *testing.T) {
	for status, want := range map[string]bool{
		"Succeeded": true, "Failed": true, "Cancelled": true,
		"Scheduling": false, "Executing": false, "Paused": false, "Drafted": false, "": false, "succeeded": false,
	} {
		if schema.FinalStatus(status) != want {
			t.Errorf("%q: final %v", status, !want)
		}
	}
}
