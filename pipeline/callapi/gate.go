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
	inUse = 0.97
	// window is the second in which no more than QPS requests go out, with
	// some more for those that reach the API faster than others.
	window = time.Second + 20*time.Millisecond
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
	rate    float64     // per second
	sent    []time.Time // when the last QPS requests left, a ring
	next    int         // in sent
	lowered time.Time   // when the rate was lowered last
	paused  time.Time   // nothing leaves before
	quiet   int         // answers since the last that was throttled
	high    int         // most requests in any one second
}

func newGate(qps int) *gate {
	g := &gate{
		qps: float64(qps), rate: float64(qps) * inUse,
		turn: make(chan struct{}, 1), sent: make([]time.Time, qps),
	}
	// A burst makes up for a machine that wakes a sleeper late; that it does
	// not make too much of a second is what sent is for.
	g.limiter = rate.NewLimiter(rate.Limit(g.rate), max(1, qps/20))
	return g
}

// wait returns when a request may leave, and says when it did; it ends with
// ctx.Err() when cancelled.
func (g *gate) wait(ctx context.Context) (time.Time, error) {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
	now := time.Now()
	delay := g.limiter.ReserveN(now, 1).DelayFrom(now)
	for {
		if err := sleep(ctx, delay); err != nil {
			return time.Time{}, err
		}
		if now, delay = time.Now(), g.closed(time.Now()); delay <= 0 {
			g.leave(now)
			return now, nil
		}
	}
}

// closed is how long nothing may leave.
func (g *gate) closed(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	until := g.paused
	if oldest := g.sent[g.next]; !oldest.IsZero() && oldest.Add(window).After(until) {
		until = oldest.Add(window)
	}
	return until.Sub(now)
}

// leave notes that a request goes out.
func (g *gate) leave(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sent[g.next] = now
	g.next = (g.next + 1) % len(g.sent)
	n := 0
	for _, at := range g.sent {
		if !at.IsZero() && now.Sub(at) < time.Second {
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
