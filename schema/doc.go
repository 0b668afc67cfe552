// Package schema holds the nouns of callmill and describes the tables it
// publishes. It imports the standard library alone and knows no file format.
//
// [Job] and its parts are a call job as ListJobs returns it; [Raw] is input
// that is not decoded yet. [JobRow], [TaskRow], [TurnRow] and the others are
// the rows of the tables; [Tables] describes the tables from the tags of their
// fields. [Outcomes] lists the meaning of each status of a call.
//
// # Tags of row types
//
//	parquet          name and encoding of the column; "-" for a field that is not a column
//	parquet-element  encoding of the elements of a list
//	split            the text column whose pieces a list holds
//	stats            "none" omits statistics
//	since            the first format of the dataset that has the column; without it, 1
//	key              place in the table's key, from 1
//	en, zh           the published documentation of the column
//
// A new column is a field here, with these tags, and a value in package flatten.
package schema
