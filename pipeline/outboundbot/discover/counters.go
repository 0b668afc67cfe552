package discover

import (
	"callmill/pipeline/outboundbot/client"
	"callmill/schema"
)

// Counters say what a source and its client have done so far.
type Counters struct {
	client.Counters

	Found    int64 // ids of jobs to ask for, known so far
	Asked    int64 // ids that were asked for: Returned + Missing + Failed
	Returned int64
	Missing  int64 // ids that did not come back in a readable form
	Failed   int64 // ids that are answered with errors only
	Resumed  int64 // of Asked, answered by what a killed run had kept

	// Unlisted are entries that lists counted and, read again and again, never
	// showed.
	Unlisted int64
}

// Counters returns what the source has done so far. Safe for concurrent use.
func (s *Source) Counters() Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.counters
	n.Counters = s.client.Counters()
	return n
}

func (s *Source) count(change func(*Counters)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counters)
}

// saw counts a job that was asked for.
func (n *Counters) saw(s schema.Sighting) {
	n.Asked++
	switch s.Trouble {
	case "":
		n.Returned++
	case schema.PendingUnfetched:
		n.Failed++
	default:
		n.Missing++
	}
}
