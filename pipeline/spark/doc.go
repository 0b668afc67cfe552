// Package spark has no Go code but tests. In this folder are callmill_spark.py, the
// command, and callmill_lake, the Python package of all that it does: the job that runs
// callmill on Apache Spark for more responses than one machine should chew, and writes
// the tables of the contract as Apache Iceberg tables. README.md beside them says how to
// run it, what it needs and what it costs.
//
// A run in one picture:
//
//	files ──▶ mapInArrow: callmill worker decode ───▶ records (key, record)
//	state of the lake, of the keys that are touched ▶ records (key, record)
//	  union ▶ shuffle by key ▶ mapInArrow: callmill worker flatten ▶ stage (Parquet)
//	stage ▶ each table: stale rows deleted, new ones appended ▶ state ▶ runs ▶ tags
//
// Python and SQL only move bytes. What a response says, which version of a job
// wins, what its rows are: the Go code that callmill convert runs decides, in
// processes that Spark's executors start (pipeline/worker, pipeline/dataset/shuffle,
// pipeline/dataset/verdict). So the tables are those of convert, and the tests hold
// them to it: the same responses go through both, in any split into runs, with
// executors and drivers killed, and each table is compared value by value
// (testdata/compare.py), read by Spark and by pyiceberg.
//
// A person who was erased is in no file of the warehouse: testdata/search.py looks
// through all of them, decompressed.
//
// The lock is held to a catalog in a database as well (testdata/catalog.py).
//
// The tests start a real Spark. They need CALLMILL_PYTHON_LAKE, a Python with what
// requirements.txt lists, CALLMILL_ICEBERG_JAR, the runtime of Iceberg for that
// Spark, CALLMILL_SQLITE_JAR, a driver of SQLite, and Java 17; .ci/run installs them.
package spark
