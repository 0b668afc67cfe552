package callapi

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
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

// server is what a gate's requests meet.
type server struct {
	connect func() time.Duration // until a request is written
	late    func() time.Duration // from then until it arrives
	takes   func() time.Duration // from then until it is answered
	mute    func() bool          // it is not: the connection ends instead
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

// serve lets a request meet the server, and gives the instant of its arrival.
func (s server) serve(l *leave) (arrived time.Time) {
	sleepFor := func(f func() time.Duration) {
		if f != nil {
			time.Sleep(f())
		}
	}
	sleepFor(s.connect)
	l.wrote()
	sleepFor(s.late)
	arrived = time.Now()
	sleepFor(s.takes)
	if s.mute == nil || !s.mute() {
		l.heard()
		l.served()
	}
	l.end(true)
	return arrived
}

// drive has many goroutines ask for their turn for a while, and calls done
// with when each request was let out. It gives the instants at which requests
// arrived, in order.
func drive(g *gate, s server, length time.Duration, done func(out time.Time)) []time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var mu sync.Mutex
	var arrivals []time.Time
	var wg sync.WaitGroup
	for range g.parallel {
		wg.Go(func() {
			for {
				leave, err := g.wait(ctx, class{action: listJobs})
				if err != nil {
					return
				}
				arrived := s.serve(leave)
				mu.Lock()
				arrivals = append(arrivals, arrived)
				mu.Unlock()
				done(leave.out)
			}
		})
	}
	wg.Wait()
	slices.SortFunc(arrivals, time.Time.Compare)
	return arrivals
}

// TestGate: nearly all of the allowed rate is used, and never more in any one
// second, as the API counts what arrives.
func TestGate(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures seconds of requests")
	}
	// An answer in a hundred is late by half a second, as on a busy machine.
	now, half := always(0), drawn(400*time.Millisecond, 600*time.Millisecond)
	percent := drawn(0, 100)
	sometimes := func() time.Duration {
		if percent() == 0 {
			return half()
		}
		return now()
	}
	// Nothing arrives in the last second and a half of each five.
	began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when synctest begins
	stalls := func() time.Duration {
		if second := time.Since(began) % (5 * time.Second); second > 3500*time.Millisecond {
			return 5*time.Second - second
		}
		return 0
	}
	tests := []struct {
		what   string
		server server
		reach  reach
		least  float64 // of the rate that is used
		most   int     // rate that is tried
	}{
		{"at once", server{}, abroad(), 0.95, 1000},
		{"steady", server{takes: always(100 * time.Millisecond)}, nearby(), 0.95, 200},
		{"slow", server{takes: drawn(170*time.Millisecond, 230*time.Millisecond)}, abroad(), 0.95, 1000},
		{"slow nearby", server{takes: drawn(170*time.Millisecond, 230*time.Millisecond)}, nearby(), 0.95, 200},
		{"slower than a second", server{takes: always(1200 * time.Millisecond)}, nearby(), 0.85, 200}, // it takes a while to find out
		{"now fast, now slow", server{takes: drawn(50*time.Millisecond, 500*time.Millisecond)}, abroad(), 0.95, 200},
		{"far away", server{late: drawn(80*time.Millisecond, 110*time.Millisecond), takes: always(50 * time.Millisecond)}, abroad(), 0.95, 200},
		{"slow to connect", server{connect: drawn(0, 100*time.Millisecond)}, abroad(), 0.85, 200},
		{"a late machine", server{late: sometimes, takes: drawn(0, 20*time.Millisecond)}, nearby(), 0.95, 200},
		{"a very late machine", server{late: drawn(0, time.Second)}, nearby(), 0.05, 200},
		{"a machine that stalls", server{late: stalls}, nearby(), 0.6, 200},
		{"many without answer", server{takes: always(3 * time.Second), mute: func() bool { return percent() < 10 }}, abroad(), 0.9, 200},
	}
	for _, tt := range tests {
		for _, qps := range []int{1, 2, 10, 33, 200, 1000} {
			if qps > tt.most {
				break
			}
			synctest.Test(t, func(t *testing.T) {
				seconds := max(10, 120/qps)
				g := newGate(qps, 64+4*qps, tt.reach)
				arrivals := drive(g, tt.server, time.Duration(seconds)*time.Second, func(time.Time) {})
				used := float64(len(arrivals)) / float64(qps*seconds)
				if busy := busiest(arrivals); busy > qps || used < tt.least || g.highWater() > qps {
					t.Errorf("%s, qps %d: %d in the busiest second, high water %d, %.1f%% used", tt.what, qps, busy, g.highWater(), 100*used)
				}
			})
		}
	}
}

// Where less is allowed than was asked for, the rate settles there: few
// requests are throttled, and most of what is allowed is used.
func TestGateSettles(t *testing.T) {
	for _, quota := range []int{2, 5, 8} {
		synctest.Test(t, func(t *testing.T) {
			const qps, seconds = 10, 600
			g := newGate(qps, 20, abroad())
			var mu sync.Mutex
			var passed []time.Time
			throttled, asked, settled := 0, 0, time.Now().Add(60*time.Second)
			drive(g, server{takes: always(100 * time.Millisecond)}, seconds*time.Second, func(sent time.Time) {
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
		g := newGate(10, 20, abroad())
		for range 50 {
			time.Sleep(time.Millisecond)
			g.throttled(time.Now(), 0)
		}
		if g.rate != 10*lowest {
			t.Fatalf("rate %v after long throttling, want %v", g.rate, 10*lowest)
		}
		drive(g, server{}, 15*time.Minute, func(time.Time) { g.answered() })
		if g.rate != 10*inUse {
			t.Errorf("rate %v a quarter of an hour later", g.rate)
		}
	})
}

func TestGatePauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100, 64, abroad())
		start := time.Now()
		g.throttled(start, 3*time.Second)
		leave, err := g.wait(t.Context(), class{})
		if err != nil {
			t.Fatal(err)
		}
		if waited := leave.out.Sub(start); waited < 3*time.Second || waited > 4*time.Second {
			t.Errorf("left after %v", waited)
		}
		leave.end(false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		g.throttled(time.Now(), time.Hour)
		if _, err := g.wait(ctx, class{}); err != context.DeadlineExceeded {
			t.Errorf("waiting ended with %v", err)
		}
	})
}
