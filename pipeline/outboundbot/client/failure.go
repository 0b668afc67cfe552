package client

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// failure is the failure of a request, with a cause in which the API's words are
// made fit for errors.
func (c *Client) failure(r *Request, v verdict, cause Error) *Failure {
	cause.Action = r.Action
	cause.Code, cause.RequestID, cause.Reason = c.keys.scrub(cause.Code), c.keys.scrub(cause.RequestID), c.keys.scrub(cause.Reason)
	if cause.Advice == "" {
		cause.Advice = c.advice(cause.Kind, cause.Code, r.Action)
	}
	return &Failure{Cause: cause, Refused: v == refuse, Throttled: v == later, verdict: v}
}

// refused is the failure of a request whose response is no answer.
func (c *Client) refused(r *Request, got *received, e *envelope, reason string) *Failure {
	v, kind := judge(e.code, got.status)
	f := c.failure(r, v, Error{Kind: kind, Code: e.code, RequestID: e.requestID, Reason: reason})
	f.coded = e.code != ""
	f.retryAfter = retryAfter(got.header)
	if got.status >= 400 || f.coded {
		f.Status, f.Body = got.status, c.keys.scrubBytes(got.body)
	}
	return f
}

// broken is the failure of a request without any response.
func (c *Client) broken(r *Request, err error) *Failure {
	// A URL holds the ids of a whole batch.
	for u, ok := errors.AsType[*url.Error](err); ok; u, ok = errors.AsType[*url.Error](err) {
		err = u.Err
	}
	dns, unresolved := errors.AsType[*net.DNSError](err)
	op, isOp := errors.AsType[*net.OpError](err)
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	v, cause := retry, Error{Kind: Unavailable, Reason: err.Error(), err: err}
	switch {
	case unresolved && dns.IsNotFound:
		cause.Kind = Endpoint
	case badCertificate:
		v, cause.Kind = stop, Endpoint
		cause.Advice = "the certificate of the endpoint is not valid: look at --endpoint and at proxies on the way"
	case notTLS, err.Error() == "http: server gave HTTP response to HTTPS client":
		v, cause.Kind = stop, Endpoint
	}
	f := c.failure(r, v, cause)
	f.Offline = unresolved || isOp && (op.Op == "dial" || op.Op == "proxyconnect")
	f.coded = errors.Is(err, errTooLarge)
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
