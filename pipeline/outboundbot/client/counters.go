package client

import "sync/atomic"

// Counters say what a client has done so far.
type Counters struct {
	Requests  int64 `json:"requests"`   // sent, retries included
	Retries   int64 `json:"retries"`    // of them
	Throttles int64 `json:"throttles"`  // responses that only said to ask later
	HighWater int64 `json:"high_water"` // largest number of requests that left within one second
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
