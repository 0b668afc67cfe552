package api

import (
	"sync"
	"time"
)

const (
	maxQuota = 100_000
	minQuota = 1e-3
)

// quota limits the requests admitted in any window of its length. Refused ones do
// not count. It is safe for concurrent use.
type quota struct {
	window time.Duration

	mu       sync.Mutex
	admitted []time.Time // the last ones, a ring; zero times initially
	next     int         // index of the oldest
}

func newQuota(perSecond float64) *quota {
	if perSecond < 1 {
		return &quota{window: time.Duration(float64(time.Second) / perSecond), admitted: make([]time.Time, 1)}
	}
	return &quota{window: time.Second, admitted: make([]time.Time, int(perSecond))}
}

// admit returns how long to wait, 0 if the request is admitted.
func (q *quota) admit(clock func() time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := clock() // within the lock, so that times are ordered
	oldest := q.admitted[q.next]
	if wait := oldest.Add(q.window).Sub(now); !oldest.IsZero() && wait > 0 {
		return wait
	}
	q.admitted[q.next] = now
	q.next = (q.next + 1) % len(q.admitted)
	return 0
}
