// Package shuffle is what a distributed engine moves about: records under keys. The
// engine brings all records of a key together, in any order; what is decided about
// a job, a campaign or a reject depends on the records of its key alone.
//
// An [Appender] makes records of what is decoded. The state of a key, which is a
// record as well, is what is decided of it so far: the engine keeps it and gives it
// back with the records of a later run. What a published dataset has comes as records
// of its own.
//
// A [Reducer] takes all records of a key and says what becomes of it: the rows, where
// they change, and the new state. It decides by package verdict, as a run does that
// publishes a dataset on disk, so that both come to the same tables.
//
// A key may have more records than fit into memory; [Condense] makes room by what they
// repeat.
//
// The package knows neither the engine nor how records travel.
package shuffle
