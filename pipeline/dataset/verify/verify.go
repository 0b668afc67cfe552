// Package verify checks a published snapshot: files and their hashes, schemas, and
// of the rows keys, references, order, the shard of each job, and every column that
// can be derived again.
//
// It reads rows with [callmill/pipeline/dataset/verify/arrowio], not with what wrote
// them, and shares with the writer only names, the manifest's type and calendar
// days. It changes nothing, takes no lock and starts no goroutine. What derives the
// rows of a job is passed in.
//
// What is wrong is a [Finding], which names the file; what is unusual outside the
// snapshot is a note. A snapshot is damaged if there is a finding.
package verify

import (
	"context"
	"fmt"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// Options say how to check. The zero value checks what needs nothing passed in.
type Options struct {
	// Quick reads no rows: only sizes, names, footers and the manifest.
	Quick bool

	// Rows returns a constructor of functions that derive the rows of a job under
	// the given settings. The constructor is called once for each unit; rows need
	// be valid only until the next call. If Rows is nil or returns an error, no
	// column is derived again, and the report says so.
	Rows func(dataset.Settings) (func() Rows, error)

	// Job makes the job of its rows. If it is nil, content hashes and derived
	// columns are not checked.
	Job func(*schema.Rows) *schema.Job

	// ContactKey returns a function that makes the contact key of a phone number
	// with the key of the dataset, "" if the number has none. It is called once for
	// each unit, and only if numbers are published. If it is nil, contact keys are
	// not checked.
	ContactKey func() func(number string) string
}

// Rows derives the rows of a job whose content has the given hash.
type Rows func(*schema.Job, schema.ContentHash) *schema.Rows

// Snapshot checks the published snapshot of the dataset in dir, unit by unit. What
// is wrong is in the report; an error means that there is nothing to check, or that
// ctx was cancelled.
func Snapshot(ctx context.Context, dir string, o Options) (*Report, error) {
	p, err := newPlan(dir, o)
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	for _, unit := range p.units {
		if err := unit.check(ctx); err != nil {
			return nil, err
		}
	}
	return p.report(ctx)
}
