package shard

import (
	"maps"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// Tally gathers what the manifest says of the rows in a file of tasks. The zero value
// is ready; not safe for concurrent use.
type Tally struct {
	unlisted map[string]bool // statuses that the vendor does not document
	without  int64           // connected calls without SearchTask's columns
}

// Add adds the rows of a job.
func (t *Tally) Add(rows *schema.Rows) {
	for i := range rows.Tasks {
		r := &rows.Tasks[i]
		if withoutFacts(r) {
			t.without++
		}
		if r.TaskStatus == "" {
			continue
		}
		if outcome := schema.OutcomeOf(r.TaskStatus); !outcome.Listed() {
			if t.unlisted == nil {
				t.unlisted = map[string]bool{}
			}
			t.unlisted[r.TaskStatus] = true
		}
	}
}

// Note writes what was gathered into the entry of the file, and forgets it.
func (t *Tally) Note(f *dataset.File) {
	f.Statuses, f.WithoutFacts = slices.Sorted(maps.Keys(t.unlisted)), t.without
	*t = Tally{}
}

// withoutFacts reports whether a row is of a connected call without a column from
// SearchTask.
func withoutFacts(r *schema.TaskRow) bool {
	return r.Connected != nil && *r.Connected && r.JobGroupName == "" && r.ScriptName == "" && r.CallMS == nil && r.RingingS == nil &&
		r.EndReason == nil && r.ReachedEnd == nil && r.LastPlaybackCompleted == nil && r.HungUpByRejection == nil && len(r.DialExceptions) == 0
}
