package client

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/schema"
)

// fake is an API that answers every request with an empty list of jobs. mess,
// where set, gets every request first, with its number from 1, and reports
// whether it has answered it.
type fake struct {
	mess func(w http.ResponseWriter, r *http.Request, n int) bool

	mu       sync.Mutex
	arrivals []time.Time
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.arrivals = append(f.arrivals, time.Now())
	n := len(f.arrivals)
	f.mu.Unlock()
	switch {
	case !apitest.Signed(r):
		apitest.Refuse(w, 400, "SignatureDoesNotMatch", "not signed")
	case f.mess == nil || !f.mess(w, r, n):
		apitest.Reply(w, 200, map[string]any{"Success": true, "Jobs": []any{}})
	}
}

// refused is an API that refuses everything.
func refused(status int, code string) *fake {
	return &fake{mess: func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		apitest.Refuse(w, status, code, "no")
		return true
	}}
}

var demo = &Keys{ID: apitest.ID, Secret: apitest.Secret}

// newTestClient makes a client that talks to an API directly.
func newTestClient(t testing.TB, f *fake, change func(*Options)) *Client {
	t.Helper()
	o := Options{Keys: demo, QPS: 1000, Seed: 1, Transport: apitest.Direct{Handler: f}, Backoff: time.Millisecond, BackoffCap: 10 * time.Millisecond}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// oneJob is a request for one job.
var oneJob = &Request{InstanceID: "i", Action: schema.ActionListJobs, JobIDs: []string{"a"}}

// ask asks for one job.
func ask(t *testing.T, f *fake, change func(*Options)) error {
	t.Helper()
	_, err := newTestClient(t, f, change).Do(t.Context(), oneJob, nil)
	return err
}
