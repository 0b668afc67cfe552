package answers

import (
	"slices"
	"sync"
)

// Slots are how many heavy questions are computed at a time, first come first served.
// Keepers of several snapshots share them. Safe for concurrent use.
type Slots struct {
	mu      sync.Mutex
	free    int
	waiting []*ticket
}

// ticket is a place in the queue.
type ticket struct {
	turn chan struct{} // closed when it has a slot
}

// NewSlots returns n slots.
func NewSlots(n int) *Slots { return &Slots{free: n} }

// enter takes a slot, or a place in the queue.
func (s *Slots) enter() *ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &ticket{turn: make(chan struct{})}
	if s.free == 0 {
		s.waiting = append(s.waiting, t)
		return t
	}
	s.free--
	close(t.turn)
	return t
}

// leave gives the slot to the next, or leaves the queue.
func (s *Slots) leave(t *ticket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.waiting, t); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
		return
	}
	if len(s.waiting) == 0 {
		s.free++
		return
	}
	close(s.waiting[0].turn)
	s.waiting = slices.Delete(s.waiting, 0, 1)
}

// ahead returns how many wait before a ticket, and whether it waits.
func (s *Slots) ahead(t *ticket) (n int, queued bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.waiting, t)
	return max(i, 0), i >= 0
}
