package dataset

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
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

// Reports yields the reports of the runs that ended, by the run's id, the one that
// began last first. Files that cannot be read are passed over; what one holds may be
// damaged.
func (d *Dataset) Reports() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		entries, err := durable.ReadDir(d.fs, d.Path(runsDir))
		if err != nil {
			return
		}
		for _, e := range slices.Backward(entries) { // by name, which begins with the time
			id, ok := strings.CutSuffix(e.Name(), ".json")
			if !ok || !snapshotName.MatchString(id) { // ids of runs have the same form
				continue
			}
			text, err := durable.ReadFile(d.fs, d.Path(runsDir, e.Name()))
			if err == nil && !yield(id, text) {
				return
			}
		}
	}
}
