package nightly

import (
	"cmp"
	"slices"
	"time"

	"callmill/schema"
)

// settled reports whether a job need not be asked for again: it is final, and was
// observed at least settle after its last call. The results of a dialogue may
// arrive that much later.
func settled(final bool, lastCall, observedAt time.Time, settle time.Duration) bool {
	return final && (lastCall.IsZero() || !observedAt.Before(lastCall.Add(settle)))
}

// Rules say for how long jobs are asked for.
type Rules struct {
	Now     time.Time
	Settle  time.Duration // how long after its last call a final job is settled
	Refetch time.Duration // how long after Since a pending job is given up
}

// Tracker keeps the pending jobs of a run. Not safe for concurrent use.
type Tracker struct {
	rules   Rules
	pending map[key]schema.Pending
}

type key struct{ instanceID, jobID string }

// NewTracker starts with the pending jobs of the last snapshot, without those that
// are given up.
func NewTracker(rules Rules, pending []schema.Pending) *Tracker {
	t := &Tracker{rules: rules, pending: make(map[key]schema.Pending, len(pending))}
	for _, p := range pending {
		if !t.givenUp(p.Since) {
			t.pending[key{p.InstanceID, p.JobID}] = p
		}
	}
	return t
}

func (t *Tracker) givenUp(since time.Time) bool {
	return since.Add(t.rules.Refetch).Before(t.rules.Now)
}

// Ask returns the pending jobs of an instance, in order.
func (t *Tracker) Ask(instanceID string) []string {
	var ids []string
	for k := range t.pending {
		if k.instanceID == instanceID {
			ids = append(ids, k.jobID)
		}
	}
	slices.Sort(ids)
	return ids
}

// Saw records what became of a job that was asked for.
func (t *Tracker) Saw(s schema.Sighting) {
	k := key{s.InstanceID, s.JobID}
	reason := reason(&s, t.rules.Settle)
	if reason == "" {
		delete(t.pending, k)
		return
	}
	old, known := t.pending[k]
	since := old.Since
	if !known {
		since = s.LastCall
		if since.IsZero() {
			since = s.ObservedAt
		}
		if t.givenUp(since) {
			return
		}
	}
	t.pending[k] = schema.Pending{InstanceID: s.InstanceID, JobID: s.JobID, Since: since.UTC(), Reason: reason}
}

// reason is why a job is pending after a sighting; "": it is not.
func reason(s *schema.Sighting, settle time.Duration) string {
	switch {
	case s.Trouble != "":
		return s.Trouble
	case !s.Final:
		return schema.PendingNotFinal
	case !settled(s.Final, s.LastCall, s.ObservedAt, settle):
		return schema.PendingSettling
	}
	return ""
}

// Pending returns what is pending now, by instance and job, for the next snapshot.
func (t *Tracker) Pending() []schema.Pending {
	all := make([]schema.Pending, 0, len(t.pending))
	for _, p := range t.pending {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b schema.Pending) int {
		return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.JobID, b.JobID))
	})
	return all
}
