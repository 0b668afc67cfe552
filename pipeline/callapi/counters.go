package callapi

import "sync/atomic"

// Counters say what a client and its sources have done so far.
type Counters struct {
	Requests  int64 // sent, retries included
	Retries   int64 // of them
	Throttles int64 // answers that only said to ask later
	HighWater int64 // most requests that left in any one second

	Found    int64 // ids of jobs to ask for, known so far
	Asked    int64 // ids that were asked for: Returned + Missing + Failed
	Returned int64
	Missing  int64 // ids that did not come back
	Failed   int64 // ids that are answered with errors only
	Resumed  int64 // of Asked, answered by what a killed run had kept

	// Unlisted are entries that lists counted and, read again and again, never
	// showed.
	Unlisted int64
}

type counters struct {
	requests, retries, throttles atomic.Int64
	found, asked                 atomic.Int64
	returned, missing, failed    atomic.Int64
	resumed, unlisted            atomic.Int64
}

// Counters are those of the client and all its sources. Asked is read first,
// so that it is never more than its parts add up to.
func (c *Client) Counters() Counters {
	n := &c.counters
	asked := n.asked.Load()
	return Counters{
		Requests: n.requests.Load(), Retries: n.retries.Load(), Throttles: n.throttles.Load(),
		HighWater: int64(c.gate.highWater()),
		Found:     n.found.Load(), Asked: asked,
		Returned: n.returned.Load(), Missing: n.missing.Load(), Failed: n.failed.Load(),
		Resumed: n.resumed.Load(), Unlisted: n.unlisted.Load(),
	}
}

// saw counts what became of a job. Its part is counted first, see Counters.
func (n *counters) saw(s Sighting) {
	switch {
	case s.Came:
		n.returned.Add(1)
	case s.Failed:
		n.failed.Add(1)
	default:
		n.missing.Add(1)
	}
	n.asked.Add(1)
}
