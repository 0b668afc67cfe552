package verdict

import (
	"cmp"
	"slices"

	"callmill/schema"
)

// What SearchTask says of tasks is kept apart from the versions of jobs: it may
// change while a job's content does not, and it outlives versions that do not
// carry it. How two rows of one task are merged is schema.Facts.Merge's to say.

// TaskFacts are the facts of a task.
type TaskFacts struct {
	TaskID string
	Facts  schema.Facts

	there   bool  // the published version has the task
	named   bool  // SearchTask named it: in this run, or as an entry or the tables say
	now     bool  // in this run
	call    int64 // when it was, ms; 0: not known
	namedAt int64 // when it was first named, ms
}

// Known reports whether the task is one of the published version and SearchTask has
// values of it.
func (t *TaskFacts) Known() bool { return t.there && !t.Facts.IsZero() }

// Put puts facts into the tasks of a job. Of two about one task the last counts.
func Put(job *schema.Job, facts map[string]schema.Facts) {
	for i := range job.Tasks {
		t := &job.Tasks[i]
		if known, ok := facts[t.TaskID]; ok {
			t.Facts = known
		}
	}
}

// mergeFacts merges the published facts of a job's tasks, which come first in the
// list, with those that are pending and those of a run.
func mergeFacts(o *Outcome, j *Job) []TaskFacts {
	tasks := j.tasks()
	if len(tasks)+len(j.Facts)+len(j.Entries) == 0 {
		return nil
	}
	all := make([]TaskFacts, 0, len(tasks)+len(j.Facts))
	at := map[string]int{}
	for i := range tasks {
		p := &tasks[i]
		at[p.ID] = i // of a task that is there twice, the later one
		all = append(all, TaskFacts{TaskID: p.ID, Facts: p.Facts, named: !p.Facts.IsZero(), call: p.Called, namedAt: p.Facts.ObservedAt})
	}
	for _, f := range named(j) {
		k, ok := at[f.TaskID]
		if !ok {
			k = len(all)
			at[f.TaskID] = k
			all = append(all, TaskFacts{TaskID: f.TaskID})
		}
		t := &all[k]
		t.Facts = mergeWith(t.Facts, f.Facts, j.Published)
		t.named, t.now = true, t.now || !f.earlier
		t.call, t.namedAt = cmp.Or(t.call, f.Call), cmp.Or(t.namedAt, f.Observed)
	}
	there := map[uint64]bool{}
	for i := range o.tasks {
		there[o.tasks[i].Hash] = true
	}
	for i := range all {
		all[i].there = there[HashTask(all[i].TaskID)]
	}
	return all
}

// tasks returns the published tasks.
func (j *Job) tasks() []PublishedTask {
	if j.Published == nil {
		return nil
	}
	return j.Published.Tasks
}

// named returns what SearchTask said of the tasks of a job, in the order of instants:
// in the run, and before of those that are not in the tables.
func named(j *Job) []Fact {
	var facts []Fact
	for i := range j.Entries {
		row := &j.Entries[i]
		if row.TaskID != "" && row.Reason != schema.PendingWithoutFacts {
			facts = append(facts, Fact{Observed: row.Facts.ObservedAt, TaskID: row.TaskID, Facts: row.Facts, earlier: true})
		}
	}
	if len(facts) == 0 {
		return j.Facts
	}
	facts = append(facts, j.Facts...)
	slices.SortStableFunc(facts, func(a, b Fact) int { return cmp.Compare(a.Observed, b.Observed) })
	return facts
}

// mergeWith merges the facts of a task with a row of the run. Facts that a dataset of
// format 1 kept have no timestamp: the row is compared with that of their job.
func mergeWith(facts, row schema.Facts, old *Published) schema.Facts {
	if facts.ObservedAt != 0 || facts.IsZero() || old == nil {
		return facts.Merge(row)
	}
	facts.ObservedAt = old.Observed
	merged := facts.Merge(row)
	if merged.ObservedAt == old.Observed {
		merged.ObservedAt = 0
	}
	return merged
}

// decideFacts decides on the facts of the tasks of a job, which begin with those of
// the published ones: rows that stay as they are change only where they do.
func (d *Decider) decideFacts(o *Outcome, j *Job, all []TaskFacts) {
	if o.Written() {
		o.Facts = all
		return
	}
	tasks := j.tasks()
	all = all[:len(tasks)]
	for i := range all {
		if all[i].Facts.Equal(&tasks[i].Facts) {
			continue
		}
		if o.Facts = all; o.unchanged {
			d.Counts.Unchanged--
			d.Counts.Changed++
		}
		return
	}
}
