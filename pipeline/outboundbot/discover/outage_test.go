package discover_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/schema"
)

// askOne asks for one job, and returns how often that was tried.
func askOne(t *testing.T, f *fake, change func(*client.Options)) (night, int) {
	t.Helper()
	n := pull(t.Context(), newClient(t, f, change), discover.Plan{InstanceID: "i", JobIDs: []string{"a"}}, nil)
	return n, f.asked(schema.ActionListJobs)
}

// A single id that is always refused is a reject, the same every night.
func TestPoison(t *testing.T) {
	tests := []struct {
		name   string
		mess   func(http.ResponseWriter, *http.Request)
		tries  int
		reason string
		status int
	}{
		{"error", func(w http.ResponseWriter, _ *http.Request) { apitest.Refuse(w, 500, "InternalError", "oops") }, 10, "HTTP 500, InternalError, oops, request R-bad", 500},
		{"refused", func(w http.ResponseWriter, _ *http.Request) { apitest.Refuse(w, 400, "InvalidParameter", "JobId") }, 1, "HTTP 400, InvalidParameter, JobId, request R-bad", 400},
		{"success false", func(w http.ResponseWriter, _ *http.Request) {
			apitest.Reply(w, 200, map[string]any{"Success": "0", "Code": "X"})
		}, 10, "answered Success:false, X", 0},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502); fmt.Fprint(w, "<html>") }, 10, "HTTP 502", 502},
		{"reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 10, "unexpected EOF", 0},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			f.mess = func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool {
				if seen.ids[0] != "a" {
					return false
				}
				tt.mess(w, r)
				return true
			}
			n, tries := askOne(t, f, nil)
			tries-- // it was tried whether the API answers at all
			if tt.status != 400 {
				tries-- // twice
			}
			if n.err != nil || len(n.rejects) != 1 || tries != tt.tries {
				t.Fatalf("%s: %v, %d rejects after %d tries", tt.name, n.err, len(n.rejects), tries)
			}
			r := n.rejects[0]
			if r.Code != schema.RejectUnfetched || r.JobID != "a" || !strings.HasSuffix(r.Reason, tt.reason) {
				t.Errorf("%s: %+v", tt.name, r)
			}
			time.Sleep(24 * time.Hour)
			if again, _ := askOne(t, f, nil); string(again.rejects[0].Raw) != string(r.Raw) || again.rejects[0].ObservedAt == r.ObservedAt {
				t.Errorf("%s: the next night %s, before %s", tt.name, again.rejects[0].Raw, r.Raw)
			}
		})
	}
}

// What is refused for every job is about none of them: it ends the run, and no
// job is a reject. Each of the four batches is asked for once, followed by
// one request that shows that others are refused as well.
func TestAllRefused(t *testing.T) {
	f := busyDay(300)
	f.mess = func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
		if seen.action == schema.ActionListJobs {
			apitest.Refuse(w, 403, "InArrears", "the account is in arrears")
		}
		return seen.action == schema.ActionListJobs
	}
	n := pull(t.Context(), newClient(t, f, func(o *client.Options) { o.Parallel = 4 }), dayPlan, nil)
	e, ok := errors.AsType[*client.Error](n.err)
	if !ok || e.Code != "InArrears" || e.Hint() == "" || len(n.rejects) > 0 || f.asked(schema.ActionListJobs) > 2*4 {
		t.Errorf("%v, %d rejects after %d requests", n.err, len(n.rejects), f.asked(schema.ActionListJobs))
	}
	// Where ids that do not exist are refused, so is the one of that request.
	f.mess = func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
		unknown := slices.ContainsFunc(seen.ids, func(id string) bool { return f.jobs[id] == nil })
		if unknown {
			apitest.Refuse(w, 404, "NotExist.Job", "no such job")
		}
		return unknown
	}
	plan := discover.Plan{InstanceID: "i", JobIDs: []string{"job-0000", "unknown"}}
	if n := pull(t.Context(), newClient(t, f, nil), plan, nil); n.err != nil || len(n.rejects) != 1 || len(n.came()) != 1 {
		t.Errorf("%v, %d rejects, %d jobs", n.err, len(n.rejects), len(n.came()))
	}
}

// While the API answers nothing, an id that fails is not rejected.
func TestDownForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			apitest.Refuse(w, 500, "InternalError", "")
			return true
		}
		n, tries := askOne(t, f, nil)
		if e, ok := errors.AsType[*client.Error](n.err); !ok || e.Kind != client.Unavailable || len(n.rejects) > 0 || tries != 5+40 {
			t.Errorf("%v and %d rejects after %d tries", n.err, len(n.rejects), tries)
		}
	})
}

// An API that is down ends the run within minutes, and is not hammered.
func TestDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := busyDay(2000)
		down := false
		f.mess = func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
			if down = down || seen.action == "ListJobs"; down {
				apitest.Refuse(w, 503, "ServiceUnavailable", "")
			}
			return down
		}
		start := time.Now()
		c := newClient(t, f, func(o *client.Options) { o.QPS, o.Backoff, o.BackoffCap = 10, 0, 0 })
		n := pull(t.Context(), c, dayPlan, nil)
		e, ok := errors.AsType[*client.Error](n.err)
		if !ok || e.Kind != client.Unavailable || !strings.Contains(e.Hint(), "goes on from there") || len(n.rejects) > 0 {
			t.Errorf("%v, %d rejects", n.err, len(n.rejects))
		}
		if took := time.Since(start); took > 10*time.Minute || f.asked("ListJobs") > 500 {
			t.Errorf("%d requests in %v", f.asked("ListJobs"), took)
		}
	})
}

// gone is an API that cannot be reached for half a minute, soon after the first
// requests.
type gone struct {
	http.RoundTripper
	refused func() (*http.Response, error)
	since   atomic.Int64
}

func (g *gone) RoundTrip(r *http.Request) (*http.Response, error) {
	g.since.CompareAndSwap(0, time.Now().UnixNano())
	if away := time.Since(time.Unix(0, g.since.Load())); away > 2*time.Second && away < 32*time.Second {
		return g.refused()
	}
	return g.RoundTripper.RoundTrip(r)
}

// Half a minute without an API, or without a network, is waited for, however
// many requests go out meanwhile.
func TestShortOutages(t *testing.T) {
	for what, refused := range map[string]func() (*http.Response, error){
		"no connection": func() (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		},
		"no name": func() (*http.Response, error) {
			return nil, &net.DNSError{Err: "server misbehaving", IsTemporary: true}
		},
		"no backend": func() (*http.Response, error) {
			return &http.Response{StatusCode: 503, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("<html>"))}, nil
		},
	} {
		for _, qps := range []int{1, 10, 60} {
			synctest.Test(t, func(t *testing.T) {
				f := busyDay(60 * qps)
				c := newClient(t, f, func(o *client.Options) {
					o.QPS, o.Backoff, o.BackoffCap = qps, 0, 0
					o.Transport = &gone{RoundTripper: apitest.Direct{Handler: f}, refused: refused}
				})
				start := time.Now()
				n := pull(t.Context(), c, dayPlan, nil)
				if n.err != nil || len(n.came()) != len(f.jobs) || len(n.rejects) > 0 {
					t.Errorf("%s at %d requests a second: %d of %d jobs, %d rejects, %v after %v", what, qps, len(n.came()), len(f.jobs), len(n.rejects), n.err, time.Since(start))
				}
			})
		}
	}
}
