package spark

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// told is what a driver script says of one case.
type told struct {
	Name    string
	Rows    int
	Error   string
	Columns []string
	Left    []string // processes that are still there
	Threads int      // that are
	Files   int      // that are open
	Pieces  [][][2]int

	Inputs     []input
	Passed     []string
	Row        []any
	Partitions []int // their files
}

// lake returns the Python that runs Spark.
func lake(t *testing.T) string {
	t.Helper()
	python := os.Getenv("CALLMILL_PYTHON_LAKE")
	if python == "" {
		missing(t, "needs CALLMILL_PYTHON_LAKE, a Python with what pipeline/spark/requirements.txt lists")
	}
	return python
}

// depend reads all that is written in Python for Spark, and more, so that go test knows
// what its result depends on.
func depend(t *testing.T, more ...string) {
	t.Helper()
	modules, err := filepath.Glob("callmill_lake/*.py")
	if err != nil || len(modules) == 0 {
		t.Fatalf("%v: no modules in callmill_lake", err)
	}
	for _, name := range slices.Concat([]string{"callmill_spark.py"}, modules, more) {
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
}

// tell runs a driver script and returns what it says of its cases.
func tell(t *testing.T, script ...string) map[string]told {
	t.Helper()
	python := lake(t)
	depend(t, script[0])
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, python, script...)
	c.Env = append(os.Environ(), "PYSPARK_PYTHON="+python, "PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C.UTF-8")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	cases := map[string]told{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var one told
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatalf("%s said %q: %v\n%s", script, lines.Text(), err, stderr.Bytes())
		}
		cases[one.Name] = one
	}
	return cases
}

// A worker that does what it may not fails the task with a message that says what,
// and nothing of it is left: no process, no thread, no open file.
func TestWorkersFaults(t *testing.T) {
	t.Parallel()
	cases := tell(t, "testdata/relay.py", t.TempDir())
	for name, want := range map[string]struct {
		rows  int
		error string // parts of it; "" means none
	}{
		"none":       {rows: 2001},
		"swapped":    {rows: 2001}, // the columns, which are taken by name
		"chatter":    {rows: 2001}, // endless stderr
		"large":      {rows: 7},
		"empty":      {},
		"slow":       {rows: 31}, // Spark, for which the worker is not to blame
		"closed":     {rows: 100},
		"broken":     {error: "RuntimeError: the file a.json has changed"},
		"start":      {error: "callmill-start worker decode --pii mask: it ended with exit code 7|panic: no dictionary"},
		"signal":     {error: "it was ended by SIGSEGV"},
		"quiet":      {error: "its answer is no Arrow stream|it said nothing on stderr"},
		"garbage":    {error: "its answer is no Arrow stream: it begins with b'hell'"},
		"renamed":    {error: "no column 'record'; unknown column 'row'"},
		"retyped":    {error: "record is string instead of binary"},
		"further":    {error: "unknown column 'more'"},
		"middle":     {rows: 100, error: "it ended with exit code 2|rows were fed; next: 'day |goroutine 99|fatal error: all goroutines are asleep"},
		"torn":       {rows: 100, error: "it ended its answer before its input had ended"},
		"edge":       {rows: 100, error: "it ended its answer before its input had ended"},
		"unreported": {rows: 2000, error: "its answer ends without a report"},
		"dropped":    {rows: 2001, error: "it was fed 2000 bodies, but reports 1999"},
		"misspelt":   {rows: 2001, error: "it was fed 2000 bodies, but reports None"},
		"other":      {rows: 2001, error: "its answer ends with a report of 'flatten', not of 'decode'"},
		"more":       {rows: 2001, error: "it went on after the end of its answer"},
		"late":       {rows: 2001, error: "it ended with exit code 3|cannot remove the spool"},
		"hang":       {rows: 100, error: "it neither took nor gave anything for 2 s and was killed"},
		"deaf":       {error: "it neither took nor gave anything for 2 s and was killed"},
		"lingering":  {rows: 2001, error: "it neither took nor gave anything for 2 s and was killed"},
		"missing":    {error: "no-callmill' is not on this host|ship it with --files"},
		"unknown":    {error: "the program 'no-callmill-at-all' is not on this host"},
		"plain":      {error: "plain: permission denied: it is not executable"},
		"folder":     {error: "is no file"},
		"foreign":    {error: "foreign: Exec format error: this host is|the file is for Linux riscv"},
		"loader":     {error: "loader: it is there, but the interpreter or loader that it names is not"},
		"key":        {error: "the file 'no-key' of --key is not on this host"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := cases[name]
			if !ok {
				t.Fatal("it did not run")
			}
			compare(t, got, want.rows, want.error)
			if got.Threads != 0 || got.Files != 0 {
				t.Errorf("left are %d threads and %d open files", got.Threads, got.Files)
			}
			if columns := strings.Join(got.Columns, " "); got.Rows > 0 && columns != "key record" {
				t.Errorf("the columns are %s", columns)
			}
		})
	}
	t.Run("orphan", func(t *testing.T) {
		if got := cases["orphan"]; got.Name == "" || len(got.Left) > 0 {
			t.Errorf("left of a Python that was killed: %q", got.Left)
		}
	})
	t.Run("cut", func(t *testing.T) {
		checkCut(t, cases["cut"].Pieces)
	})
}

func compare(t *testing.T, got told, rows int, message string) {
	t.Helper()
	if got.Rows != rows {
		t.Errorf("%d rows came, want %d", got.Rows, rows)
	}
	if message == "" && got.Error != "" {
		t.Errorf("it failed: %s", got.Error)
	}
	for part := range strings.SplitSeq(message, "|") {
		if !strings.Contains(got.Error, part) {
			t.Errorf("the error is\n%s\nwant in it: %s", got.Error, part)
		}
	}
	if len(got.Left) > 0 {
		t.Errorf("processes are left: %q", got.Left)
	}
}

// A batch is cut by rows and by bytes; a larger body goes alone.
func checkCut(t *testing.T, got [][][2]int) {
	t.Helper()
	const mib = 1 << 20
	rest := [][2]int{{2, 16 * mib}, {1, 1}, {1, 40 * mib}, {2, 3}}
	want := [][][2]int{
		append([][2]int{{64, 64}, {37, 36 + 9*mib}}, rest...),
		append([][2]int{{64, 64}, {34, 33 + 9*mib}}, rest...), // a slice of the same
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if !bytes.Equal(a, b) {
		t.Errorf("rows and bytes of the pieces are\n%s, want\n%s", a, b)
	}
}

// In Spark, too, the program and the key may be shipped files, a failure is told,
// and a task that is cancelled leaves no worker.
func TestWorkersInSpark(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Spark")
	}
	folder := t.TempDir()
	lake(t)
	cases := tell(t, "testdata/relay.py", folder, "programs")
	for name, one := range tell(t, "testdata/relay_spark.py", folder) {
		cases[name] = one
	}
	for name, want := range map[string]struct {
		rows  int
		error string
	}{
		"shipped":   {rows: 3003},
		"empty":     {},
		"first":     {rows: 1},
		"middle":    {error: "it ended with exit code 2|fatal error: all goroutines are asleep|.json'"},
		"swapped":   {rows: 3003},
		"hang":      {error: "it neither took nor gave anything for 2 s and was killed"},
		"missing":   {error: "the file 'no-key' of --key is not on this host"},
		"cancelled": {error: "cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := cases[name]
			if !ok {
				t.Fatal("it did not run")
			}
			compare(t, got, want.rows, want.error)
		})
	}
}
