// Package calls is the pages of calls: the list of those of a filter, one of them with
// what was said, and the search for lines.
//
// It reads what package live holds: without cgo it is empty.
package calls
