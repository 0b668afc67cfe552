package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
)

// TestWarehouse runs notebooks/warehouse.py after random runs, not after
// each of them: the warehouse then has the rows of the snapshot, and the jobs that
// `callmill changes` named are those that a comparison of all rows finds.
func TestWarehouse(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads a warehouse a dozen times")
	}
	python := pythonWithReaders(t)
	binary := build(t)
	seeds := 1
	if thorough() {
		seeds = 30
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newWarehouse(t, python, binary, uint64(seed))
			kinds := []func(){w.bring, w.bring, w.change, w.change, w.backfill, w.backfill, w.late, w.late, w.rewrite, w.rollback, w.rollback}
			w.random.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
			w.bring()
			w.load()
			for _, run := range kinds {
				run()
				if w.random.IntN(3) > 0 {
					w.load()
				}
			}
			w.load()
		})
	}
}

// TestWarehouseAfterCrash: a load that was interrupted after its commit, before it
// moved the bookmark, loses nothing, also where the next snapshot is an old one.
func TestWarehouseAfterCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads a warehouse")
	}
	w := newWarehouse(t, pythonWithReaders(t), build(t), 1)
	w.bring()
	w.load()
	before := w.latest()
	w.change()
	w.load()
	runMain(t, exit.Done, "snapshots", w.data, "pin", before, "--as", "warehouse")
	runMain(t, exit.Done, "snapshots", w.data, "rollback", before)
	w.load()
}

// warehouse is a dataset, in a folder whose name a reader could take for a
// partition's, and a warehouse that is loaded from it.
type warehouse struct {
	t              *testing.T
	python, script string
	dir, data      string
	env            []string
	random         *rand.Rand
	jobs           int   // so many were brought, numbered from 0
	clock          int64 // when responses are received, in ms
	loaded         string
}

func newWarehouse(t *testing.T, python, binary string, seed uint64) *warehouse {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("..", "..", "notebooks", "warehouse.py"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "turn_index=7")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return &warehouse{
		t: t, python: python, script: script, dir: dir, data: filepath.Join(dir, "data"),
		env:    append(os.Environ(), "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"), "PYTHONUTF8=1"),
		random: rand.New(rand.NewPCG(seed, 0)), clock: 1_770_000_000_000,
	}
}

// load runs the script, and checks what it made.
func (w *warehouse) load() {
	w.t.Helper()
	w.runPython(w.script)
	name := w.latest()
	script, err := filepath.Abs(filepath.Join("testdata", "warehouse.py"))
	if err != nil {
		w.t.Fatal(err)
	}
	args := []string{
		script, filepath.Join(w.dir, "warehouse.duckdb"), filepath.Join(w.dir, "changes.parquet"),
		filepath.Join(w.data, dataset.SnapshotsDir), name,
	}
	if w.loaded != "" {
		args = append(args, w.loaded)
	}
	if out := w.runPython(args...); out != "" {
		w.t.Errorf("loaded %s upon %s:\n%s", name, w.loaded, out)
	}
	w.loaded = name
	listed := runMain(w.t, exit.Done, "snapshots", w.data, "list")
	if !regexp.MustCompile(`(?m)^`+name+` .* pinned warehouse$`).MatchString(listed) || strings.Count(listed, "pinned") != 1 {
		w.t.Errorf("the bookmark is not on %s alone:\n%s", name, listed)
	}
}

func (w *warehouse) runPython(args ...string) (stdout string) {
	w.t.Helper()
	cmd := exec.Command(w.python, args...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stderr = w.dir, w.env, &stderr
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("%v\n%s", err, &stderr)
	}
	return string(out)
}

func (w *warehouse) latest() string {
	w.t.Helper()
	name, err := dataset.Latest(w.data)
	if err != nil {
		w.t.Fatal(err)
	}
	return name
}

// callmill runs a command on the dataset that publishes. It keeps as few snapshots
// as may be, so that only the bookmark keeps the one that was loaded.
func (w *warehouse) callmill(args ...string) {
	w.t.Helper()
	runMain(w.t, exit.Done, append(args, "--progress", "none", "--keep", "1", "--keep-for", "0s")...)
}

// convert publishes bodies that were received at an instant. The jobs of two
// instances have the same ids.
func (w *warehouse) convert(observedAt int64, body string) {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "body.json")
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		w.t.Fatal(err)
	}
	instance := []string{"x", "y"}[w.random.IntN(2)]
	w.callmill("convert", file, "--out", w.data, "--instance", instance, "--observed-at", fmt.Sprint(observedAt), "--allow-rejects", "1")
}

// later is an instant after all others.
func (w *warehouse) later() int64 {
	w.clock += 3_600_000
	return w.clock
}

// some are numbers of jobs that were brought.
func (w *warehouse) some() []int {
	return w.random.Perm(w.jobs)[:1+w.random.IntN(w.jobs)/2]
}

// bring brings new jobs, and input that cannot be understood.
func (w *warehouse) bring() {
	w.t.Helper()
	n := w.jobs + 10 + w.random.IntN(20)
	var jobs []any
	for ; w.jobs < n; w.jobs++ {
		jobs = append(jobs, fullJob(w.jobs))
	}
	jobs = append(jobs, object{"JobId": fmt.Sprint("bad-", n), "Tasks": n})
	w.convert(w.later(), response(w.t, "new", jobs))
}

// versions are jobs as they could be received at another time: without tasks, or
// without extras, or moved to another day.
func (w *warehouse) versions() string {
	w.t.Helper()
	var jobs []any
	for _, number := range w.some() {
		job := fullJob(number)
		switch w.random.IntN(5) {
		case 0:
			job["Tasks"], job["Status"] = []any{}, "Scheduling"
		case 1:
			job["Extras"] = []any{}
		case 2:
			job = fullJob(number + 1)
			job["JobId"] = fullJob(number)["JobId"]
		case 3:
			job["Priority"] = w.random.IntN(10)
		}
		jobs = append(jobs, job)
	}
	return response(w.t, fmt.Sprint("versions-", w.random.IntN(100)), jobs)
}

func (w *warehouse) change() { w.t.Helper(); w.convert(w.later(), w.versions()) }

// backfill brings versions that were received before those published.
func (w *warehouse) backfill() {
	w.t.Helper()
	w.convert(1_769_900_000_000-w.random.Int64N(1_000_000), w.versions())
}

// late brings what SearchTask says of calls.
func (w *warehouse) late() {
	w.t.Helper()
	var rows []any
	for _, number := range w.some() {
		id := fullJob(number)["JobId"]
		rows = append(rows, object{"JobId": id, "TaskId": fmt.Sprint(id, "-task-0"), "CallDuration": 1000 * w.random.IntN(60), "HasReachedEndOfFlow": true})
	}
	w.convert(w.later(), strings.Replace(response(w.t, "late", rows), `"Jobs":`, `"SearchTaskInfoList":`, 1))
}

func (w *warehouse) rewrite() {
	w.t.Helper()
	zones := []string{"Asia/Shanghai", "America/New_York", "UTC", "Asia/Urumqi"}
	w.callmill("rewrite", w.data, "--timezone", zones[w.random.IntN(len(zones))])
}

// rollback publishes another snapshot that is there.
func (w *warehouse) rollback() {
	w.t.Helper()
	list, err := dataset.List(w.data)
	if err != nil {
		w.t.Fatal(err)
	}
	runMain(w.t, exit.Done, "snapshots", w.data, "rollback", list[w.random.IntN(len(list))].Name)
}
