// Package verdict decides what becomes of one job, in memory, from all that is known
// of it: which of its versions is published ([Job.Sightings] beside [Job.Published]:
// contest.go), what its tasks have of SearchTask's values (facts.go), and, by the rules
// of package reconcile, what is pending of it then (pending.go). What becomes of a
// reject and of a campaign is here, too (reject.go, campaign.go).
//
// It knows no files, clocks or orders of magnitude: whoever asks has gathered what
// there is of a job, as package versions does for a dataset on disk and package
// shuffle for what a distributed engine brings together. So all of them decide alike.
package verdict

import (
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// Decider decides on jobs, one by one, and sums up. Not safe for concurrent use.
type Decider struct {
	Counts         dataset.Counts    // what became of the versions
	Pending        reconcile.Summary // what became of what was pending
	PendingChanged bool              // what is pending is not what it was

	rules   *reconcile.Rules
	base    Sighting // the published version of the job
	outcome Outcome
}

// New makes a Decider. rules say what is pending then.
func New(rules *reconcile.Rules) *Decider { return &Decider{rules: rules} }

// Outcome is what becomes of a job.
type Outcome struct {
	// Current is the version that is published now, nil where none is: one of the
	// job's sightings, or what stands for the published version.
	Current *Sighting
	// Kept says that it is the published version, in the row that it has. Else it is a
	// sighting of the run: of another content, whose rows take the place of what was
	// published, or, where its Entry is 0, of the published one, which came back after
	// another: the row of the job gets its instant and its request.
	Kept bool
	// Left says that the published version lies before the edge. It goes; where Current
	// is not nil that takes its place.
	Left      bool
	FirstSeen int64       // when any version was first seen, of a job that is published; ms
	Lost      []*Sighting // of the run, in any order: kept by the caller, and not published
	// Accepted is the last sighting of a version that was the published one then, an
	// unchanged one included; nil: none was.
	Accepted *Sighting
	// Facts are what SearchTask's columns of the job's tasks are, where rows are written
	// or change because of them: those of which [TaskFacts.Known] is true. Else nil.
	Facts []TaskFacts
	// Unmatched are how many tasks SearchTask named in the run that the published version
	// does not have, or of which no job is published.
	Unmatched int64
	Pending   []schema.PendingRow // what is pending of the job, in order

	contest
	expired   *Sighting // the last one that lies before the edge
	unchanged bool      // it was seen, with the published content and no other
	tasks     []Task    // of Current
	knowTasks bool      // tasks is known
}

// Decide decides on a job. The outcome is valid until the next call; it shares the
// memory of the job.
func (d *Decider) Decide(j *Job) (*Outcome, error) {
	o := &d.outcome
	*o = Outcome{Lost: o.Lost[:0]}
	d.expire(o, j)
	if !j.Met() {
		d.settleExpired(o)
		d.keepEntries(o, j)
		return o, nil
	}
	if err := d.decideVersions(o, j); err != nil {
		return nil, err
	}
	d.settleExpired(o)
	facts := mergeFacts(o, j)
	d.decideFacts(o, j, facts)
	d.decidePending(o, j, facts)
	return o, nil
}

// Written reports whether the version that is published now is one that the caller
// keeps, and its rows are new.
func (o *Outcome) Written() bool { return o.Current != nil && !o.Kept && o.Current.Entry != 0 }

// sighting returns the published version of a job as if it were a sighting.
func (d *Decider) sighting(p *Published) *Sighting {
	d.base = Sighting{
		Moment: Moment{Observed: p.Observed}, Content: p.Content, Undated: p.Undated,
		Final: p.Final, LastCall: p.LastCall, HasTasks: p.HasTasks, Tasks: d.base.Tasks[:0],
	}
	for i := range p.Tasks {
		d.base.Tasks = append(d.base.Tasks, p.Tasks[i].Task)
	}
	return &d.base
}

// decideVersions takes all sightings of a job, in order, beside what is published
// of it, and says which version is published.
func (d *Decider) decideVersions(o *Outcome, j *Job) error {
	var base *Sighting
	if j.Published != nil {
		base = d.sighting(j.Published)
		o.FirstSeen = j.Published.FirstSeen
	}
	o.contest = contest{counts: &d.Counts, current: base}
	if err := o.load(j.Entries); err != nil {
		return err
	}
	unchanged := d.Counts.Unchanged
	for i := range j.Sightings {
		s := &j.Sightings[i]
		before, lost := o.current, s
		if o.meet(s) {
			lost = before
		}
		if o.current.Content == s.Content {
			o.Accepted = s
		}
		if lost != nil && lost != base && lost.Entry != 0 {
			o.Lost = append(o.Lost, lost)
		}
	}
	o.Current, o.Kept = o.current, o.current != nil && o.current == base
	o.unchanged = o.Kept && d.Counts.Unchanged > unchanged
	o.setTasks(base, j.Sightings)
	if len(j.Sightings) == 0 {
		return nil
	}
	if first := j.Sightings[0].Observed; j.Published == nil || first < o.FirstSeen {
		o.FirstSeen = first
	}
	return nil
}

// setTasks finds the tasks of the version that is published now: where those of the
// published one were left out, a sighting of the same content has them.
func (o *Outcome) setTasks(base *Sighting, seen []Sighting) {
	if o.Current == nil {
		return
	}
	o.tasks = o.Current.Tasks
	o.knowTasks = o.Current != base || len(o.tasks) > 0 || !o.Current.HasTasks
	for i := 0; i < len(seen) && !o.knowTasks; i++ {
		if seen[i].Content == o.Current.Content {
			o.tasks, o.knowTasks = seen[i].Tasks, true
		}
	}
}
