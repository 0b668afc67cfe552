package client

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// busiest is the largest number of instants within any one second.
func busiest(sent []time.Time) int {
	most := 0
	for i := range sent {
		n := 0
		for j := i; j < len(sent) && sent[j].Sub(sent[i]) < time.Second; j++ {
			n++
		}
		most = max(most, n)
	}
	return most
}

// server is an API as far as the limiter is concerned.
type server struct {
	way   func() time.Duration // until a request arrives
	takes func() time.Duration // from then until it is answered
}

func always(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

// drawn draws evenly, the same in every run.
func drawn(from, to time.Duration) func() time.Duration {
	random := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	return func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return from + time.Duration(random.Int64N(int64(to-from)))
	}
}

// drive has some goroutines send requests for a while, and calls answered with
// the time each left and arrived. It returns when they arrived, in order.
func drive(l *limiter, s server, inFlight int, length time.Duration, answered func(sent, arrived time.Time)) []time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var mu sync.Mutex
	var arrivals []time.Time
	var wg sync.WaitGroup
	for range inFlight {
		wg.Go(func() {
			for {
				sent, err := l.wait(ctx)
				if err != nil {
					return
				}
				time.Sleep(s.way())
				arrived := time.Now()
				mu.Lock()
				arrivals = append(arrivals, arrived)
				mu.Unlock()
				time.Sleep(s.takes())
				answered(sent, arrived)
			}
		})
	}
	wg.Wait()
	slices.SortFunc(arrivals, time.Time.Compare)
	return arrivals
}

func newTestLimiter(qps int) *limiter { return newLimiter(Options{QPS: qps}.withDefaults()) }

// At least 0.90 of the allowed rate is used, and the API sees QPS + 1 at most in
// any one second, also with several requests in flight whose way takes now more
// and now less time.
func TestRate(t *testing.T) {
	tests := []struct {
		name   string
		server server
	}{
		{"at once", server{always(0), always(0)}},
		{"steady", server{always(20 * time.Millisecond), always(100 * time.Millisecond)}},
		{"slow", server{drawn(20*time.Millisecond, 60*time.Millisecond), drawn(100*time.Millisecond, 500*time.Millisecond)}},
		{"far away", server{drawn(80*time.Millisecond, 150*time.Millisecond), drawn(10*time.Millisecond, 80*time.Millisecond)}},
		{"slower than a second", server{drawn(0, 70*time.Millisecond), always(1200 * time.Millisecond)}},
	}
	for _, tt := range tests {
		for _, qps := range []int{1, 2, 10, 33, 100} {
			synctest.Test(t, func(t *testing.T) {
				seconds := max(20, 120/qps)
				l := newTestLimiter(qps)
				arrivals := drive(l, tt.server, 2*qps+4, time.Duration(seconds)*time.Second, func(time.Time, time.Time) {})
				used := float64(len(arrivals)) / float64(qps*seconds)
				if busy := busiest(arrivals); busy > qps+1 || used < 0.90 || l.highWater() > int64(qps) {
					t.Errorf("%s, %d per second: %d in the busiest second, high water %d, %.1f %% used", tt.name, qps, busy, l.highWater(), 100*used)
				}
			})
		}
	}
}

// A machine that wakes late does not send what it has missed all at once.
func TestRateOfALateMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const qps, seconds = 50, 60
		late := drawn(0, 10*time.Millisecond)
		n := 0
		l := newLimiter(Options{QPS: qps, Sleep: func(ctx context.Context, d time.Duration) error {
			if n++; n%97 == 0 {
				d += 2 * time.Second
			}
			return sleep(ctx, d+late())
		}}.withDefaults())
		departures := drive(l, server{always(0), always(0)}, 31, seconds*time.Second, func(time.Time, time.Time) {})
		if busy := busiest(departures); busy > qps {
			t.Errorf("%d in the busiest second, allowed are %d", busy, qps)
		}
		if len(departures) < qps*seconds/4 {
			t.Errorf("only %d departures: nothing was measured", len(departures))
		}
	})
}

// Where less is allowed than was asked for, the rate settles there: few
// requests are throttled, and most of what is allowed is used.
func TestRateSettles(t *testing.T) {
	for _, quota := range []int{2, 5, 8} {
		synctest.Test(t, func(t *testing.T) {
			const qps, seconds = 10, 600
			l := newTestLimiter(qps)
			var mu sync.Mutex
			var passed []time.Time
			throttled, asked, settled := 0, 0, time.Now().Add(60*time.Second)
			drive(l, server{always(0), always(100 * time.Millisecond)}, 20, seconds*time.Second, func(sent, arrived time.Time) {
				mu.Lock()
				defer mu.Unlock()
				n := 0
				for i := len(passed) - 1; i >= 0 && arrived.Sub(passed[i]) < time.Second; i-- {
					n++
				}
				if sent.After(settled) {
					asked++
				}
				if n < quota {
					passed = append(passed, arrived)
					l.answered()
					return
				}
				if sent.After(settled) {
					throttled++
				}
				l.throttled(sent, 200*time.Millisecond)
			})
			share, used := float64(throttled)/float64(asked), float64(len(passed))/float64(quota*seconds)
			if share >= 0.02 || used < 0.75 {
				t.Errorf("quota %d: %.1f %% throttled, %.1f %% used", quota, 100*share, 100*used)
			}
		})
	}
}

// After throttling that was caused by others, all of the rate is used again.
func TestRateRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestLimiter(10)
		for range 50 {
			time.Sleep(time.Millisecond)
			l.throttled(time.Now(), 0)
		}
		if got, want := float64(l.pace.Limit()), 10*lowest; got != want {
			t.Fatalf("rate %v after long throttling, want %v", got, want)
		}
		drive(l, server{always(0), always(0)}, 20, 15*time.Minute, func(time.Time, time.Time) { l.answered() })
		if got, want := float64(l.pace.Limit()), 10*target; got < want-1e-9 {
			t.Errorf("rate %v a quarter of an hour later, want %v", got, want)
		}
	})
}

func TestRatePauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestLimiter(100)
		start := time.Now()
		l.throttled(start, 3*time.Second)
		sent, err := l.wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waited := sent.Sub(start); waited < 3*time.Second || waited > 4*time.Second {
			t.Errorf("left after %v", waited)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		l.throttled(time.Now(), time.Hour)
		if _, err := l.wait(ctx); err != context.DeadlineExceeded {
			t.Errorf("waiting ended with %v", err)
		}
	})
}
