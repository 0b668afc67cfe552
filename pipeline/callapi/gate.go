package callapi

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// inUse is the share of the allowed rate that is aimed at. The rest is for
	// requests that leave late: a second that is full to the brim overflows
	// when one of the second before slips into it.
	inUse = 0.965
	// window is the second in which no more than QPS requests go out, with
	// some more for those that reach the API faster than others.
	window = time.Second + 36*time.Millisecond
	// unsent is how long the gate waits before it looks again whether the
	// request that has to be a second ago has left at all.
	unsent = 2 * time.Millisecond
	// lowered is what a throttled request leaves of the rate, raised what an
	// answer adds to it: some 100 answers until it is what it was, so that of
	// 100 requests about one is spent on finding out how much is allowed.
	lowered, raised = 0.75, 0.002
	// doubled is after how many answers without throttling they add twice as
	// much, then three times: what was lowered by others comes back sooner.
	doubled = 150
	// lowest is the share of QPS below which the rate is not lowered.
	lowest = 0.05
)

// gate lets requests out one by one: evenly, never more than QPS in any one
// second, and slower while the API throttles. Its methods may be called from
// several goroutines.
type gate struct {
	qps     float64
	limiter *rate.Limiter
	turn    chan struct{} // who holds it is the next to go

	mu      sync.Mutex
	rate    float64   // per second
	sent    []*leave  // the last QPS requests, a ring
	next    int       // in sent
	lowered time.Time // when the rate was lowered last
	paused  time.Time // nothing leaves before
	quiet   int       // answers since the last that was throttled
	high    int       // most requests in any one second
}

func newGate(qps int) *gate {
	g := &gate{
		qps: float64(qps), rate: float64(qps) * inUse,
		turn: make(chan struct{}, 1), sent: make([]*leave, qps),
	}
	// A burst makes up for a machine that wakes a sleeper late; that it does
	// not make too much of a second is what sent is for.
	g.limiter = rate.NewLimiter(rate.Limit(g.rate), max(1, qps/20))
	return g
}

// leave is a request that may go out. What counts for the API is when it was
// written, which may be later than when it was let out: connections are made
// first, and machines are busy.
type leave struct {
	gate    *gate
	out     time.Time
	written time.Time // zero: not yet
}

// done notes that the request was written, or will not be. Later calls do
// nothing.
func (l *leave) done() {
	l.gate.mu.Lock()
	defer l.gate.mu.Unlock()
	if l.written.IsZero() {
		l.written = time.Now()
		l.gate.count(l.written)
	}
}

// wait returns when a request may leave; it ends with ctx.Err() when cancelled.
// The caller tells when it is done.
func (g *gate) wait(ctx context.Context) (*leave, error) {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := time.Now()
	delay := g.limiter.ReserveN(now, 1).DelayFrom(now)
	for {
		if err := sleep(ctx, delay); err != nil {
			return nil, err
		}
		now = time.Now()
		if delay = g.closed(now); delay <= 0 {
			return g.letOut(now), nil
		}
	}
}

// closed is how long nothing may leave.
func (g *gate) closed(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	until := g.paused
	if oldest := g.sent[g.next]; oldest != nil {
		if oldest.written.IsZero() {
			return unsent
		}
		if again := oldest.written.Add(window); again.After(until) {
			until = again
		}
	}
	return until.Sub(now)
}

// letOut makes a request one of the last QPS.
func (g *gate) letOut(now time.Time) *leave {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := &leave{gate: g, out: now}
	g.sent[g.next] = l
	g.next = (g.next + 1) % len(g.sent)
	return l
}

// count notes how many requests were written in the last second.
func (g *gate) count(now time.Time) {
	n := 0
	for _, l := range g.sent {
		if l != nil && now.Sub(l.written) < time.Second {
			n++
		}
	}
	g.high = max(g.high, n)
}

// throttled lowers the rate, once for all requests that were under way when
// the API began to refuse, and lets nothing out for as long as it says.
func (g *gate) throttled(sent time.Time, pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if until := now.Add(pause); until.After(g.paused) {
		g.paused = until
	}
	if sent.Before(g.lowered) {
		return
	}
	g.lowered, g.quiet = now, 0
	g.set(now, max(g.rate*lowered, g.qps*lowest))
}

// answered raises the rate again.
func (g *gate) answered() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.quiet++
	if full := g.qps * inUse; g.rate < full {
		g.set(time.Now(), min(g.rate*(1+raised*float64(1+g.quiet/doubled)), full))
	}
}

func (g *gate) set(now time.Time, perSecond float64) {
	g.rate = perSecond
	g.limiter.SetLimitAt(now, rate.Limit(perSecond))
}

// highWater is the most requests that left in any one second.
func (g *gate) highWater() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.high
}

// sleep waits, or ends with ctx.Err().
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
