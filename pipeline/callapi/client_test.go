package callapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"callmill/pipeline/callapi"
	"callmill/schema"
)

// askOne asks for one job and says how often that was tried.
func askOne(t *testing.T, f *fake, change func(*callapi.Options)) (night, int) {
	t.Helper()
	n := pull(t.Context(), client(t, f, change), callapi.Plan{InstanceID: "i", JobIDs: []string{"a"}}, nil)
	return n, f.asked(schema.ActionListJobs)
}

// listGroup asks for the jobs of one campaign.
func listGroup(t *testing.T, f *fake, change func(*callapi.Options)) night {
	t.Helper()
	return pull(t.Context(), client(t, f, change), callapi.Plan{InstanceID: "i", GroupIDs: []string{"g"}}, nil)
}

// What can pass is tried again until it does.
func TestWhatCanPass(t *testing.T) {
	page := func(status int, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	tests := map[string]func(http.ResponseWriter, *http.Request){
		"throttling 400":       page(400, `{"Code":"Throttling.User","Message":"flow control"}`),
		"throttling 503":       page(503, `{"Code":"Throttling","Message":"flow control"}`),
		"throttling 429":       page(429, `slow down`),
		"internal error":       page(500, `{"Code":"InternalError"}`),
		"error without a code": page(500, ``),
		"unavailable":          page(503, `{"Code":"ServiceUnavailable"}`),
		"a proxy's page":       page(502, `<html><body>Bad Gateway</body></html>`),
		"a network's page":     page(200, `<html><body>Sign in</body></html>`),
		"a redirect":           page(302, `<a href="https://elsewhere.example/">Found</a>`),
		"cut off":              page(200, `{"Success":true,"Jobs":[{"JobId":"a"`),
		"cut off XML":          page(200, `<ListJobsResponse><Success>true</Success><Jobs><JobId>a</Jo`),
		"empty":                page(200, ``),
		"another's JSON":       page(200, `{"status":"ok"}`),
		"a list":               page(200, `[]`),
		"said to have failed":  page(200, `{"Success":false,"Code":"SystemBusy","Jobs":[]}`),
		"spelled":              page(200, `{"Success":"false","Code":"SystemBusy"}`),
		"nonce used":           page(400, `{"Code":"SignatureNonceUsed"}`),
		"error in XML":         page(500, `<Error><Code>InternalError</Code><Message>oops</Message></Error>`),
		"reset":                func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"timeout":              func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	}
	for name, mess := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake()
				f.add("a", "g")
				f.mess = func(w http.ResponseWriter, r *http.Request, _ fakeRequest) bool {
					if len(f.requests) > 3 {
						return false
					}
					mess(w, r)
					return true
				}
				n, tries := askOne(t, f, nil)
				if n.err != nil || len(n.came()) != 1 || tries != 4 {
					t.Errorf("%d jobs after %d tries, %v, rejects %v", len(n.came()), tries, n.err, n.rejects)
				}
			})
		})
	}
}

