package client

import (
	"fmt"
	"strings"
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
	var b strings.Builder
	if e.Action != "" {
		b.WriteString(e.Action + ": ")
	}
	b.WriteString(e.Reason)
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	return b.String()
}

// Hint returns the advice.
func (e *Error) Hint() string { return e.Advice }

// Unwrap returns the error of the network, where there is one.
func (e *Error) Unwrap() error { return e.err }
