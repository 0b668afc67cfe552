package versions

import (
	"slices"

	"github.com/cespare/xxhash/v2"

	"callmill/schema"
)

// hashOf is what stands for a task's id where ids would take too much room. Two of
// one job that differ have the same hash once in 2^64.
func hashOf(taskID string) uint64 { return xxhash.Sum64String(taskID) }

// tasksOf returns what a comparison needs of the tasks of a job.
func tasksOf(job *schema.Job) (tasks []task, lastCall int64) {
	if len(job.Tasks) == 0 {
		return nil, 0
	}
	tasks = make([]task, len(job.Tasks))
	for i := range job.Tasks {
		t := &job.Tasks[i]
		outcome := schema.OutcomeOf(t.Status)
		connected := outcome.Connected()
		tasks[i] = task{turns: uint64(len(t.Turns)), connected: connected != nil && *connected}
		if job.Asked {
			tasks[i].id, tasks[i].called = t.TaskID, t.ActualTime
		} else {
			tasks[i].hash = hashOf(t.TaskID)
		}
		lastCall = max(lastCall, t.CallTime())
	}
	return tasks, lastCall
}

// lacks reports whether some tasks lack one of others, or have fewer turns in it. Of
// a task that is there twice the one with more turns counts.
func lacks(tasks, others []task) bool {
	if len(others) == 0 {
		return false
	}
	turns := make(map[uint64]uint64, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		turns[t.hash] = max(turns[t.hash], t.turns+1)
	}
	return slices.ContainsFunc(others, func(want task) bool { return turns[want.hash] <= want.turns })
}
