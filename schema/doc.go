// Package schema holds the nouns of callmill and the tables it publishes.
//
// [Job] and what hangs on it is a call job as ListJobs describes it; [Raw] is
// input on its way to becoming jobs. [JobRow], [TaskRow], [TurnRow] and their
// kin are the rows of the tables: their tags name and type the columns, their
// comments are the published documentation (see [Tables]). [Outcomes] says
// what each status of a call means.
//
// The package knows no file format and no library: the tags are plain text,
// read by those who write and read files.
//
// Tags: parquet names the column and its encoding; key gives its place in the
// table's key; split names the text column whose pieces a list holds;
// parquet-element is the encoding of a list's elements; stats:"none" leaves
// statistics out. A field that is no column has the parquet tag "-".
package schema
