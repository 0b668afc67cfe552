package callapi

import (
	"fmt"
	"strings"
)

// Kind says what is wrong, for who has to deal with it.
type Kind string

// Kinds of errors. Of all but Refused, Unavailable and Throttled it is known
// that asking again does not help.
const (
	Usage       Kind = "usage"       // the options make no sense
	Credentials Kind = "credentials" // none, wrong ones, or expired
	Permission  Kind = "permission"  // they do not allow the action
	Clock       Kind = "clock"       // this machine's is wrong
	Instance    Kind = "instance"    // it is not known there
	Endpoint    Kind = "endpoint"    // what answers is not the API, or nothing has that name
	Refused     Kind = "refused"     // the request, for what it asks
	Unavailable Kind = "unavailable" // no answer, or errors only
	Throttled   Kind = "throttled"   // all the time
)

// Error is why a request, and with it a run, came to nothing. It never holds
// credentials.
type Error struct {
	Kind      Kind
	Action    string // "" where it is not about one
	Code      string // the API's, where it gave one
	RequestID string
	reason    string
	hint      string
	err       error
}

// Error says what was asked for and why it failed, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Action != "" {
		b.WriteString(e.Action + ": ")
	}
	b.WriteString(e.reason)
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	return b.String()
}

// Hint says what to do about it, in one line; "" where nothing is to be said.
func (e *Error) Hint() string { return e.hint }

// Unwrap gives the error of the network, where it is one.
func (e *Error) Unwrap() error { return e.err }
