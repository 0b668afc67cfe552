package coverage

import (
	"cmp"
	"slices"
	"time"
)

// Why a job is pending.
const (
	NotFinal  = "not_final" // more calls may follow
	Settling  = "settling"  // over, but observed too soon after its last call
	Missing   = "missing"   // the API does not know the id
	Unfetched = "unfetched" // the API answers the id with errors only
)

// Sighting is what a run learned about a job it asked for.
type Sighting struct {
	InstanceID string
	JobID      string
	// Trouble is Missing or Unfetched; "": the job came.
	Trouble    string
	Final      bool      // its status is terminal
	LastCall   time.Time // zero: it was never called
	ObservedAt time.Time
}

// Settled reports whether a job has nothing more to say: it is final, and was
// observed settle after its last call or later. Results of a dialogue may
// arrive that much after it.
func Settled(final bool, lastCall, observedAt time.Time, settle time.Duration) bool {
	return final && (lastCall.IsZero() || !observedAt.Before(lastCall.Add(settle)))
}

// Pending is a job that is asked for again.
type Pending struct {
	InstanceID string
	JobID      string
	// Since is the last call that was known when the job became pending, or
	// when it was first seen without one. It does not move by asking again.
	Since  time.Time
	Reason string // one of the constants
}

// Rules say for how long jobs are asked for.
type Rules struct {
	Now     time.Time
	Settle  time.Duration // how long after its last call a final job is settled
	Refetch time.Duration // how long after Since a pending job is given up
}

// Tracker keeps the pending jobs while a run goes on. It is for one goroutine.
type Tracker struct {
	rules   Rules
	pending map[key]Pending
}

type key struct{ instanceID, jobID string }

// NewTracker begins with the pending jobs of the last snapshot, without those
// that are given up.
func NewTracker(rules Rules, pending []Pending) *Tracker {
	t := &Tracker{rules: rules, pending: make(map[key]Pending, len(pending))}
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

// Ask lists the jobs of an instance that are asked for again, in order.
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

// Saw notes what became of a job that was asked for.
func (t *Tracker) Saw(s Sighting) {
	k := key{s.InstanceID, s.JobID}
	reason := s.reason(t.rules.Settle)
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
	t.pending[k] = Pending{s.InstanceID, s.JobID, since.UTC(), reason}
}

func (s *Sighting) reason(settle time.Duration) string {
	switch {
	case s.Trouble != "":
		return s.Trouble
	case !s.Final:
		return NotFinal
	case !Settled(s.Final, s.LastCall, s.ObservedAt, settle):
		return Settling
	}
	return ""
}

// Pending lists what is pending now, by instance and job: what the next
// snapshot keeps.
func (t *Tracker) Pending() []Pending {
	all := make([]Pending, 0, len(t.pending))
	for _, p := range t.pending {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Pending) int {
		return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.JobID, b.JobID))
	})
	return all
}
