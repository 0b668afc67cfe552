package shuffle

import (
	"bytes"
	"cmp"
	"slices"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// order sorts the lists of the records into the order of a run. What comes at one
// moment is in an order that depends on it alone.
func (r *Records) order() {
	slices.SortFunc(r.Versions, func(a, b Version) int {
		return cmp.Or(a.moment().Compare(b.moment()), slices.Compare(a.Hash[:], b.Hash[:]))
	})
	slices.SortFunc(r.Facts, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Facts.ObservedAt, b.Facts.ObservedAt), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Number, b.Number), cmp.Compare(a.TaskID, b.TaskID))
	})
	slices.SortFunc(r.Expected, func(a, b Expected) int {
		return cmp.Or(cmp.Compare(a.ObservedAt, b.ObservedAt), cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(len(a.Trouble), len(b.Trouble)), cmp.Compare(a.Trouble, b.Trouble))
	})
	slices.SortFunc(r.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Number, b.Number))
	})
	slices.SortFunc(r.Rejects, func(a, b Reject) int {
		return cmp.Or(cmp.Compare(a.Row.InstanceID, b.Row.InstanceID), cmp.Compare(a.Row.RejectID, b.Row.RejectID), a.compare(&b))
	})
}

func (v *Version) moment() verdict.Moment {
	return verdict.Moment{Observed: v.ObservedAt, Sequence: v.Sequence, Position: v.Position}
}

func (r *Reject) moment() verdict.Moment {
	return verdict.Moment{Observed: r.Row.FirstSeen, Sequence: r.Sequence, Position: r.Row.Position}
}

// decideJob decides what becomes of the job that the run met.
func (k *change) decideJob() error {
	r := k.reducer
	if err := k.gather(&r.job); err != nil {
		return k.wrong(err)
	}
	if !r.job.Met() && r.options.Rules.Edge == 0 {
		return nil
	}
	o, err := r.decider.Decide(&r.job)
	if err != nil {
		return k.wrong(err)
	}
	r.report.Unmatched += o.Unmatched
	k.state.InstanceID, k.state.JobID = r.job.InstanceID, r.job.JobID
	if !reconcile.Equal(k.state.Pending, o.Pending) {
		k.state.Pending, k.state.Imported = o.Pending, false
	}
	if o.Accepted != nil && k.records.ImportedJob == nil { // which is no answer
		k.accepted = &o.Accepted.Moment
	}
	if err := k.expired(o); err != nil {
		return k.wrong(err)
	}
	if err := k.publish(o); err != nil {
		return k.wrong(err)
	}
	return nil
}

// expired takes away the published version where it lies before the edge, and keeps what
// its contact asked for, and that of each version that came too late.
func (k *change) expired(o *verdict.Outcome) error {
	r := k.reducer
	for _, s := range o.Lost {
		if r.options.OptOuts == nil || k.onHold || !s.Before(r.options.Rules.Edge) {
			continue
		}
		job, err := k.version(int(s.Entry) - 1)
		if err != nil {
			return err
		}
		k.keepOptOuts(job)
	}
	switch {
	case !o.Left:
	case o.Current == nil:
		k.leave()
	default: // others take its place
		k.keepOptOuts(k.old)
	}
	return nil
}

// gather puts together what is known of the job.
func (k *change) gather(j *verdict.Job) error {
	*j = verdict.Job{
		InstanceID: k.state.InstanceID, JobID: k.state.JobID, Entries: k.state.Pending,
		Sightings: emptied(j.Sightings), Facts: emptied(j.Facts), Expected: emptied(j.Expected), OnHold: k.onHold,
	}
	if k.old != nil {
		j.Published = k.published()
	}
	for i := range k.records.Versions {
		j.InstanceID, j.JobID = k.records.Versions[i].InstanceID, k.records.Versions[i].JobID
		s, err := k.sighting(i)
		if err != nil {
			return err
		}
		j.Sightings = append(j.Sightings, s)
	}
	for i := range k.records.Facts {
		f := &k.records.Facts[i]
		j.Facts = append(j.Facts, verdict.Fact{Observed: f.Facts.ObservedAt, TaskID: f.TaskID, Call: f.CallTime, Facts: f.Facts})
		j.InstanceID, j.JobID = f.InstanceID, f.JobID
	}
	for i := range k.records.Expected {
		e := &k.records.Expected[i]
		j.Expected = append(j.Expected, e.Expected)
		j.InstanceID, j.JobID = e.InstanceID, e.JobID
	}
	return nil
}

