package versions

import (
	"cmp"
	"slices"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// What SearchTask says of tasks is kept apart from the versions of jobs: it may
// change while a job's content does not, and it outlives versions that do not
// carry it. How two rows of one task are merged is schema.Facts.Merge's to say.

// taskFacts are the facts of a task.
type taskFacts struct {
	taskID string
	facts  schema.Facts

	there   bool  // the published version has the task
	named   bool  // SearchTask named it: in this run, or as an entry or the tables say
	now     bool  // in this run
	call    int64 // when it was, ms; 0: not known
	namedAt int64 // when it was first named, ms
}

// mergeFacts merges the published facts of a job's tasks, which come first in the
// list, with those that are pending and those of a run.
func mergeFacts(o *outcome, of *known) []taskFacts {
	if len(of.published)+len(of.facts)+len(of.entries) == 0 {
		return nil
	}
	all := make([]taskFacts, 0, len(of.published)+len(of.facts))
	at := map[string]int{}
	for i := range of.published {
		p := &of.published[i]
		at[p.id] = i // of a task that is there twice, the later one
		all = append(all, taskFacts{taskID: p.id, facts: p.facts, named: !p.facts.IsZero(), call: p.called, namedAt: p.facts.ObservedAt})
	}
	for _, f := range named(of) {
		k, ok := at[f.taskID]
		if !ok {
			k = len(all)
			at[f.taskID] = k
			all = append(all, taskFacts{taskID: f.taskID})
		}
		t := &all[k]
		t.facts = mergeWith(t.facts, f.facts, o.published)
		t.named, t.now = true, t.now || f.sequence >= 0
		t.call, t.namedAt = cmp.Or(t.call, f.call), cmp.Or(t.namedAt, f.observed)
	}
	there := map[uint64]bool{}
	for i := range o.tasks {
		there[o.tasks[i].hash] = true
	}
	for i := range all {
		all[i].there = there[hashOf(all[i].taskID)]
	}
	return all
}

// named returns what SearchTask said of the tasks of a job, in the order of instants:
// in the run, and before of those that are not in the tables, with a sequence of -1.
func named(of *known) []fact {
	var facts []fact
	for i := range of.entries {
		row := &of.entries[i]
		if row.TaskID != "" && row.Reason != schema.PendingWithoutFacts {
			facts = append(facts, fact{observed: row.Facts.ObservedAt, sequence: -1, taskID: row.TaskID, facts: row.Facts})
		}
	}
	if len(facts) == 0 {
		return of.facts
	}
	facts = append(facts, of.facts...)
	slices.SortStableFunc(facts, func(a, b fact) int { return cmp.Compare(a.observed, b.observed) })
	return facts
}

// mergeWith merges the facts of a task with a row of the run. Facts that a dataset of
// format 1 kept have no timestamp: the row is compared with that of their job.
func mergeWith(facts, row schema.Facts, old *publishedJob) schema.Facts {
	if facts.ObservedAt != 0 || facts.IsZero() || old == nil {
		return facts.Merge(row)
	}
	facts.ObservedAt = old.observedAt
	merged := facts.Merge(row)
	if merged.ObservedAt == old.observedAt {
		merged.ObservedAt = 0
	}
	return merged
}

// decideFacts decides on the facts of the tasks of a job, which begin with those of
// the published ones: it changes the row of a published job where they change.
func (d *decider) decideFacts(o *outcome, of *known, all []taskFacts) error {
	if o.written {
		return d.setFacts(o.day, of.key, all)
	}
	all = all[:len(of.published)]
	changed := false
	for i := range all {
		changed = changed || !all[i].facts.Equal(&of.published[i].facts)
	}
	if !changed {
		return nil
	}
	d.Dirty[d.old.shards[o.published.shard].Shard] = true
	if o.unchanged {
		d.Counts.Unchanged--
		d.Counts.Changed++
	}
	return d.setFacts(o.day, of.key, all)
}

// setFacts decides on the facts of a job that is written.
func (d *decider) setFacts(day int32, key schema.Key, list []taskFacts) error {
	some := false
	for i := range list {
		some = some || list[i].there && !list[i].facts.IsZero()
	}
	if !some {
		return nil
	}
	return d.add(day, key, kindFacts, func(c *spill.Codec) {
		for i := range list {
			if list[i].there && !list[i].facts.IsZero() {
				list[i].code(c)
			}
		}
	})
}

func (t *taskFacts) code(c *spill.Codec) {
	c.Text(&t.taskID)
	t.facts.Code(c)
}

// putFacts puts the facts of a decision into a job.
func putFacts(job *schema.Job, decision *spill.Codec) error {
	facts := map[string]schema.Facts{}
	for len(decision.Bytes()) > 0 {
		var t taskFacts
		t.code(decision)
		facts[t.taskID] = t.facts
	}
	for i := range job.Tasks {
		t := &job.Tasks[i]
		if known, ok := facts[t.TaskID]; ok {
			t.Facts = known
		}
	}
	return decision.Err()
}
