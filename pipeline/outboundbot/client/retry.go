package client

import (
	"context"
	"math/rand/v2"
	"sync"
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
	case f.Unread != nil && r.Effort == Insistent:
		return most, wait // the API answers
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
		if f.Unread == nil && c.patience.failed() {
			e := f.Cause
			e.Reason = "no answer for long, at last: " + e.Reason
			return &e
		}
	}
	return nil
}

// perAnswer is what an answer returns to the budget.
const perAnswer = 10

// patience counts what was not answered, over all requests. Safe for
// concurrent use.
type patience struct {
	budget int
	most   time.Duration
	now    func() time.Time

	mu    sync.Mutex
	left  int       // of budget
	since time.Time // of the throttling that no answer followed; zero: none
}

func newPatience(budget int, most time.Duration, now func() time.Time) *patience {
	return &patience{budget: budget, left: budget, most: most, now: now}
}

func (p *patience) answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = min(p.left+perAnswer, p.budget)
	p.since = time.Time{}
}

// failed reports whether the budget is used up.
func (p *patience) failed() (exhausted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left--
	return p.left < 0
}

// throttled reports whether everything has been throttled for too long.
func (p *patience) throttled() (exhausted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if p.since.IsZero() {
		p.since = now
	}
	return now.Sub(p.since) > p.most
}

// jitter draws waits: full jitter, so that requests that failed together do not
// come back together. Safe for concurrent use.
type jitter struct {
	base time.Duration

	mu     sync.Mutex
	random *rand.Rand
}

func newJitter(seed uint64, base time.Duration) *jitter {
	if seed == 0 {
		seed = rand.Uint64()
	}
	return &jitter{base: base, random: rand.New(rand.NewPCG(seed, seed))}
}

// backoff is the wait before retry n, from 0: at most base doubled n times, and
// at most longest.
func (j *jitter) backoff(n int, longest time.Duration) time.Duration {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n < 62 && j.base <= longest>>n {
		longest = j.base << n
	}
	return time.Duration(j.random.Int64N(int64(longest) + 1))
}
