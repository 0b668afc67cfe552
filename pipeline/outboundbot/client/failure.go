package client

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Failure is why a request was not answered although others may be. Its cause
// is an [*Error] in its chain.
type Failure struct {
	Cause     Error
	Refused   bool // the API does not accept what was asked: another try would not pass
	Throttled bool // the API only said to ask later
	Offline   bool // the request was never sent
	// Status and Body are the response where it says that the API failed, with
	// credentials taken out; 0 and nil where no such response came.
	Status int
	Body   []byte

	verdict verdict
	// coded: the API itself says that it failed. Another try then helps less
	// often than after trouble on the network.
	coded      bool
	retryAfter time.Duration // what the API asks for
	sent       time.Time
}

// Error returns the cause in one line.
func (f *Failure) Error() string { return f.Cause.Error() }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return &f.Cause }

// failed is a failure that can pass.
func (c *Client) failed(r *Request, reason string) *Failure {
	return &Failure{verdict: retry, Cause: Error{
		Kind: Unavailable, Action: r.Action, Reason: c.keys.scrub(reason), Advice: c.advice(Unavailable, "", r.Action),
	}}
}

// refused is the failure of a request whose response is no answer.
func (c *Client) refused(r *Request, got *received, e *envelope, reason string) *Failure {
	f := c.failed(r, reason)
	f.Cause.Code, f.Cause.RequestID = c.keys.scrub(string(e.Code)), c.keys.scrub(string(e.RequestID))
	f.verdict, f.Cause.Kind = judge(f.Cause.Code, got.status)
	f.Cause.Advice = c.advice(f.Cause.Kind, f.Cause.Code, r.Action)
	f.Refused, f.Throttled = f.verdict == refuse, f.verdict == later
	f.coded = e.Code != ""
	f.retryAfter = retryAfter(got.header)
	if got.status >= 400 || f.coded {
		f.Status, f.Body = got.status, c.keys.scrubBytes(got.body)
	}
	return f
}

// broken is the failure of a request without any response.
func (c *Client) broken(r *Request, err error) *Failure {
	err = bare(err)
	f := c.failed(r, err.Error())
	f.Cause.err, f.Offline = err, neverConnected(err)
	switch {
	case errors.Is(err, errTooLarge):
		f.coded = true
	case isNoSuchHost(err):
		f.Cause.Kind, f.Cause.Advice = Endpoint, c.advice(Endpoint, "", r.Action)
	case isBadCertificate(err):
		f.verdict, f.Cause.Kind = stop, Endpoint
		f.Cause.Advice = "the certificate of the endpoint is not valid: look at --endpoint and at proxies on the way"
	case isNotTLS(err):
		f.verdict, f.Cause.Kind, f.Cause.Advice = stop, Endpoint, c.advice(Endpoint, "", r.Action)
	}
	return f
}

// retryAfter is what the API's own header asks for, in milliseconds, else what
// a proxy's does, in seconds.
func retryAfter(h http.Header) time.Duration {
	const longest = 5 * time.Minute
	for _, asks := range []struct {
		header string
		unit   time.Duration
	}{{"x-acs-retry-after", time.Millisecond}, {"Retry-After", time.Second}} {
		if n, err := strconv.ParseInt(strings.TrimSpace(h.Get(asks.header)), 10, 64); err == nil && n > 0 {
			return time.Duration(min(n, int64(longest/asks.unit))) * asks.unit
		}
	}
	return 0
}
