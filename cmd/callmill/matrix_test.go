package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// environments are the Pythons with readers of the tables, each with what its
// requirements list. The first one's DuckDB says what is right.
var environments = []struct {
	requirements string // in pipeline/dataset/testdata
	variable     string // which names the Python
	thorough     bool   // only with CALLMILL_THOROUGH
}{
	{"requirements.txt", "CALLMILL_PYTHON", false},
	{"requirements-old.txt", "CALLMILL_PYTHON_OLD", false},
	{"requirements-spark.txt", "CALLMILL_PYTHON_SPARK", true},
	{"requirements-spark40.txt", "CALLMILL_PYTHON_SPARK40", true},
	{"requirements-spark33.txt", "CALLMILL_PYTHON_SPARK33", true},
}

// readers are the libraries that matrix.py has a reader for.
var readers = []string{"chdb", "datafusion", "duckdb", "pandas", "polars", "pyarrow", "pyspark"}

// TestEveryReaderReadsTheSame: the newest and the oldest versions of the
// libraries that the README lists give the same values of every column of every
// table, NULLs and order within lists included.
func TestEveryReaderReadsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts every reader")
	}
	pythonWithReaders(t)
	datasets := matrixDatasets(t)
	var want map[string]map[string]string // by dataset and column
	for _, env := range environments {
		if env.thorough && !thorough() {
			continue
		}
		t.Run(env.requirements, func(t *testing.T) {
			python := os.Getenv(env.variable)
			if python == "" {
				missing(t, fmt.Sprintf("needs %s, a Python with what pipeline/dataset/testdata/%s lists", env.variable, env.requirements))
			}
			listed := readersOf(t, env.requirements)
			if slices.ContainsFunc(listed, func(r string) bool { return strings.HasPrefix(r, "pyspark") }) {
				if _, err := exec.LookPath("java"); err != nil && os.Getenv("JAVA_HOME") == "" {
					missing(t, "needs Java 17, for Spark")
				}
			}
			found := readWith(t, python, listed, datasets)
			if want == nil {
				want = referenceOf(t, found)
			}
			for reader, hashes := range found {
				for data := range datasets {
					checkSame(t, reader+", "+filepath.Base(filepath.Dir(data)), want[data], hashes[data])
				}
			}
		})
	}
}

// checkSame names a few of the columns that a reader does not read as DuckDB does.
func checkSame(t *testing.T, reader string, want, got map[string]string) {
	t.Helper()
	var differ []string
	for name, hash := range want {
		table, _, _ := strings.Cut(name, ".")
		if refused := got[table]; refused != "" {
			name, hash = table, "to be read"
		}
		if got[name] != hash {
			differ = append(differ, fmt.Sprintf("%s: %s, want %s", name, cmp.Or(got[name], "not there"), hash))
		}
	}
	slices.Sort(differ)
	differ = slices.Compact(differ)
	if len(differ) > 0 {
		t.Errorf("%s: %d differ:\n%s", reader, len(differ), strings.Join(differ[:min(len(differ), 8)], "\n"))
	}
}

// readersOf returns the readers that a file of requirements lists, with their
// versions.
func readersOf(t *testing.T, requirements string) (listed []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "pipeline", "dataset", "testdata", requirements))
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`(?m)^(\w+)==\S+$`)
	for _, m := range pinned.FindAllStringSubmatch(string(text), -1) {
		// pyarrow is in every environment, since columns are hashed with it; among
		// those of Spark it is no reader of its own.
		if slices.Contains(readers, m[1]) && (m[1] != "pyarrow" || !strings.Contains(requirements, "spark")) {
			listed = append(listed, m[0])
		}
	}
	if len(listed) == 0 {
		t.Fatalf("%s lists no readers", requirements)
	}
	return listed
}

