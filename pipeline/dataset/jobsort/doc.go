// Package jobsort sorts jobs beyond memory, between the workers that decode them
// and the shards that they are written to: an external merge sort.
//
// An [Appender] encodes jobs (encode.go), sorts them by the day they live under
// and by the order of their rows, and hands them over in compressed blocks; a
// [Store] keeps the blocks in memory up to a budget and otherwise in a file; a
// [Sorted] merges them. A day of many rows is kept in parts, so that a bucket of
// it can be read without the others.
//
// The package does not decide which of several versions of a job is published,
// and knows neither rows nor files of tables.
package jobsort
