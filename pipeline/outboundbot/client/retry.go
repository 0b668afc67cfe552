package client

import (
	"context"
	"time"
)

const (
	// briefly is how often a Brief request is tried, and an endpoint that never
	// answered, which may be the wrong one. Where the API itself says that a
	// Brief request failed, brieflyCoded are enough.
	briefly, brieflyCoded = 3, 2
	// shortWaits is the divisor of the longest wait for Half and Brief requests,
	// where an answer for other ids shows whether the API is well.
	shortWaits = 10
	// insistence is how much more often Insistent requests are tried, and all
	// while the network is gone.
	insistence = 4
)

// attempts is how often a request may fail as it did just now, and the longest
// wait before it is tried again.
func (c *Client) attempts(r *Request, f *Failure) (most int, wait time.Duration) {
	most, wait = c.o.Attempts, c.o.BackoffCap
	brief := r.Effort == Brief || r.Effort == Half
	switch {
	case r.Effort == Once:
		return 1, wait
	case f.Offline && !c.answered.Load():
		return min(most, briefly), wait
	case !c.answered.Load() && len(r.JobIDs) == 0:
		return most, wait // the first list: it may not be the API
	case f.Offline || r.Effort == Insistent:
		return most * insistence, wait
	case f.verdict == later || !brief:
		return most, wait
	case r.Effort == Half:
		return max(1, most/2), wait / shortWaits
	case f.coded:
		return min(most, brieflyCoded), wait / shortWaits
	}
	return min(most, briefly), wait / shortWaits
}

// Do sends a request until it is answered, and has keep take the answer; keep
// may be nil. The request is in flight until keep has returned: what the rest of
// the run cannot keep up with is neither asked for nor held in memory.
//
// The error is a *Failure where the request is refused or failed every time,
// an *Error where no request can pass any more, that of keep, or ctx.Err().
func (c *Client) Do(ctx context.Context, r *Request, keep func(*Answer) error) (*Answer, error) {
	failed := 0
	for try := 0; ; try++ {
		a, err := c.attempt(ctx, r, keep)
		if err == nil {
			c.answered.Store(true)
			c.patience.answered()
			c.limiter.answered()
			return a, nil
		}
		f, ok := err.(*Failure)
		if !ok {
			return nil, err
		}
		if f.verdict == retry {
			failed++
		}
		most, wait := c.attempts(r, f)
		if err := c.giveUp(f); err != nil {
			return nil, err
		}
		if failed >= most || r.Effort == Once {
			return nil, f
		}
		c.counters.retries.Add(1)
		if err := c.o.Sleep(ctx, f.retryAfter+c.jitter.backoff(try, wait)); err != nil {
			return nil, err
		}
	}
}

// giveUp returns the error with which a failed attempt ends its request, and
// perhaps the run; nil where it may pass.
func (c *Client) giveUp(f *Failure) error {
	switch f.verdict {
	case stop:
		return &f.Cause
	case refuse:
		return f
	case later:
		c.counters.throttles.Add(1)
		c.limiter.throttled(f.sent, f.retryAfter)
		if c.patience.throttled() {
			return &f.Cause
		}
	case retry:
		if c.patience.failed() {
			e := f.Cause
			e.Reason = "no answer for long, at last: " + e.Reason
			return &e
		}
	}
	return nil
}
