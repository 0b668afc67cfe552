package joblist

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/changes"
	"callmill/pipeline/dataset/parquetio"
)

// list is longer than what is aligned at a time, with ids that formats must quote.
func list() (all []changes.Change) {
	all = append(all, changes.Change{InstanceID: "a", JobID: "x,\"\n\t作业", Kind: changes.Changed})
	for i := range 3 * alignedLines / 2 {
		all = append(all, changes.Change{InstanceID: "b", JobID: fmt.Sprint("<", i, ">"), Kind: changes.New})
	}
	return append(all, changes.Change{InstanceID: "c", JobID: " ", Kind: changes.Gone})
}

func printed(t *testing.T, format string, all []changes.Change) []byte {
	t.Helper()
	var out bytes.Buffer
	p, err := New(format, &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if err := p.Print(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestFormats: what each format says can be read back.
func TestFormats(t *testing.T) {
	read := map[string]func([]byte) ([]changes.Change, error){
		"csv": func(b []byte) (all []changes.Change, err error) {
			rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
			for _, r := range rows[min(1, len(rows)):] {
				all = append(all, changes.Change{InstanceID: r[0], JobID: r[1], Kind: changes.Kind(r[2])})
			}
			return all, err
		},
		"json": func(b []byte) (all []changes.Change, err error) {
			for d := json.NewDecoder(bytes.NewReader(b)); ; {
				var r row
				if err := d.Decode(&r); err == io.EOF {
					return all, nil
				} else if err != nil {
					return nil, err
				}
				all = append(all, changes.Change{InstanceID: r.InstanceID, JobID: r.JobID, Kind: changes.Kind(r.Change)})
			}
		},
		"parquet": func(b []byte) (all []changes.Change, err error) {
			path := filepath.Join(t.TempDir(), "changes.parquet")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				return nil, err
			}
			for r, err := range parquetio.All[row](path) {
				if err != nil {
					return nil, err
				}
				all = append(all, changes.Change{InstanceID: r.InstanceID, JobID: r.JobID, Kind: changes.Kind(r.Change)})
			}
			return all, nil
		},
	}
	for _, format := range Formats()[1:] {
		for _, want := range [][]changes.Change{list(), nil} {
			got, err := read[format](printed(t, format, want))
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s: %v, -want +got\n%s", format, err, diff)
			}
		}
	}
}

// TestTable: a line for each job, whatever is in its id.
func TestTable(t *testing.T) {
	all := list()
	lines := strings.Split(strings.TrimSuffix(string(printed(t, "table", all)), "\n"), "\n")
	if len(lines) != 1+len(all) || strings.Join(strings.Fields(lines[0]), " ") != "INSTANCE JOB CHANGE" {
		t.Fatalf("%d lines, the first is %q", len(lines), lines[0])
	}
	if want := `"x,\"\n\t作业"`; !strings.Contains(lines[1], want) {
		t.Errorf("got %q, want %s in it", lines[1], want)
	}
	if got := strings.Fields(lines[2]); cmp.Diff([]string{"b", "<0>", "new"}, got) != "" {
		t.Errorf("got %q", got)
	}
}

func TestParseFormat(t *testing.T) {
	for _, format := range Formats() {
		if err := ParseFormat(format); err != nil {
			t.Error(err)
		}
	}
	if err := ParseFormat("xml"); err == nil || err.Error() != `invalid --format "xml": want table, csv, json or parquet` {
		t.Errorf("got %v", err)
	}
}
