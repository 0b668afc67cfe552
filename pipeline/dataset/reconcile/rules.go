package reconcile

import (
	"time"
)

// Rules say how long entries stay. The zero value gives nothing up.
type Rules struct {
	Now time.Time
	// Previous is when the run before began: entries of trouble that became 72 hours
	// old since then are counted. Zero: none is.
	Previous time.Time
	Settle   time.Duration // how long after its last call a final job is settled
	Refetch  time.Duration // how long after its Since an entry is given up; 0: never
	Lookback time.Duration // how much longer one stays that an operator gave up
	GiveUp   bool          // entries are given up in this run
	// Searched reports whether a call of an instance lies in a window that was
	// searched by calls. Nil: none does.
	Searched func(instance string, call time.Time) bool
}

// Overdue is how long trouble may last before it is counted as passed.
const Overdue = 72 * time.Hour

// Summary is what became of the entries of a run.
type Summary struct {
	ByReason map[string]int64 // entries afterwards
	Asked    int64            // jobs that are to be asked for again
	// New are the entries of trouble that are new in this run, by reason, also those
	// of them that were given up; NewJobs is of how many jobs they are.
	New     map[string]int64
	NewJobs int64
	Met     int64 // entries of trouble that are gone, since what they expected came
	Passed  int64 // entries of trouble of before that became Overdue since Rules.Previous
	GivenUp int64 // entries of trouble that were given up
}
