package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// measuredReport is a report as two rounds make it; slower is how many times as long
// callmill takes.
func measuredReport(commit string, slower float64) report {
	contestant := func(name string, words bool, rows *rows, wall float64, mb int64) result {
		if strings.HasPrefix(name, callmillName) {
			wall *= slower
		}
		r := result{Name: name, Words: words, Rows: rows, Runs: []figures{
			{Wall: wall, CPU: 2 * wall, Memory: mb << 20},
			{Wall: 1.5 * wall, CPU: 2.5 * wall, Memory: (mb + 1) << 20},
		}}
		if rows != nil {
			r.Runs[0].Written, r.Runs[1].Written = rows.Turns*70, rows.Turns*70
		}
		r.Median = medians(r.Runs)
		return r
	}
	all, day := &rows{260_000, 383_500, 2_036_185}, &rows{48_800, 70_001, 458_012}
	r := report{
		Format: 1, Callmill: build{Commit: commit, Go: "go1.26.8"}, OS: "linux", Arch: "amd64", CPUs: 2,
		Inputs: []inputResult{
			{simulatedInput, 769_000_000, []result{
				contestant("callmill", true, all, 5.4, 274), contestant("callmill verify", false, nil, 16, 300),
				contestant("DuckDB, 2 threads", false, all, 4.6, 1200), contestant("orjson + rjieba + pyarrow", true, all, 62, 1000),
			}},
			{recutInput, 535_000_000, []result{
				contestant("callmill", true, all, 5, 260), contestant("callmill verify", false, nil, 5.25, 290),
				contestant("DuckDB, 2 threads", false, all, 4, 1100),
			}},
			{dayInput, 160_000_000, []result{
				contestant("callmill, 2 workers", true, day, 1.4, 250), contestant("callmill verify", false, nil, 1.9, 200),
				contestant("callmill, 1 worker", true, day, 1.86, 240),
			}},
		},
	}
	return r
}

// TestReport: what --json writes, and reads.
func TestReport(t *testing.T) {
	r := measuredReport("0123456789abcdef0123456789abcdef01234567", 1)
	file := filepath.Join(t.TempDir(), "report.json")
	if err := r.write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", string(text))
	back, err := readReport(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("read back:\n%s", diff)
	}
	if err := os.WriteFile(file, []byte(`{"format": 2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readReport(file); err == nil || !strings.Contains(err.Error(), "format 2, want 1") {
		t.Errorf("a report of another format: %v", err)
	}
}

// TestTable: the input with the smallest lead is the first row, columns are the peers
// that took part.
func TestTable(t *testing.T) {
	for _, language := range []string{"en", "zh"} {
		var out bytes.Buffer
		if err := printFile(&out, filepath.Join("testdata", "report.json"), language); err != nil {
			t.Fatal(err)
		}
		golden(t, "table."+language+".md", out.String())
	}
}

// TestTableOfParts: without peers, without all inputs but one.
func TestTableOfParts(t *testing.T) {
	r := measuredReport("", 1)
	day := r
	day.Inputs = r.Inputs[2:]
	alone := r
	alone.Inputs = []inputResult{{recutInput, 1e6, r.Inputs[1].Contestants[:1]}}
	var out bytes.Buffer
	for _, part := range []report{day, alone, {}} {
		if err := printTable(&out, part, "en"); err != nil {
			t.Fatal(err)
		}
		out.WriteString("--\n")
	}
	golden(t, "parts.md", out.String())
}

// TestCompare: the ratios of two reports, and how far the runs of each are apart.
func TestCompare(t *testing.T) {
	dir := t.TempDir()
	before, after := filepath.Join(dir, "old.json"), filepath.Join(dir, "new.json")
	older := measuredReport("0123456789abcdef0123456789abcdef01234567", 1)
	newer := measuredReport("fedcba9876543210fedcba9876543210fedcba98", 0.9)
	newer.Callmill.Modified = true
	newer.Inputs[1].Contestants = newer.Inputs[1].Contestants[:2] // no peer
	if err := older.write(before); err != nil {
		t.Fatal(err)
	}
	if err := newer.write(after); err != nil {
		t.Fatal(err)
	}
	var out, notes bytes.Buffer
	if err := command(t.Context(), []string{"--compare", before, after}, &out, &notes); err != nil {
		t.Fatal(err)
	}
	golden(t, "compare.txt", out.String())
}

// TestBaseline: contestants of callmill are compared with those of the baseline alone.
func TestBaseline(t *testing.T) {
	r := measuredReport("", 1)
	old := measuredReport("", 2)
	for i, in := range old.Inputs {
		for _, c := range in.Contestants {
			if suffix, ours := strings.CutPrefix(c.Name, callmillName); ours {
				c.Name = baselineName + suffix
				r.Inputs[i].Contestants = append(r.Inputs[i].Contestants, c)
			}
		}
	}
	var out bytes.Buffer
	if err := printPairs(&out, r.ownPairs()); err != nil {
		t.Fatal(err)
	}
	golden(t, "baseline.txt", out.String())
}
