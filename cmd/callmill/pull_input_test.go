package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestPullBadInput: what an operator gets wrong ends the run with one line
// that says what, and one that says what to do.
func TestPullBadInput(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 20}, api.Options{Instances: []string{"x"}})
	denied := simulatedAPI(t, simulate.Options{People: 20}, api.Options{Deny: []string{"ListJobsByGroup"}})
	late := simulatedAPI(t, simulate.Options{People: 20}, api.Options{Clock: func() time.Time { return time.Now().Add(time.Hour) }})
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html><title>Welcome to nginx!</title></html>")
	}))
	defer page.Close()
	days := newCalendar()
	tests := []struct {
		name, secret, token string
		api                 *simulated
		args                []string
		code                int
		says, hint          string
	}{
		{name: "wrong secret", secret: "wrong", code: exit.Failed, says: "SignatureDoesNotMatch", hint: "ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
		{name: "expired token", token: api.ExpiredToken, code: exit.Failed, says: "InvalidSecurityToken", hint: "expired"},
		{name: "no permission", api: denied, code: exit.Failed, says: "ListJobsByGroup", hint: "outboundbot:ListJobsByGroup"},
		{name: "unknown instance", args: []string{"--instance", "y"}, code: exit.Failed, says: "y", hint: "--instance"},
		{name: "clock off by an hour", api: late, code: exit.Failed, says: "InvalidTimeStamp", hint: "NTP"},
		{name: "region that is none", args: []string{"--endpoint", "outboundbot.cn-nowhere.invalid"}, code: exit.Failed, says: "cn-nowhere.invalid", hint: "--endpoint"},
		{name: "nobody listens", args: []string{"--endpoint", closedPort(t)}, code: exit.Failed, says: "connection refused", hint: "again"},
		{name: "web server", args: []string{"--endpoint", page.URL}, code: exit.Failed, says: "HTML", hint: "again"},
		{name: "http across the network", args: []string{"--endpoint", "http://192.0.2.1"}, code: exit.Usage, says: "http only goes to this machine", hint: "127.0.0.1"},
		{name: "endpoint with a path", args: []string{"--endpoint", "https://example.com/api"}, code: exit.Usage, says: "more than a host", hint: "give a host"},
		{name: "from after to", args: []string{"--from", "2026-01-02", "--to", "2026-01-01"}, code: exit.Usage, says: "--from 2026-01-02 is after --to 2026-01-01", hint: "earlier"},
		{name: "in the future", args: []string{"--from", days.ago(-2)}, code: exit.Usage, says: "is in the future", hint: "today is " + days.ago(0)},
		{name: "no such day", args: []string{"--date", "2026-02-30"}, code: exit.Usage, says: `invalid day "2026-02-30"`, hint: "YYYY-MM-DD"},
		{name: "to alone", args: []string{"--to", "2026-01-02"}, code: exit.Usage, says: "--to is given without --from", hint: "--from"},
		{name: "day and days", args: []string{"--date", "2026-01-02", "--to", "2026-01-02"}, code: exit.Usage, says: "both given", hint: "short for"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := served
			if test.api != nil {
				s = test.api
			}
			p := newPuller(s)
			if test.secret != "" {
				p.client.Keys.Secret = test.secret
			}
			p.client.Keys.Token = test.token
			args := append([]string{"--out", filepath.Join(t.TempDir(), "data")}, test.args...)
			if !strings.Contains(strings.Join(args, " "), "--instance") {
				args = append(args, "--instance", "x")
			}
			got := p.pull(t, test.code, args...)
			lines := strings.Split(strings.TrimSuffix(got.stderr, "\n"), "\n")
			if len(lines) != 2 || got.stdout != "" {
				t.Fatalf("it prints\n%s%swant one line and one with a hint", got.stdout, got.stderr)
			}
			if !strings.HasPrefix(lines[0], "callmill: ") || !strings.Contains(lines[0], test.says) {
				t.Errorf("it says %q, want %q", lines[0], test.says)
			}
			if !strings.HasPrefix(lines[1], "hint: ") || !strings.Contains(lines[1], test.hint) {
				t.Errorf("it says %q, want a hint with %q", lines[1], test.hint)
			}
		})
	}
}

// closedPort is an address nobody listens at.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

// TestPullCheck tries what a pull needs, fetches nothing, and says what is
// wrong.
func TestPullCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures seconds of requests")
	}
	serve := func(o api.Options) *simulated { return simulatedAPI(t, simulate.Options{People: 20}, o) }
	tests := []struct {
		name, secret string
		options      api.Options
		qps          string
		code         int
		bad          string // what is found wrong; "" is nothing
	}{
		{name: "all is well", qps: "20", code: exit.Done},
		{name: "wrong secret", qps: "20", secret: "wrong", code: exit.Failed, bad: "SearchTask on instance x"},
		{name: "no permission", qps: "20", options: api.Options{Deny: []string{"ListJobs"}}, code: exit.Failed, bad: "ListJobs on instance x"},
		{name: "clock", qps: "20", options: api.Options{Clock: func() time.Time { return time.Now().Add(-time.Hour) }}, code: exit.Failed, bad: "SearchTask on instance x"},
		{name: "quota", qps: "40", options: api.Options{Quota: 10}, code: exit.Failed, bad: "quota"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPuller(serve(test.options), "--instance", "x", "--check", "--qps", test.qps)
			if test.secret != "" {
				p.client.Keys.Secret = test.secret
			}
			got := p.pull(t, test.code, "--out", filepath.Join(t.TempDir(), "data"))
			bad := ""
			for line := range strings.Lines(got.stdout) {
				if what, found := strings.CutPrefix(line, "BAD  "); found && bad == "" {
					bad = what
				}
			}
			if !strings.HasPrefix(bad, test.bad) || (bad == "") != (test.bad == "") {
				t.Errorf("found wrong is %q, want %q, in:\n%s", bad, test.bad, got.stdout)
			}
			if test.bad != "" && !strings.Contains(got.stderr, "a pull would fail: "+test.bad) {
				t.Errorf("it says %q", got.stderr)
			}
		})
	}
}
