// Package phrases is the page that asks of any calls what goes with a measure: which
// words and lines calls have that failed, were hung up or were hit by a rule, which
// numbers, hours and batches stand out; or what calls have that a number on another page
// opened, against the rest.
//
// Without cgo the package is empty, since that of snapshots is.
package phrases
