package api

import (
	"maps"
	"net/http"
	"sync"
	"time"
)

// Counts are what has happened so far. Received is the sum of the four below
// it and of the requests that are being answered.
type Counts struct {
	Received int

	Served    int // answered as they should be
	Refused   int // wrong in themselves: signature, parameters, unknown things
	Throttled int // beyond the quota
	Faulted   int // met a fault or a poisonous id

	// Peak is the most requests received within one second, wherever it begins.
	Peak int
	// Actions is how many of those received asked for each action.
	Actions map[string]int
}

// tally counts.
type tally struct {
	mu     sync.Mutex
	counts Counts
	recent []time.Time // arrivals of the last second, in order
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

// outcome counts how a request ended.
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

// Counts gives what was counted up to now. It is safe for concurrent use.
func (h *Handler) Counts() Counts {
	h.tally.mu.Lock()
	defer h.tally.mu.Unlock()
	counts := h.tally.counts
	counts.Actions = maps.Clone(counts.Actions)
	return counts
}
