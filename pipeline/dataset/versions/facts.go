package versions

import (
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
	ofRun  bool // the run brought some of them
}

// mergeFacts merges the published facts of a job's tasks, which come first in the
// list, with those of a run.
func mergeFacts(old *publishedJob, of *known) []taskFacts {
	var all []taskFacts
	at := map[string]int{}
	for i := range of.published {
		at[of.published[i].taskID] = i // of a task that is there twice, the later one
		all = append(all, taskFacts{taskID: of.published[i].taskID, facts: of.published[i].facts})
	}
	for i := range of.facts {
		f := &of.facts[i]
		k, ok := at[f.taskID]
		if !ok {
			k = len(all)
			at[f.taskID] = k
			all = append(all, taskFacts{taskID: f.taskID})
		}
		t := &all[k]
		t.ofRun = true
		t.facts = mergeWith(t.facts, f.facts, old)
	}
	return all
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

// decideFacts decides on the facts of a job: it changes the row of a published
// job where they change, and counts those of tasks that are not published.
func (d *decider) decideFacts(o *outcome, of *known) error {
	if len(of.facts) == 0 && (!o.written || len(of.published) == 0) {
		return nil
	}
	all := mergeFacts(o.published, of)
	if o.written {
		return d.setFacts(o.day, of.key, all)
	}
	d.Unmatched += int64(len(all) - len(of.published))
	changed := false
	for i := range of.published {
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
	return d.setFacts(o.day, of.key, all[:len(of.published)])
}

// setFacts decides on the facts of a job that is written.
func (d *decider) setFacts(day int32, key schema.Key, list []taskFacts) error {
	list = slices.DeleteFunc(list, func(t taskFacts) bool { return t.facts.IsZero() })
	if len(list) == 0 {
		return nil
	}
	return d.add(day, key, kindFacts, func(c *spill.Codec) {
		for i := range list {
			list[i].code(c)
		}
	})
}

func (t *taskFacts) code(c *spill.Codec) {
	c.Bool(&t.ofRun)
	c.Text(&t.taskID)
	t.facts.Code(c)
}

// putFacts puts the facts of a decision into a job. It returns how many tasks
// the run brought facts of and the job does not have.
func putFacts(job *schema.Job, decision *spill.Codec) (unmatched int64, err error) {
	facts := map[string]schema.Facts{}
	ofRun := map[string]bool{}
	for len(decision.Bytes()) > 0 {
		var t taskFacts
		t.code(decision)
		if facts[t.taskID] = t.facts; t.ofRun {
			ofRun[t.taskID] = true
		}
	}
	for i := range job.Tasks {
		t := &job.Tasks[i]
		if known, ok := facts[t.TaskID]; ok {
			t.Facts = known
			delete(ofRun, t.TaskID)
		}
	}
	return int64(len(ofRun)), decision.Err()
}
