package client

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
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"callmill/pipeline/outboundbot/internal/apitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What may pass is tried again until it does.
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
				f := &fake{mess: func(w http.ResponseWriter, r *http.Request, n int) bool {
					if n <= 3 {
						mess(w, r)
					}
					return n <= 3
				}}
				if err := ask(t, f, nil); err != nil || len(f.arrivals) != 4 {
					t.Errorf("%v after %d tries", err, len(f.arrivals))
				}
			})
		})
	}
}

// What cannot pass ends the run at once, with a hint for the operator.
func TestWhatCannotPass(t *testing.T) {
	tests := []struct {
		status        int
		code, message string
		kind          Kind
		hint          string
	}{
		{400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:x-acs-security-token:demo-token", Credentials, "ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
		{400, "IncompleteSignature", "", Credentials, "secret"},
		{404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", Credentials, "ALIBABA_CLOUD_ACCESS_KEY_ID"},
		{403, "InvalidAccessKeyId.Inactive", "disabled", Credentials, "disabled"},
		{400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.", Credentials, "expired"},
		{400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", Clock, "1h0m0s ahead of the API's"},
		{403, "NoPermission", "no", Permission, "outboundbot:ListJobs"},
		{403, "Forbidden.RAM", "User not authorized", Permission, "sufficient RAM policy"},
		{200, "NoPermission.Instance", "no", Permission, "outboundbot:ListJobs"},
		{404, "NotExist.Instance", "instance does not exist", Instance, "--instance"},
		{404, "InvalidAction.NotFound", "no such action", Endpoint, "--endpoint"},
		{400, "InvalidRegionId", "wrong region", Endpoint, DefaultEndpoint},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{mess: func(w http.ResponseWriter, _ *http.Request, _ int) bool {
				w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
				apitest.Reply(w, tt.status, map[string]any{"Code": tt.code, "Message": tt.message, "RequestId": "R-1", "Success": false})
				return true
			}}
			err := ask(t, f, func(o *Options) {
				o.Keys = &Keys{ID: apitest.ID, Secret: apitest.Secret, Token: "demo-token"}
			})
			e, ok := errors.AsType[*Error](err)
			if tries := len(f.arrivals); !ok || tries != 1 || e.Kind != tt.kind || e.Code != tt.code || !strings.Contains(e.Hint(), tt.hint) || strings.Contains(e.Error(), "demo-token") {
				t.Errorf("%s: %v after %d tries, hint %q", tt.code, err, tries, e.Hint())
			}
			for _, said := range []string{e.Error(), e.Hint()} {
				if strings.ContainsAny(said, "\n") || said == "" {
					t.Errorf("%s: %q is not one line", tt.code, said)
				}
			}
		})
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
			f := &fake{mess: func(w http.ResponseWriter, _ *http.Request, n int) bool {
				if n > 1 {
					return false
				}
				w.Header().Set(tt.header, tt.value)
				apitest.Refuse(w, 400, "Throttling.User", "")
				return true
			}}
			if err := ask(t, f, nil); err != nil {
				t.Fatal(err)
			}
			if waited := f.arrivals[1].Sub(f.arrivals[0]); waited < tt.least || waited > tt.most {
				t.Errorf("%s: %s is waited for %v", tt.header, tt.value, waited)
			}
		})
	}
}

// Waits grow, differ, and are the same for the same seed.
func TestJitter(t *testing.T) {
	waits := func(seed uint64) (all []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			f := refused(500, "InternalError")
			_ = ask(t, f, func(o *Options) {
				o.Seed, o.Backoff, o.BackoffCap, o.Attempts = seed, time.Second, 20*time.Second, 40
			})
			for i := 1; i < 40; i++ {
				all = append(all, f.arrivals[i].Sub(f.arrivals[i-1]))
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

func TestThrottledForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := refused(400, "Throttling.User")
		start := time.Now()
		err := ask(t, f, func(o *Options) { o.QPS, o.Backoff, o.BackoffCap = 10, 0, 0 })
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Throttled || !strings.Contains(e.Hint(), "--qps") {
			t.Errorf("error %v", err)
		}
		if took := time.Since(start); took < 10*time.Minute || took > 11*time.Minute {
			t.Errorf("given up after %v", took)
		}
	})
}

