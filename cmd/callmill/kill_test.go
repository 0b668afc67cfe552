package main

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/dataset/verify"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// TestKilled kills runs at random moments with a signal that cannot be caught.
// What is published afterwards is the night before or the new one, whole; the
// next run sweeps what is left and arrives where an undisturbed one does.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills runs")
	}
	trials := 10
	if thorough() {
		trials = 200
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	first, second := twoNights(t)
	before := first.publish(t, filepath.Join(t.TempDir(), "data"))
	after := second.publish(t, copyDataset(t, before.data))
	atOnce := second.publish(t, filepath.Join(t.TempDir(), "data")) // upon nothing

	// How long an undisturbed run takes from each moment on.
	lengths := map[string]time.Duration{}
	for _, since := range moments {
		data := copyDataset(t, before.data)
		lengths[since.name] = kill(t, data, second.convert(data), since, time.Minute)
	}
	results := map[string]int{}
	for n := range trials {
		upon, want := before, after
		if n%8 == 7 {
			upon, want = published{data: filepath.Join(t.TempDir(), "data")}, atOnce
		}
		since := moments[n%len(moments)]
		killing := time.Duration(random.Int64N(1 + int64(lengths[since.name])))
		left := second.killed(t, upon, want, since, killing)
		if t.Failed() {
			t.Fatalf("in trial %d, killed %v after %s", n, killing, since.name)
		}
		results[since.name+": "+left]++
	}
	t.Logf("what runs left that were killed after %v", results)
}

// moment is from when on a run is killed: when there is one more of something
// in snapshots/. Reading takes most of the time and leaves the least, so most
// runs are killed later.
type moment struct{ name, pattern string }

var moments = []moment{
	{"its start", ""},
	{"it began to write", ".build-*"},
	{"its snapshot got its name", "2*"},
}

func (m moment) count(data string) int {
	found, _ := filepath.Glob(filepath.Join(data, "snapshots", m.pattern)) // the pattern is good
	return len(found)
}

// published is what a run reads, and what there is after it.
type published struct {
	args    []string
	data    string
	tables  map[string][32]byte // files but that of rejects, which names its run
	rejects string
}

// twoNights are two inputs: in the second some jobs are new, some changed,
// some the same; and there is a reject.
func twoNights(t *testing.T) (first, second published) {
	t.Helper()
	key := keyFile(t)
	before := rushHour(t, 4, 40)
	before["bad.json"] = `{"Jobs":[{"JobId":"bad","Tasks":5}]}`
	var jobs []any
	for n := 60; n < 200; n++ {
		job := fullJob(n)
		if n%3 == 0 {
			job["ReferenceId"] = "changed"
		}
		jobs = append(jobs, job)
	}
	later := map[string]string{"later.json": response(t, "later", jobs), "worse.json": `{"Jobs":[{"JobId":"worse","Tasks":"?"}]}`}
	args := []string{"--key", key, "--allow-rejects", "1", "--progress", "none"}
	first.args = append([]string{write(t, before), "--observed-at", "2026-02-01T00:00:00Z"}, args...)
	second.args = append([]string{write(t, later), "--observed-at", "2026-02-02T00:00:00Z"}, args...)
	return first, second
}

// convert is the command that publishes the night into a dataset.
func (n published) convert(data string) []string {
	return append([]string{"convert", "--out", data}, n.args...)
}

func (n published) publish(t *testing.T, data string) published {
	t.Helper()
	runMain(t, exit.Done, n.convert(data)...)
	return look(t, data)
}

// look tells what is published.
func look(t *testing.T, data string) published {
	t.Helper()
	n := published{data: data, tables: snapshotFiles(t, data), rejects: runMain(t, exit.Done, "rejects", data)}
	maps.DeleteFunc(n.tables, func(path string, _ [32]byte) bool { return strings.HasPrefix(path, schema.TableRejects+"/") })
	return n
}

