package discover

import (
	"sync/atomic"

	"callmill/pipeline/outboundbot/client"
	"callmill/schema"
)

// Counters say what a source and its client have done so far. The file of a run
// has them as JSON.
type Counters struct {
	client.Counters

	Found    int64 `json:"found"` // ids of jobs to ask for, known so far
	Asked    int64 `json:"asked"` // ids that were asked for: Returned + Missing + Failed
	Returned int64 `json:"returned"`
	Missing  int64 `json:"missing"` // ids that did not come back in a readable form
	Failed   int64 `json:"failed"`  // ids that are answered with errors only
	Resumed  int64 `json:"resumed"` // of Asked, answered by what a killed run had kept

	// Unlisted are entries that lists counted and, read again and again, never
	// showed.
	Unlisted int64 `json:"unlisted"`
}

type counters struct {
	found, asked              atomic.Int64
	returned, missing, failed atomic.Int64
	resumed, unlisted         atomic.Int64
}

// Counters returns what the source has done so far. Asked is read first, so
// that it never exceeds the sum of its parts. Safe for concurrent use.
func (s *Source) Counters() Counters {
	n := &s.counters
	asked := n.asked.Load()
	return Counters{
		Counters: s.client.Counters(),
		Found:    n.found.Load(), Asked: asked,
		Returned: n.returned.Load(), Missing: n.missing.Load(), Failed: n.failed.Load(),
		Resumed: n.resumed.Load(), Unlisted: n.unlisted.Load(),
	}
}

// saw counts a sighting: its part first, see Counters.
func (n *counters) saw(s schema.Sighting) {
	switch s.Trouble {
	case "":
		n.returned.Add(1)
	case schema.PendingUnfetched:
		n.failed.Add(1)
	default:
		n.missing.Add(1)
	}
	n.asked.Add(1)
}
