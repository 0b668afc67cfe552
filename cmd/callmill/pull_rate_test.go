package main

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestPullRate: a pull uses what it is allowed, and never more in any one
// second; the simulated API counts.
func TestPullRate(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures seconds of requests")
	}
	// The limit holds on any machine; that it is used a long run shows, on one
	// that has nothing else to do.
	qps, jobs, least := 40, 4000, 0.05
	if thorough() {
		qps, jobs, least = 50, 40_000, 0.95
	}
	served := simulatedAPI(t, simulate.Options{Jobs: jobs}, api.Options{})
	p := newPuller(served, append([]string{"--instance", "x", "--qps", strconv.Itoa(qps)}, wholeWorld...)...)
	p.pull(t, exitDone, "--out", filepath.Join(t.TempDir(), "data"))
	sent := served.arrivals
	perSecond := float64(len(sent)-1) / sent[len(sent)-1].Sub(sent[0]).Seconds()
	peak := served.Counts().Peak
	t.Logf("%d requests, %.1f per second, at most %d in any second, of %d allowed", len(sent), perSecond, peak, qps)
	if peak > qps {
		t.Errorf("%d requests in one second, allowed are %d", peak, qps)
	}
	if perSecond < least*float64(qps) {
		t.Errorf("%.1f requests per second, want at least %.0f %% of %d", perSecond, 100*least, qps)
	}
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
	served := simulatedAPI(t, simulate.Options{Jobs: jobs}, api.Options{Quota: float64(quota)})
	p := newPuller(served, append([]string{"--instance", "x", "--qps", strconv.Itoa(qps)}, wholeWorld...)...)
	settled := make(chan api.Counts, 1)
	time.AfterFunc(3*time.Second, func() { settled <- served.Counts() })
	p.pull(t, exitDone, "--out", filepath.Join(t.TempDir(), "data"))
	all := served.Counts()
	early := <-settled
	throttled, received := all.Throttled-early.Throttled, all.Received-early.Received
	t.Logf("%d requests, %d throttled, of them %d of %d after 3 s", all.Received, all.Throttled, throttled, received)
	if received < 100 {
		t.Fatalf("only %d requests after 3 s: nothing was measured", received)
	}
	if float64(throttled) >= most*float64(received) {
		t.Errorf("%d of %d were throttled once settled, want under %.0f %%", throttled, received, 100*most)
	}
}
