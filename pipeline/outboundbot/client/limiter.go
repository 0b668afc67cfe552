package client

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// target is the share of QPS that is aimed at. The rest leaves room for
	// requests that take up to 75 ms longer to the API than the next ones do: it
	// then sees QPS + 1 in one second at most.
	target = 0.93
	// decrease is what throttling leaves of the rate, increase what an answer
	// adds to it, as a share of QPS: where less than QPS is allowed, some
	// hundreds of answers for each throttled request.
	decrease, increase = 0.75, 0.0005
	// lowest is the share of QPS below which the rate does not fall.
	lowest = 0.05
)

// limiter spaces requests evenly: additive increase, multiplicative decrease
// (AIMD), never above the target. Safe for concurrent use.
type limiter struct {
	qps   float64
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	pace  *rate.Limiter
	// turn is held while waiting, so that requests that overslept do not leave
	// together: the next one is spaced from when the last one really left.
	turn chan struct{}

	mu      sync.Mutex
	lowered time.Time   // when the rate was lowered last
	paused  time.Time   // nothing leaves before
	recent  []time.Time // departures of the last second
	high    int         // most of them
}

func newLimiter(o Options) *limiter {
	qps := float64(o.QPS)
	return &limiter{
		qps: qps, now: o.Now, sleep: o.Sleep,
		pace: rate.NewLimiter(rate.Limit(target*qps), 1), turn: make(chan struct{}, 1),
	}
}

// wait returns when the next request may leave, with the time it is then, or
// ctx.Err().
func (l *limiter) wait(ctx context.Context) (time.Time, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
	now := l.now()
	wait := l.pace.ReserveN(now, 1).DelayFrom(now)
	for {
		if err := l.sleep(ctx, wait); err != nil {
			return time.Time{}, err
		}
		now = l.now()
		if wait = l.depart(now); wait <= 0 {
			return now, nil
		}
	}
}

// depart notes a departure, or returns how long the API asked to wait still.
func (l *limiter) depart(now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused.After(now) {
		return l.paused.Sub(now)
	}
	for len(l.recent) > 0 && now.Sub(l.recent[0]) >= time.Second {
		l.recent = l.recent[1:]
	}
	l.recent = append(l.recent, now)
	l.high = max(l.high, len(l.recent))
	return 0
}

// throttled lowers the rate, once for all requests that were in flight when the
// API began to throttle, and lets nothing leave for as long as it asks.
func (l *limiter) throttled(sent time.Time, pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if until := now.Add(pause); until.After(l.paused) {
		l.paused = until
	}
	if sent.Before(l.lowered) {
		return
	}
	l.lowered = now
	l.pace.SetLimitAt(now, max(l.pace.Limit()*decrease, rate.Limit(lowest*l.qps)))
}

// answered raises the rate again.
func (l *limiter) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if full := rate.Limit(target * l.qps); l.pace.Limit() < full {
		l.pace.SetLimitAt(l.now(), min(l.pace.Limit()+rate.Limit(increase*l.qps), full))
	}
}

// highWater is the largest number of requests that left within one second.
func (l *limiter) highWater() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(l.high)
}
