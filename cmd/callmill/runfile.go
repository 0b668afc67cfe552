package main

import (
	"time"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// runFile is runs/<run>.json. All keys are in snake case; the content of the
// snapshot is in its manifest and not repeated.
type runFile struct {
	Run      string    `json:"run"`
	Command  string    `json:"command"`
	Version  string    `json:"version"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	ExitCode int       `json:"exit_code"`
	Snapshot string    `json:"snapshot,omitempty"` // published by this run
	Error    string    `json:"error,omitempty"`    // why nothing was published
	Reasons  []reason  `json:"reasons,omitempty"`  // of exit code 3, all of them

	Read      *readFile      `json:"read,omitempty"`
	Published *publishedFile `json:"published,omitempty"`
	Pull      *pullReport    `json:"pull,omitempty"`
	Pruned    []string       `json:"pruned,omitempty"` // snapshots that went
}

// readFile is what a run read.
type readFile struct {
	Bytes     int64         `json:"bytes"` // decompressed
	Jobs      int64         `json:"jobs"`  // versions of jobs
	Turns     int64         `json:"turns"`
	Rejects   int64         `json:"rejects"`
	Coercions schema.Counts `json:"coercions,omitempty"` // values not as documented, and raw lines, by kind
}

// publishedFile is what is published since the run.
type publishedFile struct {
	Snapshot string           `json:"snapshot"` // the latest one
	Changed  bool             `json:"changed"`  // false: it was the latest one before
	Counts   dataset.Counts   `json:"counts"`
	Rows     map[string]int64 `json:"rows"` // of each table
	Unlisted []string         `json:"unlisted_statuses,omitempty"`
	// Unmatched is how many tasks SearchTask had values of that are in no table.
	Unmatched int64 `json:"unmatched,omitempty"`
}

// file returns the report as runs/<run>.json.
func (r *report) file() *runFile {
	f := &runFile{
		Run: r.run.ID, Command: r.command, Version: version(), Started: r.started, Finished: r.finished,
		ExitCode: r.exitCode, Reasons: r.reasons, Pull: r.pull, Pruned: r.pruned,
	}
	if r.failure != nil {
		f.Error = r.failure.Error()
	}
	if read := r.read; read != nil {
		f.Read = &readFile{read.Bytes, read.Jobs, read.Turns, read.Rejects, read.Coercions}
	}
	if p := r.published; p != nil {
		f.Published = &publishedFile{
			Snapshot: p.Snapshot, Changed: p.Changed, Counts: p.Counts, Rows: map[string]int64{}, Unlisted: p.Unlisted, Unmatched: p.Unmatched,
		}
		for _, t := range p.Tables {
			f.Published.Rows[t.Name] = t.Rows
		}
		if p.Changed {
			f.Snapshot = p.Snapshot
		}
	}
	return f
}
