package verify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/verify"
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

func TestPrint(t *testing.T) {
	tables := []verify.Table{{Name: "jobs", Files: 2, Rows: 625, Bytes: 40960}, {Name: "tasks", Files: 2, Rows: 937, Bytes: 81920}, {Name: "turns", Files: 2, Rows: 8458, Bytes: 700123}}
	for _, tt := range []struct {
		report verify.Report
		want   string
	}{
		{verify.Report{Snapshot: "20260122T013000Z-1f3a9c", Tables: tables}, `
snapshot 20260122T013000Z-1f3a9c
jobs                625 rows      2 files          40960 bytes
tasks               937 rows      2 files          81920 bytes
turns              8458 rows      2 files         700123 bytes
ok: 625 jobs, 937 tasks, 8458 turns in 6 files
`},
		{verify.Report{
			Snapshot: "20260122T013000Z-1f3a9c", Tables: tables[:1],
			Notes: []string{"notes.txt is not callmill's"}, LeftOut: []string{"rows: quick"},
			Findings: []verify.Finding{{File: "views.sql", Check: verify.CheckFiles, Detail: "is missing"}},
		}, `
snapshot 20260122T013000Z-1f3a9c
jobs                625 rows      2 files          40960 bytes
note: notes.txt is not callmill's
not checked: rows: quick
views.sql: files: is missing
damaged: 1 finding
`},
	} {
		var text strings.Builder
		check(t, tt.report.Print(&text))
		if diff := cmp.Diff(tt.want, "\n"+text.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if err := (&verify.Report{}).Print(full{}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("no space left")

// full is a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
