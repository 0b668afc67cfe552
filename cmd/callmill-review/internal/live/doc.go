// Package live holds the published snapshot of a dataset in memory, and follows it while
// later ones are published.
//
// What a request reads is one [Night]: it is taken before and released after, and closes
// after its last request, while those that came later read the next one. At most two are
// held at a time.
//
// It reads by package query: without cgo the package is empty.
package live
