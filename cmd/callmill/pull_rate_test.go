package main

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestPullRate: a pull uses the rate it is allowed; no more than that rate leaves
// in any one second, and no more than one request beyond it arrives, as the
// simulated API counts. That nine tenths are used client's TestRate proves, with a
// clock of its own; here a long run measures it, and a short one a quarter of the rate.
func TestPullRate(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures seconds of requests")
	}
	// On a machine that has other work, the API may take its time before it looks
	// at a request; that is tried again. That too many leave is not.
	qps, jobs, least, tries := 40, 4000, 0.25, 3
	if thorough() {
		qps, jobs, least = 50, 40_000, 0.90
	}
	for try := 1; !pullsAtRate(t, qps, jobs, least, try == tries); try++ {
	}
}

// pullsAtRate reports whether the API saw as many requests as it allows, and no
// more; last: if not, the test fails.
func pullsAtRate(t *testing.T, qps, jobs int, least float64, last bool) bool {
	served := simulatedAPI(t, simulate.Options{People: jobs}, api.Options{})
	p := newPuller(served, append([]string{"--instance", "x", "--qps", strconv.Itoa(qps)}, wholeWorld...)...)
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--out", data)
	sent := served.arrivals
	perSecond := float64(len(sent)-1) / sent[len(sent)-1].Sub(sent[0]).Seconds()
	peak := served.Counts().Peak
	t.Logf("%d requests, %.1f per second, at most %d in any second, of %d allowed and one", len(sent), perSecond, peak, qps)
	if left := lastRun(t, data).Pull.HighWater; left > int64(qps) {
		t.Errorf("%d requests left in one second, allowed are %d", left, qps)
	}
	if (peak > qps+1 || perSecond < least*float64(qps)) && !last {
		return false
	}
	if peak > qps+1 {
		t.Errorf("%d requests arrived in one second, allowed are %d and one", peak, qps)
	}
	if perSecond < least*float64(qps) {
		t.Errorf("%.1f requests per second, want at least %.0f %% of %d", perSecond, 100*least, qps)
	}
	return true
}

// TestPullThrottled: where the API allows less than --qps, a pull finds out how
// much, and then few requests are refused.
func TestPullThrottled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures seconds of requests")
	}
	quota, qps, jobs, most := 25, 50, 5000, 0.15
	if thorough() {
		quota, qps, jobs, most = 40, 80, 100_000, 0.02
	}
	for try := 1; !pullsThrottled(t, quota, qps, jobs, most, try == 3); try++ {
	}
}

// pullsThrottled reports whether few requests were refused after a while; last: if
// not, the test fails. Where the machine has other work, a response may be late, and
// the next request is asked for at an instant of the API's that was not meant.
func pullsThrottled(t *testing.T, quota, qps, jobs int, most float64, last bool) bool {
	served := simulatedAPI(t, simulate.Options{People: jobs}, api.Options{Quota: float64(quota)})
	p := newPuller(served, append([]string{"--instance", "x", "--qps", strconv.Itoa(qps)}, wholeWorld...)...)
	settled := make(chan api.Counts, 1)
	time.AfterFunc(3*time.Second, func() { settled <- served.Counts() })
	p.pull(t, exit.Done, "--out", filepath.Join(t.TempDir(), "data"))
	all := served.Counts()
	early := <-settled
	throttled, received := all.Throttled-early.Throttled, all.Received-early.Received
	t.Logf("%d requests, %d throttled, of them %d of %d after 3 s", all.Received, all.Throttled, throttled, received)
	if received >= 50 && float64(throttled) < most*float64(received) {
		return true
	}
	if last {
		t.Errorf("%d of %d were throttled once settled, want under %.0f %% of at least 50", throttled, received, 100*most)
	}
	return last
}
