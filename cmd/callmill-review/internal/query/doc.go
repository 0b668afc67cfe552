// Package query asks a published snapshot by DuckDB: it fills a corpus, and finds calls
// and what was said in them. Each question is a file of SQL with a typed function.
//
// It only reads. The database is in memory; it may read the snapshot's folder and no
// other file, its configuration is locked, and statements are the embedded files alone:
// what users type is bound as values. DuckDB permits writing where it permits reading, so
// that nothing is written rests on there being no statement that writes.
//
// DuckDB is C++: without cgo the package is empty.
package query
