// Package transcript prints what was said: calls, and lines that a search found, as text
// to read and as rows.
//
// It prints what package query returns, and like it is empty without cgo.
package transcript
