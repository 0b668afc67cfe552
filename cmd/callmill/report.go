package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
)

// report is the result of a run: its last lines, its file in runs/ and its
// metrics.
type report struct {
	run      dataset.Run // zero where the run ended before it had the dataset
	command  string
	started  time.Time
	finished time.Time
	failure  error // why nothing was published
	exitCode int
	// reasons are why a run that published ends with exit code 3.
	reasons []reason

	read      *pipeline.Report
	published *commit.Published // nil: nothing
	pull      *pullReport       // nil: the command is not pull
	pruned    []string          // snapshots
}

// reason is why a run that published ends with exit code 3.
type reason struct {
	Code reasonCode `json:"code"`
	Says string     `json:"says"`
	Hint string     `json:"hint,omitempty"`
}

// reasonCode names a reason in the run's file and in the metrics.
type reasonCode string

const (
	tooManyRejects  reasonCode = "rejects"
	tooManyMissing  reasonCode = "missing"
	tooFewCalls     reasonCode = "calls"
	daysUncovered   reasonCode = "uncovered"
	failedAfterward reasonCode = "afterwards" // something failed after everything was published
)

// reasonCodes returns all reasons.
func reasonCodes() []reasonCode {
	return []reasonCode{tooManyRejects, tooManyMissing, tooFewCalls, daysUncovered, failedAfterward}
}

func newReport(command string) *report {
	return &report{command: command, started: time.Now().UTC().Truncate(time.Millisecond)}
}

// begin notes the run, which starts once it has the dataset.
func (r *report) begin(run dataset.Run) { r.run, r.started = run, run.Started }

// judge finds the reasons that any run can have.
func (r *report) judge(f *runFlags) {
	if r.published == nil {
		return
	}
	c := r.published.Counts
	if f.allowRejects.exceeded(c.Rejected, c.Seen) {
		r.because(tooManyRejects, fmt.Sprintf("%d of %d were rejected, allowed are %s", c.Rejected, c.Seen, f.allowRejects.String()),
			fmt.Sprintf("`callmill rejects %s` says which and why", shellWord(f.out)))
	}
}

func (r *report) because(code reasonCode, says, hint string) {
	r.reasons = append(r.reasons, reason{code, says, hint})
}

// end notes that the run ended, with an error or nil, and returns the error that
// the command ends with. It is called again for what fails after that; once a
// snapshot is published, a failure is a reason for exit code 3.
func (r *report) end(ctx context.Context, err error) error {
	r.finished = time.Now().UTC().Truncate(time.Millisecond)
	switch {
	case r.published == nil:
		r.failure = errors.Join(r.failure, err)
		err = r.failure
	case err != nil:
		r.because(failedAfterward, err.Error(), hintFor(err))
		fallthrough
	case len(r.reasons) > 0:
		err = &publishedError{r.reasons}
	}
	r.exitCode = exitCode(err, caught(ctx))
	return err
}

// lastLine sums up a run that published.
func (r *report) lastLine() string {
	p, c := r.published, r.published.Counts
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
	line += fmt.Sprintf("%d jobs seen (%s) in %s", c.Seen, strings.Join(parts, ", "), r.finished.Sub(r.started).Round(10*time.Millisecond))
	if n := coerced(r.read); n > 0 {
		line += fmt.Sprintf("; %d values coerced", n)
	}
	if r.pull != nil {
		line += r.pull.line()
	}
	if c.Shrunk > 0 {
		line += fmt.Sprintf("; %d jobs shrunk: they have fewer tasks or turns than before", c.Shrunk)
	}
	if c.Undated > 0 {
		line += fmt.Sprintf("; %d superseded because they have no timestamp; pass --observed-at", c.Undated)
	}
	if len(p.Unlisted) > 0 {
		line += fmt.Sprintf("; undocumented statuses: %s", plainList(p.Unlisted))
	}
	return line
}

// coerced returns how many values were not spelled as documented. Raw lines and
// pages of other actions are counted with them, but are nothing unusual.
func coerced(read *pipeline.Report) (n int64) {
	for kind, count := range read.Coercions {
		if kind != "raw_line" && !strings.HasPrefix(kind, "action_") {
			n += count
		}
	}
	return n
}

func plainList(list []string) string {
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, plain(s))
	}
	return strings.Join(quoted, ", ")
}
