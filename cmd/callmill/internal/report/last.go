package report

import (
	"encoding/json"
	"fmt"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
)

// Ended is how a run ended, as its file in runs/ says whatever version of callmill
// wrote it.
type Ended struct {
	Run      string        `json:"run"`
	Command  string        `json:"command"`
	Started  time.Time     `json:"started"`
	Finished time.Time     `json:"finished"`
	ExitCode int           `json:"exit_code"`
	Snapshot string        `json:"snapshot,omitempty"` // published by it; "" also where there was nothing new
	Error    string        `json:"error,omitempty"`    // why it published nothing
	Reasons  []exit.Reason `json:"reasons,omitempty"`  // of exit code 3
}

// timeOf is the part of a run's id that is a time, in seconds.
const timeOf = len("20060102T150405Z")

// Last returns how the last run on a dataset ended, nil where no file says it.
// Damaged files are passed over.
func Last(d *dataset.Dataset) *Ended {
	var last *Ended
	for id, text := range d.Reports() {
		if last != nil && id[:timeOf] != last.Run[:timeOf] {
			break
		}
		e := &Ended{}
		if json.Unmarshal(text, e) != nil || e.Run != id {
			continue
		}
		if last == nil || e.Finished.After(last.Finished) {
			last = e
		}
	}
	return last
}

// Failed reports whether the run published nothing because it failed.
func (e *Ended) Failed() bool { return e.ExitCode != exit.Done && e.ExitCode != exit.Published }

// String says how the run ended, in one line.
func (e *Ended) String() string {
	line := fmt.Sprintf("%s, ended %s after %s, exit code %d: ", e.Command, e.Finished.Format(time.RFC3339), e.Finished.Sub(e.Started).Round(10*time.Millisecond), e.ExitCode)
	switch {
	case e.Failed():
		return line + "failed, nothing is published since"
	case e.Snapshot == "":
		return line + "nothing new"
	}
	return line + "published " + e.Snapshot
}
