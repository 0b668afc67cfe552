package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

var update = flag.Bool("update", false, "write the golden files")

// TestViewsAnswer asks every view what it is for, of calls few enough to check
// by hand. The answers are testdata/views/asked.golden.
func TestViewsAnswer(t *testing.T) {
	python := pythonWithReaders(t)
	data := convert(t, exit.Done, "--key", viewsKey(t), write(t, map[string]string{"resp.json": viewsResponse}))
	got := queryViews(t, python, snapshotOf(t, data), filepath.Join("testdata", "views", "asked.sql"))
	golden := filepath.Join("testdata", "views", "asked.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-%s +got:\n%s", golden, diff)
	}
}

// TestViewsHold holds the views to queries on the tables: of real dialogues,
// simulated calls, two instances, a job that was never called.
func TestViewsHold(t *testing.T) {
	python := pythonWithReaders(t)
	simulated := filepath.Join(t.TempDir(), "simulated")
	runMain(t, exit.Done, "simulate", "--write", simulated, "--people", "1500")
	two := convert(t, exit.Done, write(t, rushHour(t, 1, 30)))
	runMain(t, exit.Done, "convert", "--progress", "none", "--out", two, "--instance", "other", write(t, rushHour(t, 1, 30)))

	for name, data := range map[string]string{
		"crosswoz":      convert(t, exit.Done, crosswoz(t)),
		"simulated":     convert(t, exit.Done, simulated),
		"two instances": two,
		"never called":  convert(t, exit.Done, write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"lonely"}]}`})),
	} {
		t.Run(name, func(t *testing.T) {
			got := queryViews(t, python, snapshotOf(t, data), filepath.Join("testdata", "views", "hold.sql"))
			for answer := range strings.SplitSeq(strings.TrimSpace(got), "\n\n") {
				if !strings.HasSuffix(answer, "\nTrue") {
					t.Error(answer)
				}
			}
		})
	}
}

// TestViewsMove opens a snapshot that was moved to a folder with a quote in its
// name, and one by the absolute paths that callmill views prints, where the
// name looks like a pattern.
func TestViewsMove(t *testing.T) {
	python := pythonWithReaders(t)
	data := convert(t, exit.Done, write(t, map[string]string{"resp.json": viewsResponse}))
	queries := filepath.Join(write(t, map[string]string{
		"count.sql": "-- Calls\nSELECT count(*) AS calls, count(local_time) AS timed FROM calls;",
	}), "count.sql")
	const want = "-- Calls\ncalls\ttimed\n9\t8\n\n"

	moved := filepath.Join(t.TempDir(), "last night's")
	if err := os.Rename(data, moved); err != nil {
		t.Fatal(err)
	}
	if got := queryViews(t, python, snapshotOf(t, moved), queries); got != want {
		t.Errorf("moved: %s", got)
	}
	odd := filepath.Join(t.TempDir(), "nights [1]*?")
	if err := os.Rename(moved, odd); err != nil {
		t.Fatal(err)
	}
	absolute := filepath.Join(t.TempDir(), "night.sql")
	if err := os.WriteFile(absolute, []byte(runMain(t, exit.Done, "views", odd)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runPython(t, python, "views.py", absolute, queries); got != want {
		t.Errorf("absolute paths: %s", got)
	}
}

// TestColumnsOfFoldersAbove: a folder above the dataset that is named like a column
// with a value changes nothing for any reader. A filter by job_date, which the views
// take from the path themselves, still reads the files of its day alone.
func TestColumnsOfFoldersAbove(t *testing.T) {
	python := pythonWithReaders(t)
	data := filepath.Join(t.TempDir(), "outcome=foo", "job_date=2020-01-01", "stage=prod", "data")
	runMain(t, exit.Done, "convert", "--progress", "none", "--out", data, write(t, map[string]string{"resp.json": viewsResponse}))
	absolute := filepath.Join(write(t, map[string]string{"views.sql": runMain(t, exit.Done, "views", data)}), "views.sql")

	type read struct {
		Columns []string       `json:"columns"`
		Rows    map[string]int `json:"rows"`
	}
	var got struct {
		Found map[string]read
		Glob  map[string]int
		Files []int
	}
	if err := json.Unmarshal([]byte(runPython(t, python, "above.py", data, absolute, filepath.Join("..", "..", "notebooks"))), &got); err != nil {
		t.Fatal(err)
	}
	want, glob := read{Rows: map[string]int{}}, map[string]int{}
	for _, table := range schema.Tables() {
		if table.Name == schema.TableTasks {
			for _, c := range table.Columns {
				want.Columns = append(want.Columns, c.Name)
			}
		}
	}
	want.Columns = append(want.Columns, schema.PartitionColumn)
	for _, row := range collect[schema.TaskRow](t, data, schema.TableTasks) {
		glob[row.Outcome]++
	}
	for _, row := range dayRows(t, data) {
		want.Rows[row]++
	}
	if len(got.Found) != 7 {
		t.Errorf("read by %d readers", len(got.Found))
	}
	for reader, found := range got.Found {
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", reader, diff)
		}
	}
	if diff := cmp.Diff(glob, got.Glob); diff != "" {
		t.Errorf("the README's pattern (-want +got):\n%s", diff)
	}
	if len(got.Files) < 2 || slices.Max(got.Files) != 1 {
		t.Errorf("queries of a day read %v files, want one each", got.Files)
	}
}

// dayRows are the outcome and the job_date of every row of tasks, the latter from
// the folder it is in.
func dayRows(t *testing.T, data string) (rows []string) {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(snapshotOf(t, data), schema.TableTasks, schema.PartitionColumn+"=*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		day := strings.TrimPrefix(filepath.Base(folder), schema.PartitionColumn+"=")
		files, _ := filepath.Glob(filepath.Join(folder, "*.parquet"))
		for _, file := range files {
			for row, err := range parquetio.All[schema.TaskRow](file) {
				if err != nil {
					t.Fatal(err)
				}
				rows = append(rows, row.Outcome+" "+day)
			}
		}
	}
	return rows
}

// snapshotOf is the folder of the dataset's snapshot.
func snapshotOf(t *testing.T, data string) string {
	t.Helper()
	return strings.TrimSpace(runMain(t, exit.Done, "path", data))
}

// queryViews runs the queries of a file over the views in a snapshot.
func queryViews(t *testing.T, python, snapshot, queries string) string {
	t.Helper()
	return runPython(t, python, "views.py", filepath.Join(snapshot, "views.sql"), queries, snapshot)
}

func runPython(t *testing.T, python, script string, args ...string) string {
	t.Helper()
	cmd := exec.Command(python, append([]string{filepath.Join("testdata", script)}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONUTF8=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", script, err, out, &stderr)
	}
	return string(out)
}

func viewsKey(t *testing.T) string {
	t.Helper()
	return filepath.Join(write(t, map[string]string{"key": "a key of the views"}), "key")
}

// viewsResponse has a job that was reached by its second attempt and asked not
// to be called, one of another campaign that called the same number later, one
// that is not over, one without number, one of which only the result says that the
// contact asked not to be called, hung up during the goodbye, and one that was never
// called.
const viewsResponse = `{"Jobs":[
{"JobId":"reached","JobGroupId":"spring","Status":"Succeeded",
 "Extras":[{"Key":"amount","Value":"128"},{"Key":"note","Value":"甲"},{"Key":"note","Value":"乙"}],
 "Summary":[{"SummaryName":"score","Content":"5"}],
 "Tasks":[
  {"TaskId":"reached-1","Status":"NoAnswer","ActualTime":1768955400000,"CalledNumber":"13812340001","CallingNumber":"0571"},
  {"TaskId":"reached-2","Status":"SucceededClientHangUp","ActualTime":1768962600000,"CalledNumber":"13812340001","CallingNumber":"0571","Conversation":[
   {"Speaker":"Robot","Script":"您好，您的账单是128元。","Timestamp":1768962601000},
   {"Speaker":"Contact","Script":"喂，嗯，我的？","Timestamp":1768962604000},
   {"Speaker":"Contact","Script":"你说什么","Timestamp":1768962605000},
   {"Speaker":"Robot","Script":"请问可以还款吗？","Timestamp":1768962605000},
   {"Speaker":"Robot","Script":"您在听吗？","Timestamp":1768962615000},
   {"Speaker":"Contact","Script":"别再打了","Timestamp":1768962614000}]}]},
{"JobId":"later","JobGroupId":"summer","Status":"Succeeded","Tasks":[
  {"TaskId":"later-1","Status":"SucceededFinish","ActualTime":1769400000000,"CalledNumber":"+86 138 1234 0001","CallingNumber":"0571","Conversation":[
   {"Speaker":"Contact","Script":"喂","Timestamp":1769400001000},
   {"Speaker":"Robot","Script":"再见。","Timestamp":1769400002000}]}]},
{"JobId":"calling","JobGroupId":"summer","Status":"Scheduling","Tasks":[
  {"TaskId":"calling-1","Status":"Busy","ActualTime":1769400000000,"CalledNumber":"13812340002"},
  {"TaskId":"calling-2","Status":"ContactBlockList"}]},
{"JobId":"numberless","JobGroupId":"spring","Status":"Succeeded","Tasks":[
  {"TaskId":"numberless-1","Status":"SucceededFinish","ActualTime":1768962600000,"Conversation":[
   {"Speaker":"Contact","Script":"以后不要打了"}]},
  {"TaskId":"numberless-2","Status":"NoAnswer","ActualTime":1768966200000}]},
{"JobId":"noted","JobGroupId":"spring","Status":"Succeeded","Summary":[{"SummaryName":"免打扰","Content":"是"},{"SummaryName":"score","Content":"1"}],"Tasks":[
  {"TaskId":"noted-1","Status":"SucceededClientHangUp","ActualTime":1768962700000,"CalledNumber":"13812340003","Conversation":[
   {"Speaker":"Robot","Script":"您好。","Timestamp":1768962701000},
   {"Speaker":"Contact","Script":"够了","Timestamp":1768962704000},
   {"Speaker":"Robot","Script":"好的，再见。","Timestamp":1768962706000},
   {"Speaker":"Contact","Script":"。","Timestamp":1768962707000}]},
  {"TaskId":"noted-2","Status":"Busy","ActualTime":1768962800000,"CalledNumber":"13812340003"}]},
{"JobId":"never","JobGroupId":"spring","Status":"Scheduling"}
]}`
