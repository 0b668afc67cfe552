package fields

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"

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
	l.tasks = r.uniqueTasks(l.tasks)
	j.Tasks = r.keepSorted(l.tasks)
	j.SortTasks()
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
	if !hasDuplicates(list, r.seen) {
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

// hasDuplicates compares pair by pair while that is cheaper than a map; seen
// is an empty map, and is left empty.
func hasDuplicates(list []schema.Task, seen map[string]struct{}) bool {
	const few = 16
	if len(list) > few {
		defer clear(seen)
		for i := range list {
			seen[list[i].TaskID] = struct{}{}
		}
		return len(seen) < len(list)
	}
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

// keepSorted is list in the order of schema.Job.SortTasks, which is slow where
// many large tasks have to change places.
func (r *Reader) keepSorted(list []schema.Task) []schema.Task {
	kept := r.memory.tasks.keep(list)
	const few = 16
	if len(list) <= few {
		return kept
	}
	order := make([]int32, len(list))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, k int32) int {
		a, b := &list[i], &list[k]
		return cmp.Or(compareInstants(a.CallTime(), b.CallTime()), strings.Compare(a.TaskID, b.TaskID))
	})
	for i, from := range order {
		kept[i] = list[from]
	}
	return kept
}

// compareInstants puts 0, which stands for no time, last.
func compareInstants(a, b int64) int {
	if (a == 0) != (b == 0) {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}
