package verdict

import (
	"cmp"

	"callmill/pipeline/dataset/reconcile"
)

// keepEntries leaves what is pending of a job that the run did not meet, but for what
// is given up.
func (d *Decider) keepEntries(o *Outcome, j *Job) {
	if len(j.Entries) > 0 {
		d.setEntries(o, j, &reconcile.Job{})
	}
}

// decidePending decides what is pending of a job that the run met.
func (d *Decider) decidePending(o *Outcome, j *Job, facts []TaskFacts) {
	r := &reconcile.Job{Held: o.held()}
	if o.confirmed {
		r.Confirmed = nameOf(o.Current.Content, o.Current.Name)
	}
	for i := range facts {
		t := &facts[i]
		if t.now && !t.there {
			o.Unmatched++
		}
		if t.named && (t.now || !t.there) {
			r.Named = append(r.Named, reconcile.Named{TaskID: t.TaskID, CallTime: t.call, NamedAt: t.namedAt, Now: t.now, Facts: t.Facts})
		}
	}
	for i := range j.Expected {
		if e := &j.Expected[i]; e.Trouble == "" {
			r.Listed = e.ObservedAt
		} else {
			r.Trouble, r.TroubleAt = e.Trouble, e.ObservedAt
		}
	}
	for i := range j.Sightings {
		s := &j.Sightings[i]
		r.Asked = r.Asked || s.Asked
		if s.datedBeside(o.Current) {
			r.Seen = max(r.Seen, s.Observed)
		}
	}
	if !r.Asked && len(j.Facts)+len(j.Expected)+len(j.Entries)+len(r.Named)+len(r.Held) == 0 && r.Confirmed == "" {
		return
	}
	if o.Current != nil {
		r.Published = o.describe(j, facts)
	}
	d.setEntries(o, j, r)
}

// describe describes the version that is published now.
func (o *Outcome) describe(j *Job, facts []TaskFacts) *reconcile.Published {
	p := &reconcile.Published{
		Final: o.Current.Final, ObservedAt: o.Current.Observed, LastCall: o.Current.LastCall, HasTasks: o.knowTasks,
		HasFacts: o.Written() || len(j.tasks()) > 0 || !o.Current.HasTasks,
	}
	ids, have := map[uint64]string{}, map[string]bool{}
	for i := range j.Entries {
		ids[HashTask(j.Entries[i].TaskID)] = j.Entries[i].TaskID
	}
	for i := range facts {
		t := &facts[i]
		ids[HashTask(t.TaskID)] = t.TaskID
		have[t.TaskID] = !t.Facts.IsZero()
	}
	for i := range o.tasks {
		t := &o.tasks[i]
		id := cmp.Or(t.ID, ids[t.Hash])
		p.Tasks = append(p.Tasks, reconcile.Task{ID: id, CallTime: t.Called, Connected: t.Connected, Turns: t.Turns, Facts: have[id]})
	}
	return p
}

// setEntries decides what is pending of a job, and notes whether that changes.
func (d *Decider) setEntries(o *Outcome, j *Job, r *reconcile.Job) {
	r.InstanceID, r.JobID, r.Old = j.InstanceID, j.JobID, j.Entries
	after := d.rules.After(r)
	d.Pending.Add(d.rules, r.Old, &after)
	d.PendingChanged = d.PendingChanged || !reconcile.Equal(r.Old, after.Rows)
	o.Pending = after.Rows
}
