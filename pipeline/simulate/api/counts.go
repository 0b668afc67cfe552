package api

import (
	"maps"
	"net/http"
	"sync"
	"time"
)

// Counts counts the requests so far. Received is the sum of the four fields below
// it and of the requests in flight.
type Counts struct {
	Received int

	Served    int // answered correctly
	Refused   int // invalid: signature, parameters, unknown ids
	Throttled int // beyond the quota
	Faulted   int // answered with a fault or a poisonous id

	// Peak is the most requests received in any window of one second.
	Peak int
	// Actions counts the requests received by action.
	Actions map[string]int
}

// tally counts requests. It is safe for concurrent use.
type tally struct {
	mu     sync.Mutex
	counts Counts
	recent []time.Time // arrivals within the last second, in order
}

func (t *tally) arrive(clock func() time.Time, action string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := clock()
	t.counts.Received++
	if _, ok := actions[action]; ok {
		if t.counts.Actions == nil {
			t.counts.Actions = map[string]int{}
		}
		t.counts.Actions[action]++
	}
	old := 0
	for old < len(t.recent) && now.Sub(t.recent[old]) >= time.Second {
		old++
	}
	t.recent = append(t.recent[:copy(t.recent, t.recent[old:])], now)
	t.counts.Peak = max(t.counts.Peak, len(t.recent))
}

// outcome counts a request by its answer.
func (t *tally) outcome(q *request, refused *refusal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case refused == nil && q.fault == noFault:
		t.counts.Served++
	case refused == nil || refused.status >= http.StatusInternalServerError:
		t.counts.Faulted++
	case refused.retryAfter > 0:
		t.counts.Throttled++
	default:
		t.counts.Refused++
	}
}

// Counts returns the counts so far. It is safe for concurrent use.
func (h *Handler) Counts() Counts {
	h.tally.mu.Lock()
	defer h.tally.mu.Unlock()
	counts := h.tally.counts
	counts.Actions = maps.Clone(counts.Actions)
	return counts
}
