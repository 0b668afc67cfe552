package verify_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/schema"
)

func TestWholeSnapshot(t *testing.T) {
	dir := newDataset(t)
	r := inspect(t, dir, options(dir))
	if r.Damaged() || len(r.LeftOut) > 0 || len(r.Notes) > 0 {
		t.Errorf("findings %+v, left out %q, notes %q", r.Findings, r.LeftOut, r.Notes)
	}
	rows := map[string]int64{}
	for _, table := range r.Tables {
		rows[table.Name] = table.Rows
	}
	want := map[string]int64{
		"jobs": 4, "tasks": 6, "turns": 14, "contacts": 2, "extras": 3, "summaries": 9,
		"job_groups": 0, "statuses": int64(len(schema.Outcomes()) + 1), "rejects": 3,
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// A snapshot of nothing has only statuses.
func TestSnapshotOfNothing(t *testing.T) {
	dir := t.TempDir() + "/data"
	publish(t, dir, time.Date(2026, 1, 23, 1, 30, 0, 0, time.UTC), nil, nil)
	if r := inspect(t, dir, options(dir)); r.Damaged() || len(r.Tables) != 9 {
		t.Errorf("%+v", r)
	}
}

// A fault of every row is not reported for every row.
func TestFindingsAlike(t *testing.T) {
	dir := newDataset(t)
	forge(t, dir, func(f *forgery) {
		edit(f, "turns", 0, func(r []schema.TurnRow) []schema.TurnRow {
			for i := range r {
				r[i].Chars++
			}
			return r
		})
	})
	r := inspect(t, dir, options(dir))
	if len(r.Findings) != 4 || r.Findings[3].Detail != "and 7 more of this kind" {
		t.Errorf("%+v", r.Findings)
	}
}