func (n published) is(other published) bool {
	return maps.Equal(n.tables, other.tables) && n.rejects == other.rejects
}

// killed publishes the night into a copy of a dataset, kills the run, and
// checks what is left; then it publishes the night again. It says which night
// the killed run left.
func (n published) killed(t *testing.T, upon, want published, since moment, after time.Duration) (left string) {
	t.Helper()
	data := upon.data
	if upon.tables != nil {
		data = copyDataset(t, upon.data)
	}
	kill(t, data, n.convert(data), since, after)

	switch _, err := os.Lstat(filepath.Join(data, "latest")); {
	case err != nil && upon.tables == nil:
		left = "nothing"
	case err != nil:
		t.Error(err)
	default:
		checkWhole(t, data)
		switch now := look(t, data); {
		case now.is(want):
			left = "the new night"
		case now.is(upon):
			left = "the night before"
		default:
			t.Error("what is published is neither the night before nor the new one")
		}
	}
	if again := n.publish(t, data); !again.is(want) {
		t.Error("the next run did not arrive where an undisturbed one does")
	}
	checkWhole(t, data)
	checkSwept(t, data, len(names(t, filepath.Join(want.data, "snapshots"))))
	return left
}

// kill runs callmill and kills it some time after a moment. That it may have
// ended by then is as good. It gives the time from the moment to the end.
func kill(t *testing.T, data string, args []string, since moment, after time.Duration) time.Duration {
	t.Helper()
	before := since.count(data)
	cmd := exec.Command("callmill", args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cmd.Wait()
	}()
	for since.count(data) == before && since.pattern != "" {
		select {
		case <-ended:
			return 0
		case <-time.After(time.Millisecond / 2):
		}
	}
	began := time.Now()
	select {
	case <-ended:
	case <-time.After(after):
	}
	cmd.Process.Kill()
	<-ended
	return time.Since(began)
}

// checkWhole has verify check the published snapshot, whose key is in the dataset or
// that of keyFile.
func checkWhole(t *testing.T, data string) {
	t.Helper()
	file := filepath.Join(data, dataset.KeyFile)
	if _, err := os.Stat(file); err != nil {
		file = keyFile(t)
	}
	key, err := secret.Read(file)
	if err != nil {
		t.Error(err)
		return
	}
	report, err := verify.Snapshot(t.Context(), data, verify.Options{
		Rows: rowsIn(data), Job: flatten.Job,
		ContactKey: redact.Keys(key),
	})
	if err != nil {
		t.Error(err)
		return
	}
	for _, f := range report.Findings {
		t.Errorf("verify: %+v", f)
	}
	if len(report.LeftOut) > 0 {
		t.Errorf("verify left out: %q", report.LeftOut)
	}
}

// checkSwept checks that there are so many snapshots, that the run of each
// has its file, and that nothing is left of others.
func checkSwept(t *testing.T, data string, snapshots int) {
	t.Helper()
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(entry.Name(), ".") {
			t.Errorf("left over: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	list, err := dataset.List(data)
	if err != nil {
		t.Error(err)
	}
	if len(list) != snapshots {
		t.Errorf("there are %d snapshots, want %d", len(list), snapshots)
	}
	for _, s := range list {
		if s.Err != nil {
			t.Error(s.Err)
			continue
		}
		if _, err := os.Stat(filepath.Join(data, "runs", s.Manifest.Run+".json")); err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(data, "CURRENT"))
	if link, e := os.Readlink(filepath.Join(data, "latest")); err != nil || e != nil || "snapshots/"+strings.TrimSpace(string(text)) != link {
		t.Errorf("CURRENT names %q, latest %q", text, link)
	}
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// copyDataset copies a dataset.
func copyDataset(t *testing.T, data string) (copied string) {
	t.Helper()
	copied = filepath.Join(t.TempDir(), fmt.Sprint("copy-of-", filepath.Base(data)))
	if err := os.CopyFS(copied, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	return copied
}
