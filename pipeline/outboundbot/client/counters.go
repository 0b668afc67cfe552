package client

import "sync/atomic"

// Counters say what a client has done so far.
type Counters struct {
	Requests  int64 // sent, retries included
	Retries   int64 // of them
	Throttles int64 // responses that only said to ask later
	HighWater int64 // largest number of requests that left within one second
}

type counters struct{ requests, retries, throttles atomic.Int64 }

// Counters returns what the client has done so far. Safe for concurrent use.
func (c *Client) Counters() Counters {
	n := &c.counters
	return Counters{
		Requests: n.requests.Load(), Retries: n.retries.Load(), Throttles: n.throttles.Load(),
		HighWater: c.limiter.highWater(),
	}
}
