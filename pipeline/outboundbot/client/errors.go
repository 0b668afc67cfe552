package client

import (
	"slices"
	"strings"
	"time"
)

// Kind is the kind of trouble an [Error] is about.
type Kind string

// Kinds of errors. Of all but Refused, Unavailable and Throttled it is known
// that asking again does not help.
const (
	Usage       Kind = "usage"       // the options make no sense
	Credentials Kind = "credentials" // missing, wrong or expired
	Permission  Kind = "permission"  // the credentials do not allow the action
	Clock       Kind = "clock"       // this machine's clock is wrong
	Instance    Kind = "instance"    // unknown at this endpoint
	Endpoint    Kind = "endpoint"    // the host does not exist, or is not the API
	Refused     Kind = "refused"     // the request, for what it asks
	Unavailable Kind = "unavailable" // no answer, or errors only
	Throttled   Kind = "throttled"   // all the time
)

// Error is why a request failed. It never holds credentials.
type Error struct {
	Kind      Kind
	Action    string // "" where it is not about one
	Code      string // the API's, where it gave one
	RequestID string
	Reason    string
	Advice    string // what to do about it, in one line; "" is none
	err       error
}

// Error says what was asked for and why it failed, in one line.
func (e *Error) Error() string {
	text := e.Reason
	if e.Action != "" {
		text = e.Action + ": " + text
	}
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// IsUsage reports whether it is of the kind [Usage].
func (e *Error) IsUsage() bool { return e.Kind == Usage }

// Request returns the id of the request, "" where there was no answer.
func (e *Error) Request() string { return e.RequestID }

// Hint returns the advice.
func (e *Error) Hint() string { return e.Advice }

// Unwrap returns the error of the network, where there is one.
func (e *Error) Unwrap() error { return e.err }

// Failure is why a request was not answered although others may be. Its cause
// is an [*Error] in its chain.
type Failure struct {
	Cause     Error
	Refused   bool // the API does not accept what was asked: another try would not pass
	Throttled bool // the API only said to ask later
	Offline   bool // the request was never sent
	Lacking   bool // the API answered, but for what Request.Lacks looks for
	// Status and Body are the response where it says that the API failed, with
	// credentials taken out; 0 and nil where no such response came.
	Status int
	Body   []byte
	// Unread is the response of a ListJobs request that is no error of the API, and
	// no answer that could be read: its Members are nil, or there are no Jobs. Who
	// reads jobs may find some in it. nil: there is none, or it is no text of the
	// API's.
	Unread *Answer

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

// verdict says what to do about a request that was not answered.
type verdict int

const (
	retry  verdict = iota // it can pass
	later                 // throttled: it passes when asked later
	refuse                // the request is wrong, another may be right
	stop                  // no request can pass
)

// codes are prefixes of the API's error codes that decide by themselves; the
// first that matches counts. Those of the gateway are in Alibaba Cloud's list of
// common error codes; of others the HTTP status decides.
var codes = []struct {
	verdict  verdict
	kind     Kind
	prefixes []string
}{
	{retry, Unavailable, []string{"SignatureNonceUsed"}}, // a retry beneath us; the next has a nonce of its own
	{stop, Credentials, []string{
		"SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignature", "InvalidAccessKeyId", "InvalidAccessKeySecret",
		"MissingAccessKeyId", "InvalidSecurityToken", "MissingSecurityToken",
	}},
	{stop, Clock, []string{"InvalidTimeStamp", "InvalidTimestamp", "IllegalTimestamp", "RequestTimeTooSkewed"}},
	{stop, Permission, []string{"NoPermission", "Forbidden", "AccessDenied", "Unauthorized"}},
	{stop, Endpoint, []string{
		"InvalidRegion", "InvalidAction", "InvalidVersion", "InvalidApi", "InvalidProduct", "UnsupportedHTTPMethod",
	}},
	{stop, Instance, []string{"NotExist.Instance", "InstanceNotExist", "InvalidInstance"}},
	{retry, Unavailable, []string{"InternalError", "ServiceUnavailable", "RequestTimeout"}},
	{refuse, Refused, []string{"NotExist", "Invalid", "Missing", "Parameter"}},
}

// judge decides by error code and HTTP status; a response with status 200 says
// Success:false.
func judge(code string, status int) (verdict, Kind) {
	if strings.Contains(code, "Throttling") || status == 429 {
		return later, Throttled
	}
	for _, known := range codes {
		if slices.ContainsFunc(known.prefixes, func(prefix string) bool { return strings.HasPrefix(code, prefix) }) {
			return known.verdict, known.kind
		}
	}
	if code != "" && status >= 400 && status < 500 {
		return refuse, Refused
	}
	return retry, Unavailable
}