// readWith runs matrix.py and returns its hashes by reader, dataset and column.
func readWith(t *testing.T, python string, listed []string, datasets map[string]filters) map[string]map[string]map[string]string {
	t.Helper()
	dir := t.TempDir()
	contract, list, output := filepath.Join(dir, "schema.json"), filepath.Join(dir, "datasets.json"), filepath.Join(dir, "hashes.json")
	if err := os.WriteFile(contract, []byte(runMain(t, exit.Done, "schema", "--format", "json")), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(datasets)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, text, 0o600); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join("testdata", "matrix.py")
	if out, err := exec.Command(python, script, contract, strings.Join(listed, ","), list, output).CombinedOutput(); err != nil {
		t.Fatalf("matrix.py: %v\n%s", err, out)
	}
	if text, err = os.ReadFile(output); err != nil {
		t.Fatal(err)
	}
	var found map[string]map[string]map[string]string
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	if len(found) < len(listed) {
		t.Fatalf("%d readers were asked, %v are listed", len(found), listed)
	}
	return found
}

// referenceOf returns the hashes by DuckDB, after it is sure that they are there
// for every column, and not all of columns without a value.
func referenceOf(t *testing.T, found map[string]map[string]map[string]string) map[string]map[string]string {
	t.Helper()
	for reader, datasets := range found {
		if !strings.HasPrefix(reader, "DuckDB ") {
			continue
		}
		given := map[string]bool{}
		for data, hashes := range datasets {
			for _, table := range schema.Tables() {
				for _, c := range table.Columns {
					name := table.Name + "." + c.Name
					hash, ok := hashes[name]
					if !ok {
						t.Fatalf("%s, %s: no hash of %s: %s", reader, data, name, hashes[table.Name])
					}
					var rows, nulls int
					if _, err := fmt.Sscanf(hash, "%d rows, %d NULLs", &rows, &nulls); err != nil {
						t.Fatal(err)
					}
					given[name] = given[name] || rows > nulls
				}
			}
		}
		for name, ok := range given {
			if !ok {
				t.Errorf("no value of %s in any dataset", name)
			}
		}
		return datasets
	}
	t.Fatal("no DuckDB")
	return nil
}

// filters are a column and a value of it by table.
type filters map[string][2]any

