package callapi

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// busiest is the most instants within any one second.
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

// drive has many goroutines ask for their turn for a while, each request
// being written late, taking latency and then calling done with when it was let
// out. It gives the instants at which requests were written, in order.
func drive(g *gate, workers int, late func() time.Duration, latency, length time.Duration, done func(out time.Time)) []time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var mu sync.Mutex
	var sent []time.Time
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				leave, err := g.wait(ctx)
				if err != nil {
					return
				}
				if late != nil {
					time.Sleep(late())
				}
				leave.done()
				mu.Lock()
				sent = append(sent, time.Now())
				mu.Unlock()
				time.Sleep(latency)
				done(leave.out)
			}
		})
	}
	wg.Wait()
	slices.SortFunc(sent, time.Time.Compare)
	return sent
}

// Nearly all of the allowed rate is used, and never more in any one second.
func TestGateUsesTheRate(t *testing.T) {
	for _, qps := range []int{1, 2, 10, 33, 200} {
		synctest.Test(t, func(t *testing.T) {
			const seconds = 30
			g := newGate(qps)
			sent := drive(g, min(max(2*qps, 4), 64), nil, 100*time.Millisecond, seconds*time.Second, func(time.Time) {})
			used := float64(len(sent)) / float64(qps*seconds)
			if busy := busiest(sent); busy > qps || used < 0.95 || g.highWater() != busy {
				t.Errorf("qps %d: %d in the busiest second, high water %d, %.1f%% used", qps, busy, g.highWater(), 100*used)
			}
		})
	}
}

// A machine that wakes sleepers late makes up for it, but not within a second.
func TestGateOnALateMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const qps, seconds = 100, 60
		var requests atomic.Int64
		g := newGate(qps)
		sent := drive(g, 64, nil, 50*time.Millisecond, seconds*time.Second, func(time.Time) {
			if requests.Add(1)%50 == 0 {
				// Nobody gets a turn: as if all were woken that much later.
				g.turn <- struct{}{}
				time.Sleep(40 * time.Millisecond)
				<-g.turn
			}
		})
		used := float64(len(sent)) / (qps * seconds)
		if busy := busiest(sent); busy > qps || used < 0.9 {
			t.Errorf("%d in the busiest second, %.1f%% used", busy, 100*used)
		}
	})
}

// Requests that are written later than they were let out, each by another
// time, are not more in any one second for that.
func TestGateCountsWhatIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const qps, seconds = 50, 60
		var n atomic.Int64
		late := func() time.Duration { return time.Duration(n.Add(1)*7919%100) * time.Millisecond }
		sent := drive(newGate(qps), 64, late, 50*time.Millisecond, seconds*time.Second, func(time.Time) {})
		used := float64(len(sent)) / (qps * seconds)
		if busy := busiest(sent); busy > qps || used < 0.8 {
			t.Errorf("%d in the busiest second, %.1f%% used", busy, 100*used)
		}
	})
}

// Where less is allowed than was asked for, the rate settles there: few
// requests are throttled, and most of what is allowed is used.
func TestGateSettles(t *testing.T) {
	for _, quota := range []int{2, 5, 8} {
		synctest.Test(t, func(t *testing.T) {
			const qps, seconds = 10, 600
			g := newGate(qps)
			var mu sync.Mutex
			var passed []time.Time
			throttled, asked, settled := 0, 0, time.Now().Add(60*time.Second)
			drive(g, 20, nil, 100*time.Millisecond, seconds*time.Second, func(sent time.Time) {
				mu.Lock()
				defer mu.Unlock()
				n := 0
				for i := len(passed) - 1; i >= 0 && sent.Sub(passed[i]) < time.Second; i-- {
					n++
				}
				if sent.After(settled) {
					asked++
				}
				if n < quota {
					passed = append(passed, sent)
					g.answered()
					return
				}
				if sent.After(settled) {
					throttled++
				}
				g.throttled(sent, 200*time.Millisecond)
			})
			share, used := float64(throttled)/float64(asked), float64(len(passed))/float64(quota*seconds)
			if share >= 0.02 || used < 0.75 {
				t.Errorf("quota %d: %.1f%% throttled, %.1f%% used", quota, 100*share, 100*used)
			}
		})
	}
}

// After throttling that was not about us, all of the rate is used again.
func TestGateRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(10)
		for range 50 {
			time.Sleep(time.Millisecond)
			g.throttled(time.Now(), 0)
		}
		if g.rate != 10*lowest {
			t.Fatalf("rate %v after long throttling, want %v", g.rate, 10*lowest)
		}
		drive(g, 20, nil, 0, 15*time.Minute, func(time.Time) { g.answered() })
		if g.rate != 10*inUse {
			t.Errorf("rate %v a quarter of an hour later", g.rate)
		}
	})
}

func TestGatePauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100)
		start := time.Now()
		g.throttled(start, 3*time.Second)
		leave, err := g.wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waited := leave.out.Sub(start); waited < 3*time.Second || waited > 4*time.Second {
			t.Errorf("left after %v", waited)
		}
		leave.done()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		g.throttled(time.Now(), time.Hour)
		if _, err := g.wait(ctx); err != context.DeadlineExceeded {
			t.Errorf("waiting ended with %v", err)
		}
	})
}
