// Package worker is how a distributed engine calls callmill: it reads an Arrow IPC
// stream and writes another one, batch by batch, and is given as functions what
// becomes of the rows.
//
// [Decode] makes records of inputs, [Import] of parts of a published dataset, [Search]
// of rejects, [Match] of states, and [Flatten] rows of records. stream.go reads and writes the streams.
//
// Memory is bounded by the largest batch that is read and a few MiB of what is
// written. Columns are found by their names: engines order them as they like. A stream
// is whole only with its end-of-stream marker: one that was cut where a batch ends
// would else pass for a shorter one. The last row of what is written is a report, so
// that the engine can compare what it gave with what was taken.
//
// The package starts no goroutines and knows neither jobs nor tables; but what the
// columns of the contract's tables are in Arrow is written down here.
package worker