// The network as it is: deadlines, resets, ports where nothing answers.
func TestNetwork(t *testing.T) {
	hold := make(chan struct{})
	slow := func(w http.ResponseWriter, r *http.Request, _ int) bool {
		for range 100 {
			fmt.Fprint(w, " ")
			w.(http.Flusher).Flush()
			select {
			case <-time.After(100 * time.Millisecond):
			case <-r.Context().Done():
				return true
			}
		}
		return true
	}
	tests := []struct {
		name string
		read time.Duration
		mess func(http.ResponseWriter, *http.Request, int) bool
		want string
	}{
		{"no first byte", 500 * time.Millisecond, func(_ http.ResponseWriter, r *http.Request, _ int) bool {
			select {
			case <-hold:
			case <-r.Context().Done():
			}
			return true
		}, "i/o timeout"},
		{"slow bytes", time.Minute, slow, "took too long"},
		{"reset", time.Minute, func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				conn.(*net.TCPConn).SetLinger(0)
				conn.Close()
			}
			return true
		}, "connection reset by peer"},
		{"cut off", time.Minute, func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "unexpected EOF"},
	}
	for _, tt := range tests {
		f := &fake{mess: tt.mess}
		server := httptest.NewServer(f)
		err := ask(t, f, func(o *Options) {
			o.Transport, o.Endpoint = nil, server.URL
			o.Read, o.Overall, o.Attempts = tt.read, 2*time.Second, 2
		})
		server.Close() // all requests have ended then
		if _, failed := errors.AsType[*Failure](err); !failed || !strings.Contains(err.Error(), tt.want) || len(f.arrivals) < 2 {
			t.Errorf("%s: %v after %d tries; want %q", tt.name, err, len(f.arrivals), tt.want)
		}
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String()
	listener.Close()
	server := httptest.NewServer(&fake{})
	defer server.Close()
	certified := httptest.NewUnstartedServer(&fake{})
	certified.Config.ErrorLog = log.New(io.Discard, "", 0) // it logs that the client hung up
	certified.StartTLS()
	defer certified.Close()
	for name, tt := range map[string]struct {
		endpoint string
		kind     Kind
	}{
		"nobody there":        {nobody, Unavailable},
		"no TLS there":        {strings.Replace(server.URL, "http:", "https:", 1), Endpoint},
		"no certificate":      {certified.URL, Endpoint},
		"no host of the name": {"outboundbot.invalid", Endpoint},
	} {
		err := ask(t, &fake{}, func(o *Options) { o.Transport, o.Endpoint = nil, tt.endpoint })
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != tt.kind || e.Hint() == "" || strings.Contains(e.Error(), "JobId") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A request is in flight until its answer is kept: however many are made, no more
// than Parallel are.
func TestParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, &fake{}, func(o *Options) { o.Parallel = 3 })
		var inFlight, most atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := c.Do(t.Context(), oneJob, func(*Answer) error {
					if n := inFlight.Add(1); n > most.Load() {
						most.Store(n)
					}
					time.Sleep(time.Second)
					inFlight.Add(-1)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most.Load() != 3 {
			t.Errorf("%d answers were being kept at the same time, want 3", most.Load())
		}
	})
}

// A response that lacks what was asked for is not kept, and asked for again.
func TestLacking(t *testing.T) {
	f, kept := &fake{}, 0
	r := *oneJob
	r.Lacks = func(*Answer) string {
		if len(f.arrivals) < 3 {
			return "a list"
		}
		return ""
	}
	a, err := newTestClient(t, f, nil).Do(t.Context(), &r, func(*Answer) error { kept++; return nil })
	if a == nil || err != nil || kept != 1 || len(f.arrivals) != 3 {
		t.Errorf("%v, %v after %d requests, %d kept", a, err, len(f.arrivals), kept)
	}
	r.Lacks = func(*Answer) string { return "a list" }
	_, err = newTestClient(t, f, nil).Do(t.Context(), &r, nil)
	if failed, ok := errors.AsType[*Failure](err); !ok || failed.Unread == nil || failed.Refused || err.Error() != "ListJobs: answered without a list" {
		t.Errorf("error %v", err)
	}
}

// An answer that cannot be kept ends its request.
func TestKeepFails(t *testing.T) {
	full := errors.New("disk full")
	f := &fake{}
	_, err := newTestClient(t, f, nil).Do(t.Context(), oneJob, func(*Answer) error { return full })
	if !errors.Is(err, full) || len(f.arrivals) != 1 {
		t.Errorf("%v after %d tries", err, len(f.arrivals))
	}
}

// An idle connection is used again, also when it was idle for almost as long
// as a read may take.
func TestIdleConnections(t *testing.T) {
	f := &fake{mess: func(http.ResponseWriter, *http.Request, int) bool {
		time.Sleep(1500 * time.Millisecond)
		return false
	}}
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(f)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := newTestClient(t, f, func(o *Options) {
		o.Transport, o.Endpoint, o.Read, o.Attempts = nil, server.URL, 4*time.Second, 1
	})
	for range 3 {
		if _, err := c.Do(t.Context(), oneJob, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond)
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
	f := &fake{}
	c := newTestClient(t, f, func(o *Options) { o.Keys = nil })
	_, err := c.Do(t.Context(), oneJob, nil)
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Credentials || !strings.Contains(e.Hint(), "ALIBABA_CLOUD_ACCESS_KEY_ID") {
		t.Errorf("without credentials: %v", err)
	}
	// The same client finds those that are there later.
	if err := os.MkdirAll(empty+"/.alibabacloud", 0o700); err != nil {
		t.Fatal(err)
	}
	profile := "[default]\nenable = true\ntype = access_key\naccess_key_id = demo\naccess_key_secret = from-a-file\n"
	if err := os.WriteFile(empty+"/.alibabacloud/credentials", []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), oneJob, nil); err != nil {
		t.Errorf("with a profile file: %v", err)
	}
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "demo")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "from-the-environment")
	t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "token-of-an-hour")
	token := ""
	f.mess = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		token = r.Header.Get("x-acs-security-token")
		return false
	}
	if err := ask(t, f, func(o *Options) { o.Keys = nil }); err != nil || token != "token-of-an-hour" {
		t.Errorf("with the environment: token %q, %v", token, err)
	}
}

// The vendor's libraries print what they send when DEBUG asks for it.
func TestTracingIsRefused(t *testing.T) {
	for debug, refused := range map[string]bool{"": false, "1": false, "app,dara": true, "tea": true, "credential": true} {
		t.Setenv("DEBUG", debug)
		c, err := New(Options{})
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
		c, err := New(Options{Endpoint: tt.endpoint})
		if e, usage := errors.AsType[*Error](err); (err == nil) != tt.ok || err != nil && (!usage || e.Kind != Usage || e.Hint() == "") {
			t.Errorf("%q: %v", tt.endpoint, err)
		}
		if c != nil {
			c.Close()
		}
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		c := newTestClient(t, refused(500, "InternalError"), func(o *Options) { o.Backoff, o.BackoffCap, o.Attempts = time.Hour, time.Hour, 100 })
		start := time.Now()
		_, err := c.Do(ctx, oneJob, nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
