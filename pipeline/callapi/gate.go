package callapi

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// inUse is the share of the allowed rate that is aimed at. The rest is for
	// requests that keep their place longer than the second, see leave.until.
	inUse = 0.98
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

// gate lets requests out one by one: evenly, slower while the API throttles,
// and so that no more than QPS reach the API in any one second.
//
// For that there are as many places as requests are allowed. A request takes
// one when it is let out and keeps it until a second after it can have reached
// the API at the latest. It reaches it no earlier than it was let out; so of
// more requests than places within one second the last was let out while all
// others had theirs, which cannot be.
//
// Its methods may be called from several goroutines.
type gate struct {
	qps     float64
	reach   reach
	limiter *rate.Limiter
	turn    chan struct{} // who holds it is the next to go
	moved   chan struct{} // tells who holds the turn that places may be free

	mu      sync.Mutex
	rate    float64     // per second
	holding []*leave    // those that have a place
	lowered time.Time   // when the rate was lowered last
	paused  time.Time   // nothing leaves before
	quiet   int         // answers since the last that was throttled
	recent  []time.Time // when those of the last second were written
	high    int         // most of them
	classes map[class]*pace

	parallel int // most requests under way
	underWay int
	crowded  bool      // who has the turn waits for one that ends
	freed    time.Time // who has the turn waits for a place until then
}

// newGate makes a gate for so many requests per second, of which parallel may
// be under way.
func newGate(qps, parallel int, r reach) *gate {
	g := &gate{
		qps: float64(qps), reach: r, rate: float64(qps) * inUse,
		turn: make(chan struct{}, 1), moved: make(chan struct{}, 1),
		classes: map[class]*pace{}, parallel: parallel,
	}
	// A burst makes up for a machine that wakes a sleeper late; that it does
	// not make too much of a second is what places are for.
	g.limiter = rate.NewLimiter(rate.Limit(g.rate), max(1, qps/20))
	return g
}

// wait returns when a request may leave; it ends with ctx.Err() when cancelled.
// The caller tells what becomes of it, and that it ended in any case.
func (g *gate) wait(ctx context.Context, c class) (*leave, error) {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := time.Now()
	if err := sleep(ctx, g.limiter.ReserveN(now, 1).DelayFrom(now)); err != nil {
		return nil, err
	}
	for {
		l, again := g.letOut(time.Now(), c)
		if l != nil {
			return l, nil
		}
		if err := sleepUntil(ctx, again, g.moved); err != nil {
			return nil, err
		}
	}
}

// never is longer than anything is waited for that is not told of.
const never = time.Hour

// letOut gives a request a place, or says when to try again unless something
// moves before.
func (g *gate) letOut(now time.Time, c class) (l *leave, again time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.crowded, g.freed = false, now
	if pause := g.paused.Sub(now); pause > 0 {
		return nil, pause
	}
	p := g.paceOf(c)
	if g.crowded = g.underWay >= g.room(p); g.crowded {
		return nil, never
	}
	if len(g.holding) >= g.places() {
		if again = g.free(now); len(g.holding) >= g.places() {
			g.freed = now.Add(again)
			return nil, again
		}
	}
	l = &leave{gate: g, pace: p, out: now}
	g.holding = append(g.holding, l)
	g.underWay++
	return l, 0
}

// free takes back places, and gives the time until there is another.
func (g *gate) free(now time.Time) (next time.Duration) {
	next = never
	g.holding = slices.DeleteFunc(g.holding, func(l *leave) bool {
		left := l.until().Sub(now)
		if left > 0 {
			next = min(next, left)
		}
		return left <= 0
	})
	return next
}

// places is how many requests may be in one second: QPS, or fewer where the
// API throttles; what it allows it counts in seconds, too.
func (g *gate) places() int { return int(math.Ceil(g.rate/inUse - 1e-6)) }

// room is how many requests may be under way: few, or as many as the rate
// needs where the API takes long over each.
func (g *gate) room(p *pace) int {
	needs := int(2 * g.rate * p.fastest().Seconds())
	return min(max(needs, g.reach.few), g.parallel)
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
func sleep(ctx context.Context, d time.Duration) error { return sleepUntil(ctx, d, nil) }

// sleepUntil is sleep that ends when it is told that something moved.
func sleepUntil(ctx context.Context, d time.Duration, moved <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-moved:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
