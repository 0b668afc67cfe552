package reconcile

import (
	"time"

	"callmill/schema"
)

// Rules say how long entries stay. The zero value gives nothing up. Its methods are
// safe for concurrent use if its functions are.
type Rules struct {
	Now time.Time
	// Previous is when the run before began: entries of trouble that became Overdue
	// since then are counted. Zero: none is.
	Previous time.Time
	Settle   time.Duration // how long after its last call a final job is settled
	Refetch  time.Duration // how long after its Since an entry is given up; 0: never
	Lookback time.Duration // how much longer one stays that an operator gave up
	GiveUp   bool          // entries are given up in this run
	// Edge is the beginning of what is kept, in ms: see package verdict. 0: all is.
	Edge int64
	// Retired are instances that are gone: their entries are not asked for, and none is
	// counted as passed.
	Retired []string
	// Drop reports whether an operator gives up an entry. Nil: none is.
	Drop func(*schema.PendingRow) bool
	// Erased reports whether a job is of somebody who was erased: it is expected no more.
	// Nil: none is.
	Erased func(instanceID, jobID string) bool
	// Searched reports whether a call of an instance lies in a window that was
	// searched by calls. Nil: none does.
	Searched func(instance string, call time.Time) bool
}

// Overdue is how long trouble may last before it is counted as passed.
const Overdue = 72 * time.Hour

// expired reports whether an entry is older than it may become.
func (r *Rules) expired(row *schema.PendingRow) bool {
	limit := r.Refetch
	if row.Reason == schema.PendingGivenUp {
		limit += r.Lookback
	}
	return r.Refetch > 0 && row.Reason != schema.PendingConfirmed && r.at(row.Since).Add(limit).Before(r.Now)
}

func (r *Rules) at(ms int64) time.Time { return time.UnixMilli(ms) }

// searched reports whether a call that SearchTask does not name should have been.
func (r *Rules) searched(instance string, call int64) bool {
	return r.Searched != nil && r.Searched(instance, r.at(call))
}
