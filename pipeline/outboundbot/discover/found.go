package discover

import (
	"maps"
	"slices"
	"sync"
)

// found are the jobs of one instance to ask for, each once. Safe for concurrent
// use.
type found struct {
	mu sync.Mutex
	// lastCalls has the last call that SearchTask lists of each job, in ms; 0:
	// none. It is kept small: there may be millions.
	lastCalls map[string]int64
}

func newFound() *found { return &found{lastCalls: map[string]int64{}} }

// add notes a job, and a call of it; 0 is none.
func (f *found) add(id string, call int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastCalls[id] = max(f.lastCalls[id], call)
}

// ids lists the jobs in order.
func (f *found) ids() []string { return slices.Sorted(maps.Keys(f.lastCalls)) }