// matrixDatasets makes the datasets that every reader reads: one with a value,
// and NULLs, in every column, unusual texts, and files of many pages and several
// row groups; one whose row groups are of a few rows; one in which most tables
// have no rows.
func matrixDatasets(t *testing.T) map[string]filters {
	t.Helper()
	shapes := filepath.Join("..", "..", "pipeline", "decode", "testdata", "shapes")
	sparse := write(t, map[string]string{"sparse.json": response(t, "sparse", sparseJobs(400))})
	key := keyFile(t)

	full := convert(t, exit.Published, "--instance", "saved", "--key", key, shapes, sparse, longDay(t))
	served := simulatedAPI(t, simulate.Options{People: 150}, api.Options{})
	if got := newPuller(served, "--instance", "pulled", "--key", key, "--out", full, "--discover", "calls,groups").run(t, wholeWorld...); got.code != exit.Done && got.code != exit.Published {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	few := convert(t, exit.Published, "--key", key, shapes, sparse)
	inRowGroupsOf(t, 30, few)
	empty := convert(t, exit.Done, write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"lonely"}]}`}))
	return map[string]filters{full: halves(t, full), few: halves(t, few), empty: {}}
}

// sparseJobs are jobs any field of which may be absent, or an unusual text.
func sparseJobs(n int) (jobs []any) {
	random := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		jobs = append(jobs, thinned(fullJob(i), random))
	}
	return jobs
}

var unusual = []string{
	"", " ", "\t\n", "\"'\\,;", "a\u0000b", "\u202e三天", "👩‍👩‍👧", "𠮷野家", "é", "\ufffd", "{name}", "NULL", strings.Repeat("长", 30_000),
}

// thinned leaves out some of what is in an object, at any depth.
func thinned(v any, random *rand.Rand) any {
	switch v := v.(type) {
	case object:
		thin := object{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			switch {
			case name == "JobId" && v["TaskId"] != nil && random.IntN(3) == 0:
				thin[name] = "another" // a task may name another job
			case name == "JobId" || name == "TaskId":
				thin[name] = v[name]
			case random.IntN(3) == 0:
			default:
				thin[name] = thinned(v[name], random)
			}
		}
		return thin
	case []any:
		list := []any{}
		for _, element := range v {
			list = append(list, thinned(element, random))
		}
		return list
	case string:
		if random.IntN(20) == 0 {
			return unusual[random.IntN(len(unusual))]
		}
	}
	return v
}

// longDay is a file of responses with more lines on one day than a row group
// takes, each field of which is absent in some.
func longDay(t *testing.T) string {
	t.Helper()
	random := rand.New(rand.NewPCG(2, 2))
	var lines strings.Builder
	for job := range 1500 {
		var turns []string
		for turn := range 90 {
			at := 1769900000000 + int64(job)*1000 + int64(turn)*3000
			line := fmt.Sprintf(`"Script":"第%d句，编号%d","Speaker":"%s"`, turn, random.IntN(1e6), []string{"Robot", "Contact"}[turn%2])
			if random.IntN(4) > 0 {
				line += fmt.Sprintf(`,"Timestamp":%d`, at)
			}
			turns = append(turns, "{"+line+"}")
		}
		fmt.Fprintf(&lines, `{"JobId":"long-%06d","JobGroupId":"g%d","Tasks":[{"TaskId":"task-%[1]d","Status":"SucceededFinish","ActualTime":%[3]d,"Conversation":[%[4]s]}]}`+"\n",
			job, job%3, 1769900000000+job*1000, strings.Join(turns, ","))
	}
	return write(t, map[string]string{"day.jsonl": lines.String()})
}

// halves returns for each table with rows a filter that leaves about half of
// them, on a time where there is one, since rows are sorted by that.
func halves(t *testing.T, data string) filters {
	t.Helper()
	return filters{
		schema.TableJobs:      {"first_call_time", half(collect[schema.JobRow](t, data, schema.TableJobs), func(r schema.JobRow) int64 { return r.FirstCallTime })},
		schema.TableTasks:     {"actual_time", half(collect[schema.TaskRow](t, data, schema.TableTasks), func(r schema.TaskRow) int64 { return r.ActualTime })},
		schema.TableTurns:     {"stored_time", half(collect[schema.TurnRow](t, data, schema.TableTurns), func(r schema.TurnRow) int64 { return r.StoredTime })},
		schema.TableSummaries: {"task_id", halfText(collect[schema.SummaryRow](t, data, schema.TableSummaries), func(r schema.SummaryRow) string { return r.TaskID })},
		schema.TableContacts:  {"job_id", halfText(collect[schema.ContactRow](t, data, schema.TableContacts), func(r schema.ContactRow) string { return r.JobID })},
		schema.TableExtras:    {"job_id", halfText(collect[schema.ExtraRow](t, data, schema.TableExtras), func(r schema.ExtraRow) string { return r.JobID })},
	}
}

func half[T any](rows []T, of func(T) int64) int64 {
	var values []int64
	for _, row := range rows {
		if v := of(row); v != 0 {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func halfText[T any](rows []T, of func(T) string) string {
	var values []string
	for _, row := range rows {
		if v := of(row); v != "" {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// inRowGroupsOf rewrites the files of a dataset with row groups of a few rows.
func inRowGroupsOf(t *testing.T, rows int, data string) {
	t.Helper()
	regroup[schema.JobRow](t, rows, data, schema.TableJobs)
	regroup[schema.TaskRow](t, rows, data, schema.TableTasks)
	regroup[schema.TurnRow](t, rows, data, schema.TableTurns)
	regroup[schema.ContactRow](t, rows, data, schema.TableContacts)
	regroup[schema.ExtraRow](t, rows, data, schema.TableExtras)
	regroup[schema.SummaryRow](t, rows, data, schema.TableSummaries)
	regroup[schema.RejectRow](t, rows, data, schema.TableRejects)
}

func regroup[T any](t *testing.T, rows int, data, table string) {
	t.Helper()
	small, _ := filepath.Glob(filepath.Join(data, "latest", table, "*.parquet"))
	day, _ := filepath.Glob(filepath.Join(data, "latest", table, "*", "*.parquet"))
	w, err := parquetio.NewWriter[T](&parquetio.Compressor{})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(small, day...) {
		out, err := os.Create(path + ".new")
		if err != nil {
			t.Fatal(err)
		}
		w.Reset(out)
		for row, err := range parquetio.All[T](path) {
			if err == nil {
				err = w.Write([]T{*row})
			}
			if err == nil && w.Rows()%int64(rows) == 0 {
				err = w.EndRowGroup()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, err := range []error{w.Close(), out.Close(), os.Rename(path+".new", path)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
