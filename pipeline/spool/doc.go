// Package spool keeps the responses of the API on disk as they are received,
// so that a run that was killed goes on where it stopped and what a run
// published can be made again from what it was told. It does not know what is
// in a response beyond the line around it, and it asks nobody anything.
//
// # On disk
//
//	raw/<run>/00001.jsonl.zst, 00002.jsonl.zst …
//
// Lines are schema.RawLine. Those that come while the disk is busy are a group;
// a group is one zstd frame, or several where its lines are long, written at
// once and synced before the next begins and before anybody is told that its
// lines are kept. So whatever ends a run leaves whole groups behind and at most
// one torn one at the end, which holds nothing that was promised to be there:
// [Open] cuts off what is torn.
//
// Files are 0600 and folders 0700, always: responses hold what people said.
//
// # Resume
//
// A run that never finished is found by [Unfinished]; the next run takes its
// folder over under its own name and looks up there what it need not ask
// again. So one folder holds everything that went into what the run
// publishes, and converting it gives the same tables.
package spool
