package versions

import (
	"cmp"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/spill"
)

// keepEntries leaves what is pending of a job that the run did not meet, but for what
// is given up.
func (d *decider) keepEntries(of *known) error {
	if len(of.entries) == 0 {
		return nil
	}
	return d.setEntries(of, &reconcile.Job{InstanceID: of.entries[0].InstanceID, JobID: of.entries[0].JobID})
}

// decidePending decides what is pending of a job that the run met.
func (d *decider) decidePending(o *outcome, of *known, facts []taskFacts) error {
	j := &reconcile.Job{Held: o.held()}
	if o.confirmed {
		j.Confirmed = nameOf(o.current.content, o.current.name)
	}
	for i := range facts {
		if t := &facts[i]; t.named && (t.now || !t.there) {
			j.Named = append(j.Named, reconcile.Named{TaskID: t.taskID, CallTime: t.call, NamedAt: t.namedAt, Now: t.now, Facts: t.facts})
		}
	}
	for i := range of.expected {
		e := &of.expected[i].expected
		if e.Trouble == "" {
			j.Listed = e.ObservedAt
		} else {
			j.Trouble, j.TroubleAt = e.Trouble, e.ObservedAt
		}
	}
	for i := range of.sightings {
		s := &of.sightings[i]
		j.Asked = j.Asked || s.asked
		if s.datedBeside(o.current) {
			j.Seen = max(j.Seen, s.observed)
		}
	}
	if !j.Asked && len(of.facts)+len(of.expected)+len(of.entries)+len(j.Named)+len(j.Held) == 0 && j.Confirmed == "" {
		return nil
	}
	j.InstanceID, j.JobID = of.id()
	if o.current != nil {
		j.Published = o.publish(of, facts)
	}
	return d.setEntries(of, j)
}

// id returns the id of a job that may be pending.
func (k *known) id() (instanceID, jobID string) {
	for i := range k.sightings {
		if s := &k.sightings[i]; s.jobID != "" {
			return s.instanceID, s.jobID
		}
	}
	switch {
	case len(k.facts) > 0:
		return k.facts[0].instanceID, k.facts[0].jobID
	case len(k.expected) > 0:
		return k.expected[0].expected.InstanceID, k.expected[0].expected.JobID
	case len(k.entries) > 0:
		return k.entries[0].InstanceID, k.entries[0].JobID
	}
	return "", ""
}

// publish describes the version that is published now.
func (o *outcome) publish(of *known, facts []taskFacts) *reconcile.Published {
	p := &reconcile.Published{
		Final: o.current.final, ObservedAt: o.current.observed, LastCall: o.current.lastCall, HasTasks: o.hasTasks,
		HasFacts: o.written || len(of.published) > 0 || !o.current.hasTasks,
	}
	ids, have := map[uint64]string{}, map[string]bool{}
	for i := range of.entries {
		ids[hashOf(of.entries[i].TaskID)] = of.entries[i].TaskID
	}
	for i := range facts {
		t := &facts[i]
		ids[hashOf(t.taskID)] = t.taskID
		have[t.taskID] = !t.facts.IsZero()
	}
	for i := range o.tasks {
		t := &o.tasks[i]
		id := cmp.Or(t.id, ids[t.hash])
		p.Tasks = append(p.Tasks, reconcile.Task{ID: id, CallTime: t.called, Connected: t.connected, Turns: t.turns, Facts: have[id]})
	}
	return p
}

// setEntries decides what is pending of a job, and notes whether that changes.
func (d *decider) setEntries(of *known, j *reconcile.Job) error {
	j.Old = of.entries
	after := d.rules.After(j)
	d.Pending.Add(d.rules, j.Old, &after)
	d.PendingChanged = d.PendingChanged || !reconcile.Equal(j.Old, after.Rows)
	for i := range after.Rows {
		if err := d.pending.Encode(func(c *spill.Codec) { codeRow(c, &after.Rows[i]) }); err != nil {
			return err
		}
	}
	return nil
}
