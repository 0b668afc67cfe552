package fields

import (
	"reflect"
	"slices"
	"strconv"

	"callmill/schema"
)

// normalize brings the job whose fields were read to the form every other
// package relies on: lists kept, tasks with ids, each once, in order.
func (r *Reader) normalize(j *schema.Job) {
	l := &r.lists
	j.CallingNumbers = r.memory.strings.keep(l.numbers)
	j.Contacts = r.memory.contacts.keep(l.contacts)
	j.Extras = r.memory.extras.keep(l.extras)
	j.Summaries = r.memory.results.keep(l.summaries)
	for i := range l.tasks {
		t := &l.tasks[i]
		if t.JobID == j.JobID {
			t.JobID = ""
		}
		if t.TaskID == "" {
			t.TaskID = r.taskID(j.JobID, i)
		}
	}
	j.Tasks = r.memory.tasks.keep(r.uniqueTasks(l.tasks))
	if !slices.IsSortedFunc(j.Tasks, schema.CompareTasks) {
		slices.SortFunc(j.Tasks, schema.CompareTasks)
	}
}

// taskID names a task the API gave no id, after its position as delivered.
func (r *Reader) taskID(jobID string, position int) string {
	r.Count(NoTaskID)
	r.scratch = append(append(r.scratch[:0], jobID...), '#')
	r.scratch = strconv.AppendInt(r.scratch, int64(position), 10)
	return alias(r.memory.texts.keep(r.scratch))
}

// uniqueTasks leaves of tasks with one id the one delivered last, in place.
func (r *Reader) uniqueTasks(list []schema.Task) []schema.Task {
	const few = 16 // compared pair by pair, which is cheaper than a map
	if len(list) <= few && !hasDuplicates(list) {
		return list
	}
	last := make(map[string]int, len(list))
	for i := range list {
		if before, again := last[list[i].TaskID]; again {
			r.countDuplicate(&list[before], &list[i])
		}
		last[list[i].TaskID] = i
	}
	kept := list[:0]
	for i := range list {
		if last[list[i].TaskID] == i {
			kept = append(kept, list[i])
		}
	}
	return kept
}

func hasDuplicates(list []schema.Task) bool {
	for i := range list {
		for k := range i {
			if list[i].TaskID == list[k].TaskID {
				return true
			}
		}
	}
	return false
}

func (r *Reader) countDuplicate(a, b *schema.Task) {
	if reflect.DeepEqual(a, b) {
		r.Count(DuplicateTaskIdentical)
	} else {
		r.Count(DuplicateTaskReplaced)
	}
}
