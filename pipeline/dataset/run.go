package dataset

import (
	"encoding/json"
	"fmt"
	"time"

	"callmill/pipeline/internal/durable"
	"crypto/rand"
	"encoding/hex"
)

// NewRun names a run that begins now.
func (d *Dataset) NewRun() Run {
	// Whole milliseconds, as instants are published: the start may date what
	// the run reads.
	at := d.options.Now().UTC().Truncate(time.Millisecond)
	var suffix [3]byte
	rand.Read(suffix[:])
	return Run{ID: at.Format("20060102T150405Z") + "-" + hex.EncodeToString(suffix[:]), Started: at}
}

// WriteRun writes what a run did into runs/. report must be a JSON object with
// the name of the published snapshot as "snapshot".
func (d *Dataset) WriteRun(run Run, report any) error {
	text, err := json.MarshalIndent(report, "", " ")
	if err != nil {
		return fmt.Errorf("write run file: %w", err)
	}
	return durable.WriteFile(d.fs, d.path(runsDir, run.ID+".json"), append(text, '\n'), d.fileMode())
}

// Finished reports whether a run ended without an error: what it fetched is
// published, or was published before.
func (d *Dataset) Finished(runID string) bool {
	text, err := durable.ReadFile(d.fs, d.path(runsDir, runID+".json"))
	if err != nil {
		return false
	}
	var run struct{ Error string }
	return json.Unmarshal(text, &run) == nil && run.Error == ""
}

// RawDir is where responses are kept, a folder for each run.
func (d *Dataset) RawDir() string { return d.path(rawDir) }
