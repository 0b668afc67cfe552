package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/schema"
)

// TestReaders has the libraries people use open every table: of a dataset with
// everything in it, of one in which most tables have no rows, and of one whose
// rows have hardly a value.
func TestReaders(t *testing.T) {
	python := pythonWithReaders(t)
	everything := rushHour(t, 2, 30)
	everything["bad.json"] = `{"Jobs":[{"JobId":"bad","Tasks":5}]}`
	full := convert(t, exit.Published, write(t, everything))
	empty := convert(t, exit.Done, write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"lonely"}]}`}))
	bare := convert(t, exit.Done, write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"bare",
		"Tasks":[{"TaskId":"t","Conversation":[{"Summary":[{"Category":null}]}]}],
		"Contacts":[{"ContactName":null}],"Extras":[{"Key":null}],"Summary":[{"Content":null}]}]}`}))
	checkEmpty(t, empty)
	checkBare(t, bare)

	want := map[string]map[string]int{}
	for _, data := range []string{full, empty, bare} {
		want[data] = countRows(t, data)
	}
	if diff := cmp.Diff(want, openWith(t, python, full, empty, bare)); diff != "" {
		t.Errorf("rows of each table (-parquet-go +the readers):\n%s", diff)
	}
}

// TestReadersOpenRealDialogues is TestReaders on the real sample.
func TestReadersOpenRealDialogues(t *testing.T) {
	python := pythonWithReaders(t)
	data := convert(t, exit.Done, crosswoz(t))
	if diff := cmp.Diff(map[string]map[string]int{data: countRows(t, data)}, openWith(t, python, data)); diff != "" {
		t.Errorf("rows of each table (-parquet-go +the readers):\n%s", diff)
	}
}

func pythonWithReaders(t *testing.T) string {
	t.Helper()
	python := os.Getenv("CALLMILL_PYTHON")
	if python == "" {
		missing(t, "needs CALLMILL_PYTHON, a Python with what pipeline/dataset/testdata/requirements.txt lists")
	}
	return python
}

// openWith runs readers.py and gives the rows it found, by dataset and table.
func openWith(t *testing.T, python string, data ...string) map[string]map[string]int {
	t.Helper()
	contract := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(contract, []byte(runMain(t, exit.Done, "schema", "--format", "json")), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, append([]string{filepath.Join("testdata", "readers.py"), contract}, data...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("readers.py: %v\n%s", err, &stderr)
	}
	var rows map[string]map[string]int
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return rows
}

func countRows(t *testing.T, data string) map[string]int {
	t.Helper()
	rows := map[string]int{}
	for _, name := range schema.TableNames() {
		rows[name] = 0
		for _, err := range anyRows(filepath.Join(data, "latest"), name) {
			if err != nil {
				t.Fatal(err)
			}
			rows[name]++
		}
	}
	return rows
}

// checkEmpty makes sure that the dataset has tables without rows.
func checkEmpty(t *testing.T, data string) {
	t.Helper()
	for name, n := range countRows(t, data) {
		if filled := name == schema.TableJobs || name == schema.TableStatuses; filled != (n > 0) {
			t.Errorf("%s has %d rows", name, n)
		}
	}
}

// checkBare makes sure that the dataset has a row in each table of ListJobs,
// and NULL in every column where that may be.
func checkBare(t *testing.T, data string) {
	t.Helper()
	// The key of a turn's summary is not NULL, though a job's is.
	given := map[string]bool{"summaries.task_id": true, "summaries.turn_index": true}
	nullable := map[string]map[string]bool{}
	for _, table := range schema.Tables() {
		nullable[table.Name] = map[string]bool{}
		for _, c := range table.Columns {
			nullable[table.Name][c.Name] = c.Nullable
		}
	}
	for _, name := range schema.DayTables() {
		rows := 0
		for row, err := range anyRows(filepath.Join(data, "latest"), name) {
			if err != nil {
				t.Fatal(err)
			}
			rows++
			fields := reflect.ValueOf(row).Elem()
			for i := range fields.NumField() {
				column, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("parquet"), ",")
				if nullable[name][column] && !fields.Field(i).IsZero() && !given[name+"."+column] {
					t.Errorf("%s.%s is not NULL", name, column)
				}
			}
		}
		if rows == 0 {
			t.Errorf("%s has no rows", name)
		}
	}
}
