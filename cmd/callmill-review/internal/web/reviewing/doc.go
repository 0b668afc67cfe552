// Package reviewing are the pages on which people say what they think of calls: verdicts
// are posted to /review from any page; /rules and /rule say how often rules hit and how
// often they are right, /rules/try what rules say of a dialogue; /sample draws calls to
// be looked at; /mine lists what somebody said.
//
// Without cgo the package is empty, since that of snapshots is.
package reviewing
