package shuffle

import (
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// Report sums up what became of the keys that a Reducer decided on.
type Report struct {
	Keys          int64             `json:"keys"`
	Records       int64             `json:"records"`
	Counts        dataset.Counts    `json:"counts"`
	RejectsByCode schema.Counts     `json:"rejects_by_code,omitempty"` // of those that were met
	Pending       reconcile.Summary `json:"pending"`                   // of the jobs that the run met
	// Unmatched are how many tasks SearchTask named in the run that no table has.
	Unmatched int64 `json:"unmatched,omitempty"`
	// Gone are the published jobs that are no more: they were erased, lie before the edge,
	// or are not in the dataset that all is imported from.
	Gone int64 `json:"gone"`
	// ErasedJobs are the digests of jobs that were erased by what they are of, not by
	// their own id: each needs a tombstone of its own.
	ErasedJobs []string `json:"erased_jobs,omitempty"`
	// Faults are origins of input that ends in the middle, some of them where there are
	// many.
	Faults []string `json:"faults,omitempty"`

	rejects int64
}

// maxFaults is how many inputs a report names.
const maxFaults = 100

// reject counts a reject that was met. The report outlives the records, so it has copies
// of their texts.
func (r *Report) reject(row *schema.RejectRow) {
	r.rejects++
	r.RejectsByCode[strings.Clone(row.Code)]++
	if row.Code == schema.RejectTruncated && len(r.Faults) < maxFaults && !slices.Contains(r.Faults, row.Origin) {
		r.Faults = append(r.Faults, strings.Clone(row.Origin))
	}
}

// Report returns what became of the keys so far.
func (r *Reducer) Report() Report {
	report := r.report
	report.Counts, report.Pending = r.decider.Counts, r.decider.Pending
	report.Counts.Seen += report.rejects
	report.Counts.Rejected += report.rejects
	return report
}
