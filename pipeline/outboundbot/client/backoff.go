package client

import (
	"math/rand/v2"
	"sync"
	"time"
)

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
