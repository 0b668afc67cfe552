package api_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// Peak is the maximum over all windows of one second.
func TestPeak(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 20})
	now := time.Now()
	c, h := serve(t, w, api.Options{Clock: func() time.Time { return now }})
	for _, pause := range []time.Duration{0, 900, 0, 50, 60, 1200, 0, 999, 2000} { // ms
		now = now.Add(pause * time.Millisecond)
		c.ask(t, "ListJobs", withIDs("x"), &jobsAnswer{})
	}
	if got := h.Counts(); got.Peak != 4 || got.Received != 9 || got.Served != 9 {
		t.Errorf("%+v, want a peak of 4 of 9", got)
	}
	h.Counts().Actions["ListJobs"] = 0
	if got := h.Counts().Actions["ListJobs"]; got != 9 {
		t.Errorf("the caller can modify the counts: %d", got)
	}
}

// With concurrent clients the counts equal their answers, and the quota applies to
// all of them together.
func TestManyClients(t *testing.T) {
	const quota = 25
	w := newWorld(t, simulate.Options{People: 60})
	c, h := serve(t, w, api.Options{Quota: quota})
	var answered, throttled atomic.Int64
	begin := time.Now()
	var clients sync.WaitGroup
	for range 6 {
		clients.Go(func() {
			for i := range 20 {
				response, body, err := c.send("ListJobs", withIDs(w.JobID(i)))
				switch kind := kindOf(response, body, err); {
				case kind == "":
					answered.Add(1)
				case kind == "status 400" && response.Header.Get("x-acs-retry-after") != "":
					throttled.Add(1)
				default:
					t.Errorf("%s: %s", kind, body)
				}
			}
		})
	}
	clients.Wait()
	seconds := int64(time.Since(begin)/time.Second) + 1
	got := h.Counts()
	if int64(got.Served) != answered.Load() || int64(got.Throttled) != throttled.Load() || got.Received != 120 {
		t.Errorf("%+v; the clients saw %d and %d", got, answered.Load(), throttled.Load())
	}
	if answered.Load() < quota || answered.Load() > quota*seconds {
		t.Errorf("%d were answered within %d seconds, by a quota of %d", answered.Load(), seconds, quota)
	}
}
