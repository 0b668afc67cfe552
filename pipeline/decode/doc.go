// Package decode turns the bytes of a ListJobs response, however they are
// spelled, into schema.Job; what it cannot understand becomes a reject with
// origin, position, code and reason, job by job. It reads no files, knows no
// tables and masks nothing.
//
// # How it reads
//
// One pass over the bytes: [Decoder.Items] walks the documents of a body
// (walk.go, response.go, element.go), reads each job into buffers that are used
// again (job.go, task.go, fields.go), brings it to its normal form (normal.go)
// and hands it out when the end of its response is known (settle.go): one that
// says Success:false after its jobs publishes none of them. Strings alias the
// body unless they had escapes. XML is spelled again as JSON, job by job, and
// goes the same way (xml.go, xmljobs.go, xmlspell.go).
//
// An input too large to be held goes through [Cut] first (cut.go, piece.go): the
// same walk, on a window, decoding no job.
//
// # Tolerance is a list
//
// The grammar of JSON is strict: what encoding/json calls invalid is a reject.
// Beyond the documented shape the following are understood, alone and
// combined, each counted by kind (see [Decoder.Counts]) and shown by a pair of
// files in testdata/shapes:
//
//   - values (fields.go): a number or a boolean for a string, keeping its
//     literal digits; a string for a number or a boolean; 5.0 or 1.579e12 for
//     an integer; white space around ids, numbers, times and enumerations; a
//     task status as the vendor's number; field names with a small first letter
//   - lists (shapes.go): one object where an array is documented; null
//     elements; "" for an empty list or object; the spellings of CallingNumbers
//   - around the jobs (wrappers.go, rawline.go): {"Jobs":{"Job":[…]}}, SDK
//     dumps, raw lines, a bare job, arrays of jobs or responses, JSON Lines and
//     concatenated documents
//   - XML (xml.go): with or without a root, CDATA, entities, declared
//     encodings; byte-order marks and UTF-16 for JSON and XML (encoding.go)
//   - damage (resync.go): the good jobs around a bad one and before the cut of
//     a truncated response
//
// Of a name given twice in a JSON object the last value wins, but for what
// holds jobs: every Jobs counts. Pages of other actions, by the action of their
// raw line or by their members (pageOf; Jobs with page numbers and without
// tasks is ListJobsByGroup's), yield nothing and are counted.
//
// # What is refused
//
// A shape on no list makes a reject of the job that has it, damage of the job
// it is in, and the search for the next job that is certainly whole goes on
// behind it (resync.go). Whole documents are refused where they say so
// (api_error) or are no response (not_jobs, syntax, empty, encoding). A reject
// takes a position like a job.
package decode
