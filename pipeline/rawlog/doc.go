// Package rawlog keeps the responses of the API on disk as they are received, so
// that a run that was killed can be resumed, and what a run published can be made
// again from its input. It does not know what is in a response beyond the line
// around it, and it sends nothing.
//
// # On disk
//
//	raw/<run>/00001.jsonl.zst, 00002.jsonl.zst …
//	raw/<run>/.question
//
// Lines are schema.RawLine. Those that arrive while the disk is busy form a
// group: one zstd frame, or several where its lines are long, written at once
// and synced before the next group begins and before [Log.Append] returns for
// any of its lines. So a crash leaves whole groups and at most one torn one at
// the end, none of whose lines was reported as kept: [Open] cuts it off. A frame
// that is damaged later, with whole ones behind it, costs its own lines alone: [Open]
// cuts it out, and they are asked for again.
//
// A run that reads files instead keeps the pieces it reads, where it is asked to,
// in input-00001.jsonl.zst …, whose lines are schema.InputLine: nothing resumes
// it, and they are on disk when the log is closed.
//
// Files are 0600 and folders 0700, always: responses hold what people said.
//
// # Resume
//
// A run that never finished is found by [Unfinished]. The next run that asks the same
// question takes its folder over under its own name, and looks up there what it need
// not ask for again. So one folder holds everything that went into what the run
// publishes, and converting it produces the same tables. A run with another question
// leaves the folder alone, and [Prune] spares it for seven days: a night does not cost
// a backfill what it had received.
package rawlog
