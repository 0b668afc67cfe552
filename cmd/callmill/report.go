package main

import (
	"fmt"
	"strings"
	"time"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
)

// report is what a run did: its last line, and its file in runs/.
type report struct {
	run      dataset.Run
	ID       string    `json:"run"`
	Command  string    `json:"command"`
	Version  string    `json:"version"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	Snapshot string    `json:"snapshot,omitempty"` // published by this run
	Error    string    `json:"error,omitempty"`

	Read      *pipeline.Report   `json:"read,omitempty"`
	Published *dataset.Published `json:"published,omitempty"`
	Pull      *pullReport        `json:"pull,omitempty"`
	Pruned    []string           `json:"pruned,omitempty"`
}

func newReport(command string, run dataset.Run) *report {
	return &report{run: run, ID: run.ID, Command: command, Version: version(), Started: run.Started}
}

func (r *report) finish(err error) {
	r.Finished = time.Now().UTC().Truncate(time.Millisecond)
	if err != nil {
		r.Error = err.Error()
	}
	if r.Published != nil && r.Published.Changed {
		r.Snapshot = r.Published.Snapshot
	}
}

// lastLine says what happened.
func (r *report) lastLine() string {
	p, c := r.Published, r.Published.Counts
	var parts []string
	add := func(n int64, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(c.New, "new")
	add(c.Changed, "changed")
	add(c.Unchanged, "unchanged")
	add(c.Superseded, "superseded")
	add(c.Rejected, "rejected")
	if len(parts) == 0 {
		parts = append(parts, "none")
	}
	line := fmt.Sprintf("published %s: ", p.Snapshot)
	if !p.Changed {
		line = fmt.Sprintf("nothing new, %s stays: ", p.Snapshot)
	}
	line += fmt.Sprintf("%d jobs seen (%s) in %s", c.Seen, strings.Join(parts, ", "), r.Finished.Sub(r.Started).Round(10*time.Millisecond))
	if n := coerced(r.Read); n > 0 {
		line += fmt.Sprintf("; %d values re-spelled", n)
	}
	if r.Pull != nil {
		line += r.Pull.line()
	}
	if c.Shrunk > 0 {
		line += fmt.Sprintf("; %d jobs shrunk: they have fewer tasks or turns than before", c.Shrunk)
	}
	if c.Undated > 0 {
		line += fmt.Sprintf("; %d superseded for want of an instant of their own: give --observed-at", c.Undated)
	}
	if len(p.Unlisted) > 0 {
		line += fmt.Sprintf("; statuses not documented: %s", plainList(p.Unlisted))
	}
	return line
}

func coerced(read *pipeline.Report) (n int64) {
	for _, count := range read.Coercions {
		n += count
	}
	return n
}

// verdict is the error of a run that published but must not pass for a clean
// one.
func (r *report) verdict(f *runFlags) error {
	c := r.Published.Counts
	if f.allowRejects.exceeded(c.Rejected, c.Seen) {
		return &hintError{
			&publishedError{fmt.Sprintf("%d of %d were rejected, allowed are %s", c.Rejected, c.Seen, f.allowRejects.String())},
			"the table rejects says which and why"}
	}
	return nil
}

func plainList(list []string) string {
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, plain(s))
	}
	return strings.Join(quoted, ", ")
}
