package client

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// DefaultEndpoint is the API's host for the mainland of China.
const DefaultEndpoint = "outboundbot.cn-shanghai.aliyuncs.com"

// Options say how a Client talks to the API. The zero value talks to the real
// one, with the credentials of the machine.
type Options struct {
	// Endpoint is HOST[:PORT] or a URL; "" is DefaultEndpoint. http is for
	// loopback only.
	Endpoint string
	// Keys replace the vendor's chain of credentials. They are for the simulated
	// API: real ones belong in the environment, the profile file or a role, see
	// credentials.go.
	Keys *Keys

	// QPS is how many requests the API allows in a second; 0 is 10. The client
	// aims at somewhat less, see limiter.go.
	QPS int
	// Parallel is the maximum of requests in flight; 0 is twice QPS, between 4
	// and 31. A run that is killed may lose as many responses.
	Parallel int

	// Timeouts of a request: to connect, between two reads, and overall. 0 is
	// 5 s, 15 s and 2 min.
	Connect, Read, Overall time.Duration

	// Attempts is how often a request may fail before it counts as always
	// failing, throttled attempts aside. 0 is 10.
	Attempts int
	// Backoff is the longest wait before the first retry, BackoffCap before any;
	// 0 is 200 ms and 10 s. The longest wait doubles with each retry; the wait is
	// drawn evenly from nothing to the longest.
	Backoff, BackoffCap time.Duration
	// RetryBudget is how many attempts may fail, over all requests, without
	// answers between them: each failure takes one, each answer returns ten. When
	// it is used up the API counts as down. 0 is what goes out in 40 s, and 400
	// at least.
	RetryBudget int
	// Patience is how long the API may throttle everything; 0 is 10 min.
	Patience time.Duration

	// Text makes UTF-8 of a response, without a byte order mark, as the reader of
	// the run does. nil takes a response as it is.
	Text func(body []byte) ([]byte, error)

	// Seed makes the jitter repeatable; 0 is a random one.
	Seed uint64
	// Transport carries the requests, without the Connect and Read timeouts; nil
	// is the network.
	Transport http.RoundTripper

	// Now is the clock, for everything but the network's timeouts; nil is
	// time.Now. It must not stand still.
	Now func() time.Time
	// Sleep waits until Now has advanced by d, or returns ctx.Err(); nil waits in
	// real time. It is called from several goroutines.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Keys are an access key, with a token where it is a temporary one.
type Keys struct{ ID, Secret, Token string }

func (o Options) withDefaults() Options {
	o.Endpoint = cmp.Or(o.Endpoint, DefaultEndpoint)
	o.QPS = cmp.Or(o.QPS, 10)
	o.Parallel = cmp.Or(o.Parallel, min(max(2*o.QPS, 4), 31))
	o.Connect = cmp.Or(o.Connect, 5*time.Second)
	o.Read = cmp.Or(o.Read, 15*time.Second)
	o.Overall = cmp.Or(o.Overall, 2*time.Minute)
	o.Attempts = cmp.Or(o.Attempts, 10)
	o.Backoff = cmp.Or(o.Backoff, 200*time.Millisecond)
	o.BackoffCap = cmp.Or(o.BackoffCap, 10*time.Second)
	o.RetryBudget = cmp.Or(o.RetryBudget, max(40*o.QPS, 400))
	o.Patience = cmp.Or(o.Patience, 10*time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o
}

// sleep is Options.Sleep in real time.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// endpoint is where requests go.
type endpoint struct {
	scheme string // http or https
	host   string // HOST or HOST:PORT
}

// parseEndpoint reads HOST[:PORT] or a URL. Responses carry what people said,
// and requests are signed, not encrypted: plain http is for loopback only.
func parseEndpoint(s string) (endpoint, error) {
	bad := func(reason string) (endpoint, error) {
		return endpoint{}, &Error{
			Kind: Usage, Reason: fmt.Sprintf("invalid endpoint %q: %s", maskURL(s), reason),
			Advice: "give a host such as " + DefaultEndpoint + ", with a port if necessary; http:// is for 127.0.0.1 only",
		}
	}
	text := s
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return bad("neither a host nor a URL")
	}
	port, _ := strconv.Atoi(u.Port())
	switch {
	case u.User != nil:
		return bad("credentials do not belong in it")
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("neither http nor https")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " \t\r\n"):
		return bad("no host")
	case strings.HasSuffix(u.Host, ":") || u.Port() != "" && (port < 1 || port > 65535):
		return bad("no port")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return bad("more than a host and a port")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return bad("http only goes to this machine")
	}
	return endpoint{u.Scheme, u.Host}, nil
}

// checkProxy returns an error where the environment names a proxy that cannot be
// used. Every request would fail, with parts of the proxy's password in the error:
// one that is not escaped is taken for host or port.
func (e endpoint) checkProxy() error {
	for _, variable := range []string{strings.ToUpper(e.scheme) + "_PROXY", e.scheme + "_proxy"} {
		address := os.Getenv(variable)
		if address == "" {
			continue
		}
		text := address
		if !strings.Contains(text, "://") {
			text = "http://" + text
		}
		u, err := url.Parse(text)
		if err == nil && u.Hostname() != "" && (u.User != nil || !strings.Contains(address, "@")) {
			continue
		}
		return &Error{
			Kind: Usage, Reason: fmt.Sprintf("invalid proxy %q in %s", maskURL(address), variable),
			Advice: "give a URL such as http://proxy.example:3128; in a user or password, / is written as %2F, @ as %40, # as %23, ? as %3F",
		}
	}
	return nil
}

// isLoopback judges a host as written, not what its name resolves to.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() && ip.Zone() == ""
}
