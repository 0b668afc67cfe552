package consistency_test

import (
	"slices"
	"testing"

	"callmill/pipeline/dataset/verify/consistency"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// TestEveryDayTableIsCompared: rows derived again that differ are found, whatever table they
// are of.
func TestEveryDayTableIsCompared(t *testing.T) {
	published := schema.Rows{Job: schema.JobRow{JobID: "j"}}
	hash, _ := new(schema.Job).ContentHashIn(1, nil)
	published.Job.ContentHash = hash.String()
	p := &consistency.Part{
		Shard: consistency.Shard{Buckets: 1}, Path: func(table string) string { return table },
		Keys: make([]schema.Key, 1), Jobs: []schema.Rows{published},
	}
	consistency.New(consistency.Rules{
		Format: 1,
		Job:    func(*schema.Rows) *schema.Job { return new(schema.Job) },
		Derive: func(*schema.Job, schema.ContentHash) *schema.Rows {
			return &schema.Rows{
				Job: schema.JobRow{JobID: "another"}, Tasks: make([]schema.TaskRow, 1), Turns: make([]schema.TurnRow, 1),
				Contacts: make([]schema.ContactRow, 1), Extras: make([]schema.ExtraRow, 1), Summaries: make([]schema.SummaryRow, 1),
			}
		},
	}).Check(p)
	var found []string
	for _, f := range p.Findings.Sorted() {
		if f.Check != finding.Derived {
			t.Errorf("%+v", f)
		}
		found = append(found, f.File)
	}
	want := slices.Sorted(slices.Values(schema.DayTables()))
	if !slices.Equal(found, want) {
		t.Errorf("differences in %v, want %v", found, want)
	}
}
