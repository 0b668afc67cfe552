// Package reconcile decides what is pending: it compares what lists named with what
// came.
package reconcile
