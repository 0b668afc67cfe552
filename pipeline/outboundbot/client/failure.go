package client

import (
	"crypto/tls"
	"errors"
	"fmt"
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

// lacking is the failure of a request whose response lacks what would answer it;
// nil where it lacks nothing.
func (c *Client) lacking(r *Request, a *Answer) *Failure {
	what := r.Lacks(a)
	if what == "" {
		return nil
	}
	f := c.failure(r, retry, Error{Kind: Unavailable, RequestID: a.RequestID, Reason: "answered without " + what})
	f.Lacking = true
	c.unread(f, r, a)
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

// advice is what to do about a kind of trouble, in one line.
func (c *Client) advice(kind Kind, code, action string) string {
	switch kind {
	case Credentials:
		if strings.Contains(code, "SecurityToken") {
			return "the temporary credentials have expired or do not belong to the access key: get new ones, or use the machine's RAM role"
		}
		if strings.Contains(code, "AccessKeyId") {
			return "the access key does not exist or is disabled: look at ALIBABA_CLOUD_ACCESS_KEY_ID or the profile file"
		}
		return "the secret does not belong to the access key: look at ALIBABA_CLOUD_ACCESS_KEY_SECRET or the profile file"
	case Permission:
		return fmt.Sprintf("let the RAM user or role do outboundbot:%s on this instance; see OPERATE.md for a sufficient RAM policy", action)
	case Clock:
		if skew, _ := c.Skew(); skew.Abs() > time.Minute {
			return fmt.Sprintf("the clock of this machine is %s the API's: set it, and keep it right with NTP", DescribeSkew(skew))
		}
		return "set the clock of this machine, and keep it right with NTP; the API takes 15 minutes at most"
	case Instance:
		return fmt.Sprintf("look at --instance and at the region of --endpoint, which is %s: an instance exists in its own region only", c.endpoint.host)
	case Endpoint:
		return fmt.Sprintf("look at --endpoint, which is %s: %s is where most instances are", c.endpoint.host, DefaultEndpoint)
	case Throttled:
		return fmt.Sprintf("the account's quota is used up by others or smaller than --qps %d: lower it, or ask for more quota", c.o.QPS)
	case Unavailable:
		if !c.answered.Load() {
			return fmt.Sprintf("look at --endpoint, which is %s; if that is right, run the same command again later", c.endpoint.host)
		}
		return "what was received is kept: run the same command again later, and it goes on from there"
	case Refused:
		return "the API does not accept the request; if it did before, the API may have changed"
	}
	return ""
}

// DescribeSkew spells how far this machine's clock is ahead of another, such as
// "3s behind".
func DescribeSkew(ahead time.Duration) string {
	side := "ahead of"
	if ahead < 0 {
		side = "behind"
	}
	return fmt.Sprintf("%s %s", ahead.Abs().Round(time.Second), side)
}
