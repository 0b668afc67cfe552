package verdict

import (
	"cmp"
	"slices"

	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// What lies before the edge, [reconcile.Rules.Edge], counts as if it had never come:
// a version by its last call, or where it has none, by when it was first seen; what
// SearchTask says by the call it is about; an entry of what is pending by its Since.
// Each of them is judged by itself, so nothing has to be kept of what was left out:
// in whatever order and however divided it comes on one day, the same stays.
//
// So the published version goes once it lies before the edge, and a job of which
// other versions came that do not is one that came anew.

// Before reports whether a version lies before an edge, in ms; 0 is none.
func (s *Sighting) Before(edge int64) bool {
	return edge != 0 && cmp.Or(s.LastCall, s.FirstSeen, s.Observed) < edge
}

// Before reports whether the published version lies before an edge, in ms; 0 is none.
func (p *Published) Before(edge int64) bool {
	return edge != 0 && cmp.Or(p.LastCall, p.FirstSeen) < edge
}

// before reports the same of a row of SearchTask.
func (f *Fact) before(edge int64) bool { return cmp.Or(f.Call, f.Observed) < edge }

// expire takes out of a job what lies before the edge, and counts it.
func (d *Decider) expire(o *Outcome, j *Job) {
	edge := d.rules.Edge
	if edge == 0 || j.OnHold {
		return
	}
	if slices.ContainsFunc(j.Sightings, func(s Sighting) bool { return s.Before(edge) }) {
		o.expired = d.expireSightings(o, j)
	}
	last := o.expired
	named := len(j.Facts)
	j.Facts = slices.DeleteFunc(j.Facts, func(f Fact) bool { return f.before(edge) })
	switch {
	case last != nil: // what was expected has come
		j.Expected = slices.DeleteFunc(j.Expected, func(e schema.Expected) bool { return e.ObservedAt <= last.Observed })
	case named > 0 && len(j.Facts) == 0: // and all calls that are known of it are too old
		j.Expected = nil
	}
	if o.Left = j.Published != nil && j.Published.Before(edge); o.Left {
		j.Published = nil
	}
	goes := func(row schema.PendingRow) bool {
		switch {
		case o.Left && !reconcile.Missed(row.Reason): // it is about what goes
			return true
		case last != nil && row.TaskID == "" && row.Since <= last.Observed: // it has come
			return true
		}
		return row.Since < edge && row.Reason != schema.PendingConfirmed
	}
	if slices.ContainsFunc(j.Entries, goes) {
		j.Entries = slices.DeleteFunc(slices.Clone(j.Entries), goes)
		d.PendingChanged = true
	}
}

// expireSightings takes out the versions that lie before the edge. It returns the last
// of them.
func (d *Decider) expireSightings(o *Outcome, j *Job) *Sighting {
	var last *Sighting
	stay := make([]Sighting, 0, len(j.Sightings)) // Lost points to those that go
	for i := range j.Sightings {
		s := &j.Sightings[i]
		if !s.Before(d.rules.Edge) {
			stay = append(stay, *s)
			continue
		}
		d.Counts.Seen++
		d.Counts.Expired++
		if last = s; s.Entry != 0 {
			o.Lost = append(o.Lost, s)
		}
	}
	j.Sightings = stay
	return last
}

// settleExpired counts a published version that goes: where another takes its place it
// has changed, and is not new. A version that is left out settles rejects of its job as
// any other.
func (d *Decider) settleExpired(o *Outcome) {
	if o.expired != nil && (o.Accepted == nil || o.expired.Compare(o.Accepted.Moment) > 0) {
		o.Accepted = o.expired
	}
	switch {
	case !o.Left:
	case o.Current == nil:
		d.Counts.Left++
	default:
		d.Counts.New--
		d.Counts.Changed++
	}
}
