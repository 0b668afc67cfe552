package callapi

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// fewAttempts is how often a batch is tried before its halves are, and an
	// endpoint that never answered, which may be none. Where the API itself
	// says of a batch that it failed, fewerAttempts are enough.
	fewAttempts, fewerAttempts = 3, 2
	// soon is the share of the longest wait that is enough where an answer for
	// other ids shows whether the API is well.
	soon = 10
	// insistence is how much more often a request is tried while the network
	// is gone, a page without which nothing can go on, and the request that
	// tells whether the API is well at all: that is some minutes, unless the
	// budget ends before.
	insistence = 4
)

// attempts is how often a request may fail as it did just now, and how long
// the wait is at most until it is tried again. That an id always fails shows
// sooner than that the API does, and is found out in rounds: see fetchOne.
func (c *Client) attempts(r *request, f *failure) (most int, wait time.Duration) {
	most, wait = c.o.Attempts, c.o.BackoffCap
	switch {
	case f.offline && !c.answered.Load():
		return min(most, fewAttempts), wait
	case !c.answered.Load() && len(r.jobIDs) == 0:
		return most, wait
	case f.offline || r.insist:
		return most * insistence, wait
	case f.verdict == later || len(r.jobIDs) == 0:
		return most, wait
	case len(r.jobIDs) == 1:
		most = max(1, most/rounds)
	case f.coded:
		most = min(most, fewerAttempts)
	default:
		most = min(most, fewAttempts)
	}
	return most, wait / soon
}

// unkept is for answers that are of no further use.
func unkept(*answer) error { return nil }

// ask sends a request until it is answered. The request counts as under way
// until keep has taken the answer: what the rest of the run does not keep up
// with is not asked for, nor held in memory. It gives a *failure when the
// request is refused, or failed every time, *Error where no request can pass
// any more, and ctx.Err() when cancelled.
func (c *Client) ask(ctx context.Context, r *request, keep func(*answer) error) (*answer, error) {
	failed := 0
	for try := 0; ; try++ {
		a, err := c.attempt(ctx, r, keep)
		if err == nil {
			c.answered.Store(true)
			c.patience.answered()
			c.gate.answered()
			return a, nil
		}
		f, ok := err.(*failure)
		if !ok {
			return nil, err
		}
		most, wait := c.attempts(r, f)
		switch f.verdict {
		case stop:
			return nil, &f.cause
		case refuse:
			return nil, f
		case later:
			c.counters.throttles.Add(1)
			c.gate.throttled(f.sent, f.retryAfter)
			if c.patience.throttled() {
				return nil, &f.cause
			}
		case retry:
			failed++
			if c.patience.failed() {
				return nil, c.down(f)
			}
			if failed >= most {
				return nil, f
			}
		}
		c.counters.retries.Add(1)
		if err := sleep(ctx, f.retryAfter+c.jitter.backoff(try, wait)); err != nil {
			return nil, err
		}
	}
}

// down is the error of a run that gives up because the API does not answer.
func (c *Client) down(f *failure) *Error {
	e := f.cause
	e.reason = "no answer for long, at last: " + e.reason
	return &e
}

// patience counts what was not answered, over all requests.
type patience struct {
	mu        sync.Mutex
	budget    int
	left      int // of budget
	most      time.Duration
	throttles time.Time // the first that no answer followed; zero: none
}

// perAnswer is what an answer gives back to the budget.
const perAnswer = 10

func newPatience(budget int, most time.Duration) *patience {
	return &patience{budget: budget, left: budget, most: most}
}

func (p *patience) answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = min(p.left+perAnswer, p.budget)
	p.throttles = time.Time{}
}

// failed reports whether that was one failure too many.
func (p *patience) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left--
	return p.left < 0
}

// throttled reports whether nothing but that has come for too long.
func (p *patience) throttled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.throttles.IsZero() {
		p.throttles = now
	}
	return now.Sub(p.throttles) > p.most
}

// jitter draws how long to wait: full jitter, so that requests that failed
// together do not come back together.
type jitter struct {
	mu     sync.Mutex
	random *rand.Rand
	base   time.Duration
}

func newJitter(seed uint64, base time.Duration) *jitter {
	if seed == 0 {
		seed = rand.Uint64()
	}
	return &jitter{random: rand.New(rand.NewPCG(seed, seed)), base: base}
}

// backoff is the wait before retry n, from 0.
func (j *jitter) backoff(n int, most time.Duration) time.Duration {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n < 62 && j.base <= most>>n {
		most = j.base << n
	}
	return time.Duration(j.random.Int64N(int64(most) + 1))
}
