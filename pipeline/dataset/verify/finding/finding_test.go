package finding_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset/verify/finding"
)

func TestPrint(t *testing.T) {
	tables := []finding.Table{{Name: "jobs", Files: 2, Rows: 625, Bytes: 40960}, {Name: "tasks", Files: 2, Rows: 937, Bytes: 81920}, {Name: "turns", Files: 2, Rows: 8458, Bytes: 700123}}
	for _, tt := range []struct {
		report finding.Report
		want   string
	}{
		{finding.Report{Snapshot: "20260122T013000Z-1f3a9c", Tables: tables}, `
snapshot 20260122T013000Z-1f3a9c
jobs                625 rows      2 files          40960 bytes
tasks               937 rows      2 files          81920 bytes
turns              8458 rows      2 files         700123 bytes
ok: 625 jobs, 937 tasks, 8458 turns in 6 files
`},
		{finding.Report{
			Snapshot: "20260122T013000Z-1f3a9c", Tables: tables[:1],
			Notes: []string{"notes.txt is not callmill's"}, LeftOut: []string{"rows: quick"},
			Findings: []finding.Finding{{File: "views.sql", Check: finding.Files, Detail: "is missing"}},
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
		if err := tt.report.Print(&text); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, "\n"+text.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if err := (&finding.Report{}).Print(full{}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("no space left")

// TestJoin: what is found in parts, by whomever, is reported as if it had been found in
// their order.
func TestJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole, joined finding.List
		for range rapid.IntRange(0, 4).Draw(t, "parts") {
			var part finding.List
			for i := range rapid.IntRange(0, 6).Draw(t, "findings") {
				file, check := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "file"), rapid.SampledFrom([]string{"keys", "order"}).Draw(t, "check")
				whole.Add(file, check, "%d", i)
				part.Add(file, check, "%d", i)
			}
			joined.Join(&part)
		}
		if diff := cmp.Diff(whole.Sorted(), joined.Sorted()); diff != "" {
			t.Errorf("-at once +in parts:\n%s", diff)
		}
	})
}

// full is a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
