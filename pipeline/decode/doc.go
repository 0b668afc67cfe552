// Package decode turns the bytes of API responses, however they are spelled,
// into the jobs of ListJobs and the rows of SearchTask. What it cannot
// understand becomes a reject with origin, position, code and reason, job by
// job. It reads no files, knows no tables and masks nothing.
//
// # Parts
//
// Each stands alone, and imports only what is above it in this list:
//
//   - jsonscan steps over JSON, strictly
//   - charset makes UTF-8 of an input
//   - markup spells an XML document as JSON
//   - fields reads jobs and all that lies inside them, each value in any spelling
//   - split cuts an input that is too large to be held, or damaged, into parts
//     that are neither
//
// This package reads what stands around the jobs.
//
// # How it reads
//
// One pass over the bytes: [Decoder.Items] walks the documents of a body
// (documents.go, response.go, line.go), has each job read into buffers that are
// reused, and yields it when the end of its response is known (classify.go): one
// that says Success:false after its jobs publishes none of them. Strings alias
// the body unless they had escapes.
//
// An array of documents, what follows the first damage, and a document with more
// jobs than should wait for its end, go through package split, as an input that
// is too large does in [Cut]. So the items are the same however an input is cut.
//
// # What was asked for
//
// A raw line says which jobs its request was for. When its end was read, the jobs
// found are compared with these (asked.go): one that was not asked for is a reject
// not_asked, one that was and did not come is expected: missing; rejected, where a
// reject has its id or may be about it, for it has none or that of no job asked
// for; unfetched. A raw line of ListJobsByGroup yields that each of its jobs is
// expected, and no job. Ids are compared without the white space around them.
//
// Of a document that is cut into slices, each judges its own jobs, and package split
// is told by an answer what all of them hold: what did not come is yielded once,
// behind the last.
//
// # Tolerance is a list
//
// The grammar of JSON is strict: what encoding/json calls invalid is a reject.
// Beyond the documented shape the following is understood, alone and combined,
// each counted by kind (see [Decoder.Findings]) and shown by a pair of files in
// testdata/shapes:
//
//   - values (fields/values.go, fields/spellings.go): a number or a boolean for a string,
//     keeping its literal digits; a string for a number or a boolean; 5.0 or
//     1.579e12 for an integer, also where that is an id or a phone number;
//     seconds for milliseconds, between 10⁹ and 10¹⁰; white space around ids, numbers, times and
//     enumerations; a task status as the vendor's number; field names with a
//     small first letter; the spellings of CallingNumbers
//   - lists (fields/lists.go): one object where an array is documented; null elements;
//     "" for an empty list or object; an object that wraps the list
//   - around the jobs (response.go, line.go): {"Jobs":{"Job":[…]}}, SDK dumps,
//     raw lines, a bare job, arrays of jobs or responses, JSON Lines and
//     concatenated documents
//   - XML: with or without a root, CDATA, entities, declared encodings;
//     byte-order marks and UTF-16 for JSON and XML; text without declaration in
//     GB18030 or Big5 (package charset), line by line
//   - damage: the good jobs around a bad one and before the end of a truncated
//     response
//
// Of a name given twice in a JSON object the last value wins, but every Jobs
// counts. Pages of other actions, by the action of their raw line or by their
// members, are counted and are no rejects, whatever their shape, but where
// damage ends them; those of SearchTask yield an item per row (facts.go).
//
// # What is lost, and what is rejected
//
// A value that cannot be what its field is, in no spelling of the list, costs
// itself: a Timestamp of -1, a role that is a list, a Duration of 1.5 or "long".
// It reads as not given, and is counted under the name of its field. So is, each
// by itself, a text with damaged bytes, which become U+FFFD; and a member that is
// not documented, of which nothing is read.
//
// Structure and identity are no such values: without them it is not clear what
// the rest belongs to. A job is rejected for its JobId or the TaskId of a task
// that is no text or number; for a list or an object (Tasks, Conversation,
// Contacts, Extras, Summary, Contact) or an element of one that is something
// else; and for a Script that is no text, since a script is never NULL and an
// empty one says that nothing was spoken. A document is rejected for observed_at,
// instance_id, action or Success that cannot be read.
//
// Damage rejects the job it is
// in, up to its end or to the next object that is certainly a job or a
// document. A whole document is rejected where it says so (api_error), is no
// response (not_jobs, syntax, empty, encoding), or has no jobs but a member
// that may hold some under another name (suspectJobs); so is an object without
// Jobs around it that has fields of a call or a contact. A reject takes a
// position like a job.
package decode
