// Package verify checks a published snapshot against everything that is
// promised of one: the files and their hashes, their schemas, and of the rows
// keys, references, order, place, and every column that can be computed again.
//
// It reads Parquet with arrow-go, which is not what wrote it, and shares with
// the writer only the manifest's type and the rule of the layout. It changes
// nothing, takes no lock and starts no goroutines. What makes rows of a job is
// handed in, so that the package depends on none of it.
//
// What is wrong is a [Finding], which names the file; what merely lies around
// outside the snapshot is a note. A snapshot is damaged if there is a finding.
package verify

import (
	"context"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// Options say how to check. The zero value checks everything that needs no
// outside help.
type Options struct {
	// Quick reads no pages: sizes, names, footers and the manifest only.
	Quick bool

	// Rows gives what makes the rows of a job under the given settings, called
	// once for each unit of work; the rows need be valid until its next call.
	// Nil, or an error, leaves out that derived columns are computed again, and
	// the report says so.
	Rows func(dataset.Settings) (func() Rows, error)

	// Job makes the job of its rows again. Nil leaves out content hashes and
	// derived columns. It may be called from several goroutines.
	Job func(*schema.Rows) *schema.Job

	// ContactKey gives what makes contact keys of phone numbers with the key of
	// the dataset, "" of none, called once for each unit of work. It is asked
	// only if numbers are published whole. Nil leaves contact keys out.
	ContactKey func() func(number string) string
}

// Rows makes the rows of a job with the given content.
type Rows func(*schema.Job, schema.ContentHash) *schema.Rows

// Snapshot checks the published snapshot of the dataset in dir, unit by unit.
// A broken snapshot is a report with findings; an error means that there is
// nothing to check, or that ctx was cancelled.
func Snapshot(ctx context.Context, dir string, o Options) (*Report, error) {
	p, err := NewPlan(dir, o)
	if err != nil {
		return nil, err
	}
	for unit := range p.Units() {
		if err := p.Check(ctx, unit); err != nil {
			return nil, err
		}
	}
	return p.Report(ctx)
}