// published describes the published version.
func (k *change) published() *verdict.Published {
	s := verdict.SightingOf(k.old)
	p := &verdict.Published{
		Content: k.state.Hash, Observed: k.old.ObservedAt, FirstSeen: cmp.Or(k.old.FirstSeen, k.old.ObservedAt),
		LastCall: s.LastCall, Undated: s.Undated, Final: s.Final, HasTasks: s.HasTasks,
	}
	for i := range k.old.Tasks {
		t := &k.old.Tasks[i]
		p.Tasks = append(p.Tasks, verdict.PublishedTask{Task: verdict.TaskOf(t), Facts: t.Facts})
	}
	return p
}

// sighting describes a version by its place among the records. The entry of one that
// has another content than the published version is its place, from 1.
func (k *change) sighting(i int) (verdict.Sighting, error) {
	v := &k.records.Versions[i]
	job, err := k.version(i)
	if err != nil {
		return verdict.Sighting{}, err
	}
	s := verdict.SightingOf(job)
	s.Moment, s.Content = v.moment(), v.Hash
	if k.old != nil && v.Hash == k.state.Hash {
		s.Request = job.RequestID
	} else {
		s.Entry = uint64(i) + 1
	}
	return s, nil
}

// version decodes a version by its place, unless it is the one that was decoded last, as
// the one that wins mostly is. It is valid until the next call.
func (k *change) version(i int) (*schema.Job, error) {
	v := &k.records.Versions[i]
	if k.decoded == v {
		return k.decodedJob, nil
	}
	decode := func() (*schema.Job, error) { return v.Job(&k.reducer.new) }
	if v.again != nil {
		decode = func() (*schema.Job, error) { return k.repeated(v) }
	}
	job, err := decode()
	k.decoded, k.decodedJob = v, job
	return job, err
}

// publish sets the job whose rows are published from now on, where they change.
func (k *change) publish(o *verdict.Outcome) error {
	first := o.FirstSeen
	if k.firstSeen != 0 {
		first = min(first, k.firstSeen)
	}
	job, hash := k.old, k.state.Hash
	switch {
	case o.Current == nil:
		return nil
	case o.Written():
		at := int(o.Current.Entry) - 1
		var err error
		if job, err = k.version(at); err != nil {
			return err
		}
		hash = k.records.Versions[at].Hash
	case !o.Kept:
		job.ObservedAt, job.RequestID, job.Undated = o.Current.Observed, o.Current.Request, o.Current.Undated
	case first >= cmp.Or(job.FirstSeen, job.ObservedAt) && o.Facts == nil:
		return nil
	}
	if job.FirstSeen = first; first == job.ObservedAt {
		job.FirstSeen = 0 // as unflatten has it
	}
	verdict.Put(job, known(o.Facts))
	before := k.state
	k.state.SetJob(&k.reducer.encoder, job, hash)
	if before.HasJob && before.Hash == hash && bytes.Equal(before.job, k.state.job) {
		return nil // it came back from the very instant and request
	}
	k.job, k.state.Imported = job, false
	return nil
}

// known returns the facts that the tasks of a job have now, by the task.
func known(list []verdict.TaskFacts) map[string]schema.Facts {
	facts := make(map[string]schema.Facts, len(list))
	for i := range list {
		if list[i].Known() {
			facts[list[i].TaskID] = list[i].Facts
		}
	}
	return facts
}
