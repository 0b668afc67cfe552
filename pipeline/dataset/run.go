package dataset

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"callmill/pipeline/internal/durable"
)

// Run identifies a run.
type Run struct {
	ID      string
	Started time.Time
}

// NewRun returns a run that starts now.
func (d *Dataset) NewRun() Run {
	// Whole milliseconds, as timestamps are published: the start may date what
	// the run reads.
	at := d.Now().UTC().Truncate(time.Millisecond)
	var suffix [3]byte
	rand.Read(suffix[:])
	return Run{ID: at.Format("20060102T150405Z") + "-" + hex.EncodeToString(suffix[:]), Started: at}
}

// WriteRun writes the report of a run into runs/. It must be a JSON object with
// the name of the published snapshot as "snapshot".
func (d *Dataset) WriteRun(run Run, report any) error {
	text, err := json.MarshalIndent(report, "", " ")
	if err != nil {
		return fmt.Errorf("write run file: %w", err)
	}
	return durable.WriteFile(d.fs, d.Path(runsDir, run.ID+".json"), append(text, '\n'), d.FileMode())
}

// Finished reports whether a run ended without an error, so that everything it
// fetched is published.
func (d *Dataset) Finished(runID string) bool {
	text, err := durable.ReadFile(d.fs, d.Path(runsDir, runID+".json"))
	if err != nil {
		return false
	}
	var run struct{ Error string }
	return json.Unmarshal(text, &run) == nil && run.Error == ""
}

// RawDir is where responses are kept, a folder for each run.
func (d *Dataset) RawDir() string { return d.Path(rawDir) }