// What cannot pass ends the run at once, with a hint for who has to mend it.
func TestWhatCannotPass(t *testing.T) {
	tests := []struct {
		status        int
		code, message string
		kind          callapi.Kind
		hint          string
	}{
		{400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:x-acs-security-token:demo-token", callapi.Credentials, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
		{400, "IncompleteSignature", "", callapi.Credentials, "secret"},
		{404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", callapi.Credentials, "ALIBABA_CLOUD_ACCESS_KEY_ID"},
		{403, "InvalidAccessKeyId.Inactive", "disabled", callapi.Credentials, "disabled"},
		{400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.", callapi.Credentials, "expired"},
		{400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", callapi.Clock, "1h0m0s ahead of the API's"},
		{403, "NoPermission", "no", callapi.Permission, "outboundbot:ListJobs"},
		{403, "Forbidden.RAM", "User not authorized", callapi.Permission, "least policy"},
		{200, "NoPermission.Instance", "no", callapi.Permission, "outboundbot:ListJobs"},
		{404, "NotExist.Instance", "instance does not exist", callapi.Instance, "--instance"},
		{404, "InvalidAction.NotFound", "no such action", callapi.Endpoint, "--endpoint"},
		{400, "InvalidRegionId", "wrong region", callapi.Endpoint, callapi.DefaultEndpoint},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
				w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
				reply(w, tt.status, map[string]any{"Code": tt.code, "Message": tt.message, "RequestId": "R-1", "Success": false})
				return true
			}
			n, tries := askOne(t, f, func(o *callapi.Options) {
				o.Keys = &callapi.Keys{ID: "demo", Secret: "demo-secret", Token: "demo-token"}
			})
			e, ok := errors.AsType[*callapi.Error](n.err)
			if !ok || tries != 1 || e.Kind != tt.kind || e.Code != tt.code || !strings.Contains(e.Hint(), tt.hint) || strings.Contains(e.Error(), "demo-token") {
				t.Errorf("%s: %v after %d tries, hint %q", tt.code, n.err, tries, e.Hint())
			}
			for _, said := range []string{e.Error(), e.Hint()} {
				if strings.ContainsAny(said, "\n") || said == "" {
					t.Errorf("%s: %q is not one line", tt.code, said)
				}
			}
		})
	}
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
		{"error", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 500, "InternalError", "oops") }, 10, "HTTP 500, InternalError, oops, request R-bad", 500},
		{"refused", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 400, "InvalidParameter", "JobId") }, 1, "HTTP 400, InvalidParameter, JobId, request R-bad", 400},
		{"success false", func(w http.ResponseWriter, _ *http.Request) {
			reply(w, 200, map[string]any{"Success": "0", "Code": "X"})
		}, 10, "answered Success:false, X", 0},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"Jobs":[`) }, 10, "answered with JSON: it is damaged or ends in the middle", 0},
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
// job is a reject. Each of the four batches is asked for once, and once it is
// found out that others are refused, too.
func TestAllRefused(t *testing.T) {
	f := busyDay(300)
	f.mess = func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
		if seen.action == schema.ActionListJobs {
			refuse(w, 403, "InArrears", "the account is in arrears")
		}
		return seen.action == schema.ActionListJobs
	}
	n := pull(t.Context(), client(t, f, func(o *callapi.Options) { o.Parallel = 4 }), dayPlan, nil)
	e, ok := errors.AsType[*callapi.Error](n.err)
	if !ok || e.Code != "InArrears" || e.Hint() == "" || len(n.rejects) > 0 || f.asked(schema.ActionListJobs) > 2*4 {
		t.Errorf("%v, %d rejects after %d requests", n.err, len(n.rejects), f.asked(schema.ActionListJobs))
	}
	// Where ids that do not exist are refused, so is the one that is asked to
	// find out.
	f.mess = func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
		unknown := slices.ContainsFunc(seen.ids, func(id string) bool { return f.jobs[id] == nil })
		if unknown {
			refuse(w, 404, "NotExist.Job", "no such job")
		}
		return unknown
	}
	plan := callapi.Plan{InstanceID: "i", JobIDs: []string{"job-0000", "nobody"}}
	if n := pull(t.Context(), client(t, f, nil), plan, nil); n.err != nil || len(n.rejects) != 1 || len(n.came()) != 1 {
		t.Errorf("%v, %d rejects, %d jobs", n.err, len(n.rejects), len(n.came()))
	}
}

// The API says in milliseconds when to come back.
func TestRetryAfter(t *testing.T) {
	tests := []struct {
		header, value string
		least, most   time.Duration
	}{
		{"x-acs-retry-after", "2500", 2500 * time.Millisecond, 3 * time.Second},
		{"Retry-After", "3", 3 * time.Second, 4 * time.Second},
		{"x-acs-retry-after", "99999999999999999", 5 * time.Minute, 6 * time.Minute},
		{"x-acs-retry-after", "soon", 0, time.Second},
		{"x-acs-retry-after", "-5", 0, time.Second},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
				if len(f.requests) > 1 {
					return false
				}
				w.Header().Set(tt.header, tt.value)
				refuse(w, 400, "Throttling.User", "")
				return true
			}
			if n, _ := askOne(t, f, nil); n.err != nil {
				t.Fatal(n.err)
			}
			if waited := f.requests[1].at.Sub(f.requests[0].at); waited < tt.least || waited > tt.most {
				t.Errorf("%s: %s is waited for %v", tt.header, tt.value, waited)
			}
		})
	}
}

// Waits grow, differ, and are the same for the same seed.
func TestJitter(t *testing.T) {
	waits := func(seed uint64) (all []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			f := newFake()
			f.mess = func(w http.ResponseWriter, _ *http.Request, seen fakeRequest) bool {
				refuse(w, 500, "InternalError", "")
				return true
			}
			listGroup(t, f, func(o *callapi.Options) {
				o.Seed, o.Backoff, o.BackoffCap, o.Attempts = seed, time.Second, 20*time.Second, 40
			})
			for i := 1; i < 40; i++ {
				all = append(all, f.requests[i].at.Sub(f.requests[i-1].at))
			}
		})
		return all
	}
	first := waits(7)
	if fmt.Sprint(first) != fmt.Sprint(waits(7)) || fmt.Sprint(first) == fmt.Sprint(waits(8)) {
		t.Error("waits do not depend on the seed, and on it alone")
	}
	long := 0
	for i, w := range first {
		if most := min(time.Second<<min(i, 10), 20*time.Second); w > most+10*time.Millisecond {
			t.Errorf("wait %d is %v", i, w)
		}
		if w > 10*time.Second {
			long++
		}
	}
	if long < 10 || long > 28 {
		t.Errorf("%d of %d waits are longer than half the longest", long, len(first))
	}
}

// While nothing is answered nothing is known of an id: it is no reject.
func TestDownForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			refuse(w, 500, "InternalError", "")
			return true
		}
		n, tries := askOne(t, f, nil)
		if e, ok := errors.AsType[*callapi.Error](n.err); !ok || e.Kind != callapi.Unavailable || len(n.rejects) > 0 || tries != 5+40 {
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
				refuse(w, 503, "ServiceUnavailable", "")
			}
			return down
		}
		start := time.Now()
		c := client(t, f, func(o *callapi.Options) { o.QPS, o.Backoff, o.BackoffCap = 10, 0, 0 })
		n := pull(t.Context(), c, dayPlan, nil)
		e, ok := errors.AsType[*callapi.Error](n.err)
		if !ok || e.Kind != callapi.Unavailable || !strings.Contains(e.Hint(), "goes on from there") || len(n.rejects) > 0 {
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
				c := client(t, f, func(o *callapi.Options) {
					o.QPS, o.Backoff, o.BackoffCap = qps, 0, 0
					o.Transport = &gone{RoundTripper: direct{f}, refused: refused}
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

func TestThrottledForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			refuse(w, 400, "Throttling.User", "flow control")
			return true
		}
		start := time.Now()
		n, _ := askOne(t, f, func(o *callapi.Options) { o.QPS, o.Backoff, o.BackoffCap = 10, 0, 0 })
		e, ok := errors.AsType[*callapi.Error](n.err)
		if !ok || e.Kind != callapi.Throttled || !strings.Contains(e.Hint(), "--qps") {
			t.Errorf("error %v", n.err)
		}
		if took := time.Since(start); took < 10*time.Minute || took > 11*time.Minute {
			t.Errorf("given up after %v", took)
		}
	})
}

// The network as it is: deadlines, resets, ports where nothing answers.
func TestNetwork(t *testing.T) {
	hold := make(chan struct{})
	slow := func(w http.ResponseWriter, r *http.Request, _ fakeRequest) bool {
		for range 100 {
			fmt.Fprint(w, " ")
			w.(http.Flusher).Flush()
			select {
			case <-time.After(20 * time.Millisecond):
			case <-r.Context().Done():
				return true
			}
		}
		return true
	}
	tests := []struct {
		name string
		read time.Duration
		mess func(http.ResponseWriter, *http.Request, fakeRequest) bool
		want string
	}{
		{"no first byte", 100 * time.Millisecond, func(_ http.ResponseWriter, r *http.Request, _ fakeRequest) bool {
			select {
			case <-hold:
			case <-r.Context().Done():
			}
			return true
		}, "i/o timeout"},
		{"slow bytes", time.Minute, slow, "context deadline exceeded"},
		{"reset", time.Minute, func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				conn.(*net.TCPConn).SetLinger(0)
				conn.Close()
			}
			return true
		}, "connection reset by peer"},
		{"cut off", time.Minute, func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "unexpected EOF"},
	}
	for _, tt := range tests {
		f := newFake()
		f.mess = func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool {
			return seen.ids[0] == "a" && tt.mess(w, r, seen)
		}
		server := httptest.NewServer(f)
		n, _ := askOne(t, f, func(o *callapi.Options) {
			o.Transport, o.Endpoint = nil, server.URL
			o.Read, o.Overall, o.Attempts = tt.read, 300*time.Millisecond, 2
		})
		if n.err != nil || len(n.rejects) != 1 || !strings.Contains(n.rejects[0].Reason, tt.want) {
			t.Errorf("%s: %v, %+v; want %q", tt.name, n.err, n.rejects, tt.want)
		}
		server.Close()
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String()
	listener.Close()
	server := httptest.NewServer(newFake())
	defer server.Close()
	certified := httptest.NewUnstartedServer(newFake())
	certified.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of the client that hung up
	certified.StartTLS()
	defer certified.Close()
	for name, tt := range map[string]struct {
		endpoint string
		kind     callapi.Kind
	}{
		"nobody there":        {nobody, callapi.Unavailable},
		"no TLS there":        {strings.Replace(server.URL, "http:", "https:", 1), callapi.Endpoint},
		"no certificate":      {certified.URL, callapi.Endpoint},
		"no host of the name": {"outboundbot.invalid", callapi.Endpoint},
	} {
		n, _ := askOne(t, newFake(), func(o *callapi.Options) { o.Transport, o.Endpoint = nil, tt.endpoint })
		e, ok := errors.AsType[*callapi.Error](n.err)
		if !ok || e.Kind != tt.kind || e.Hint() == "" || strings.Contains(e.Error(), "JobId") {
			t.Errorf("%s: %v", name, n.err)
		}
	}
}

// An idle connection is used again, also when it was idle for almost as long
// as a read may take.
func TestIdleConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures seconds of requests")
	}
	f := newFake()
	f.add("a", "g")
	f.mess = func(http.ResponseWriter, *http.Request, fakeRequest) bool {
		time.Sleep(700 * time.Millisecond)
		return false
	}
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(f)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := client(t, f, func(o *callapi.Options) {
		o.Transport, o.Endpoint, o.Read, o.Attempts = nil, server.URL, 2*time.Second, 1
	})
	f.mess = func(http.ResponseWriter, *http.Request, fakeRequest) bool {
		time.Sleep(700 * time.Millisecond)
		return false
	}
	for range 3 {
		if n := pull(t.Context(), c, callapi.Plan{InstanceID: "i", JobIDs: []string{"a"}}, nil); n.err != nil || len(n.came()) != 1 {
			t.Fatalf("%v, %v", n.err, n.rejects)
		}
		time.Sleep(700 * time.Millisecond)
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for three requests", n)
	}
}

func TestCredentials(t *testing.T) {
	empty := t.TempDir()
	for name, value := range map[string]string{
		"HOME": empty, "ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "", "ALIBABA_CLOUD_SECURITY_TOKEN": "",
		"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true", "ALIBABA_CLOUD_PROFILE": "", "ALIBABA_CLOUD_CREDENTIALS_FILE": "",
	} {
		t.Setenv(name, value)
	}
	f := newFake()
	f.add("a", "g")
	c := client(t, f, func(o *callapi.Options) { o.Keys = nil })
	plan := callapi.Plan{InstanceID: "i", JobIDs: []string{"a"}}
	n := pull(t.Context(), c, plan, nil)
	if e, ok := errors.AsType[*callapi.Error](n.err); !ok || e.Kind != callapi.Credentials || !strings.Contains(e.Hint(), "ALIBABA_CLOUD_ACCESS_KEY_ID") {
		t.Errorf("without credentials: %v", n.err)
	}
	// The same client finds those that are there later.
	if err := os.MkdirAll(empty+"/.alibabacloud", 0o700); err != nil {
		t.Fatal(err)
	}
	profile := "[default]\nenable = true\ntype = access_key\naccess_key_id = demo\naccess_key_secret = from-a-file\n"
	if err := os.WriteFile(empty+"/.alibabacloud/credentials", []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := pull(t.Context(), c, plan, nil); n.err != nil {
		t.Errorf("with a profile file: %v", n.err)
	}
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "demo")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "from-the-environment")
	t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "token-of-an-hour")
	token := ""
	f.mess = func(_ http.ResponseWriter, r *http.Request, _ fakeRequest) bool {
		token = r.Header.Get("x-acs-security-token")
		return false
	}
	if n := pull(t.Context(), client(t, f, func(o *callapi.Options) { o.Keys = nil }), plan, nil); n.err != nil || token != "token-of-an-hour" {
		t.Errorf("with the environment: token %q, %v", token, n.err)
	}
}

// The vendor's libraries print what they send when DEBUG asks for it.
func TestTracingIsRefused(t *testing.T) {
	for debug, refused := range map[string]bool{"": false, "1": false, "app,dara": true, "tea": true, "credential": true} {
		t.Setenv("DEBUG", debug)
		c, err := callapi.New(callapi.Options{})
		if (err != nil) != refused {
			t.Errorf("DEBUG=%s: %v", debug, err)
		}
		if c != nil {
			c.Close()
		}
	}
}

func TestEndpoints(t *testing.T) {
	tests := []struct {
		endpoint string
		ok       bool
	}{
		{"", true},
		{"outboundbot.cn-shanghai.aliyuncs.com", true},
		{"outboundbot-vpc.cn-shanghai.aliyuncs.com:443", true},
		{"https://outboundbot.cn-shanghai.aliyuncs.com", true},
		{"https://outboundbot.cn-shanghai.aliyuncs.com/", true},
		{"https://[2001:db8::1]:8443", true},
		{"http://127.0.0.1:8080", true},
		{"http://127.9.9.9", true},
		{"http://[::1]:8080", true},
		{"http://localhost:1", true},
		{"http://[::ffff:127.0.0.1]", true},
		{"http://outboundbot.cn-shanghai.aliyuncs.com", false},
		{"http://localhost.example.com", false},
		{"http://127.0.0.1.example.com", false},
		{"http://128.0.0.1", false},
		{"http://0.0.0.0:80", false},
		{"ftp://127.0.0.1", false},
		{"https://user:password@host", false},
		{"https://host/path", false},
		{"https://host?x=1", false},
		{"host:0", false},
		{"host:99999", false},
		{"host:", false},
		{"https://", false},
		{":443", false},
		{"ho st", false},
		{"http://[::1%25lo]:80", false},
	}
	for _, tt := range tests {
		c, err := callapi.New(callapi.Options{Endpoint: tt.endpoint})
		if e, usage := errors.AsType[*callapi.Error](err); (err == nil) != tt.ok || err != nil && (!usage || e.Kind != callapi.Usage || e.Hint() == "") {
			t.Errorf("%q: %v", tt.endpoint, err)
		}
		if c != nil {
			c.Close()
		}
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.mess = func(w http.ResponseWriter, _ *http.Request, _ fakeRequest) bool {
			refuse(w, 500, "InternalError", "")
			return true
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		c := client(t, f, func(o *callapi.Options) { o.Backoff, o.BackoffCap, o.Attempts = time.Hour, time.Hour, 100 })
		start := time.Now()
		n := pull(ctx, c, callapi.Plan{InstanceID: "i", JobIDs: []string{"a"}}, nil)
		if !errors.Is(n.err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("%v after %v", n.err, time.Since(start))
		}
	})
}
