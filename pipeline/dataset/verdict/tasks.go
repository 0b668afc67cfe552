package verdict

import (
	"slices"

	"github.com/cespare/xxhash/v2"

	"callmill/schema"
)

// Task is a call attempt of a version: what a comparison with another one needs.
type Task struct {
	Hash      uint64 // of its id, see HashTask
	ID        string // of a version that was asked for, or is published; else ""
	Called    int64  // the actual time, of such a version; ms
	Connected bool
	Turns     uint64
}

// HashTask is what stands for a task's id where ids would take too much room. Two of
// one job that differ have the same hash once in 2^64.
func HashTask(taskID string) uint64 { return xxhash.Sum64String(taskID) }

// TaskOf describes a task with its id.
func TaskOf(t *schema.Task) Task {
	task := taskOf(t)
	task.ID, task.Called = t.TaskID, t.ActualTime
	return task
}

func taskOf(t *schema.Task) Task {
	outcome := schema.OutcomeOf(t.Status)
	connected := outcome.Connected()
	return Task{Hash: HashTask(t.TaskID), Connected: connected != nil && *connected, Turns: uint64(len(t.Turns))}
}

// tasksOf returns what a comparison needs of the tasks of a job.
func tasksOf(job *schema.Job) (tasks []Task, lastCall int64) {
	if len(job.Tasks) == 0 {
		return nil, 0
	}
	tasks = make([]Task, len(job.Tasks))
	for i := range job.Tasks {
		t := &job.Tasks[i]
		if job.Asked {
			tasks[i] = TaskOf(t)
		} else {
			tasks[i] = taskOf(t)
		}
		lastCall = max(lastCall, t.CallTime())
	}
	return tasks, lastCall
}

// LastCall returns when a job was called last, in ms; 0: never.
func LastCall(job *schema.Job) (last int64) {
	for i := range job.Tasks {
		last = max(last, job.Tasks[i].CallTime())
	}
	return last
}

// lacks reports whether some tasks lack one of others, or have fewer turns in it. Of
// a task that is there twice the one with more turns counts.
func lacks(tasks, others []Task) bool {
	if len(others) == 0 {
		return false
	}
	turns := make(map[uint64]uint64, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		turns[t.Hash] = max(turns[t.Hash], t.Turns+1)
	}
	return slices.ContainsFunc(others, func(want Task) bool { return turns[want.Hash] <= want.Turns })
}
