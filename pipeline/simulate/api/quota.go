package api

import (
	"sync"
	"time"
)

const (
	maxQuota = 100_000
	minQuota = 1e-3
)

// quota admits so many requests in any window of its length, wherever the
// window begins. Those it refuses do not count.
type quota struct {
	window time.Duration

	mu       sync.Mutex
	admitted []time.Time // the last ones, a ring; zero times at first
	next     int         // the oldest of them
}

func newQuota(perSecond float64) *quota {
	if perSecond < 1 {
		return &quota{window: time.Duration(float64(time.Second) / perSecond), admitted: make([]time.Time, 1)}
	}
	return &quota{window: time.Second, admitted: make([]time.Time, int(perSecond))}
}

// admit gives how long to wait, 0 for a request that is admitted.
func (q *quota) admit(clock func() time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := clock() // within the lock, so that times are in order
	oldest := q.admitted[q.next]
	if wait := oldest.Add(q.window).Sub(now); !oldest.IsZero() && wait > 0 {
		return wait
	}
	q.admitted[q.next] = now
	q.next = (q.next + 1) % len(q.admitted)
	return 0
}
