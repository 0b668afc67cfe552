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
