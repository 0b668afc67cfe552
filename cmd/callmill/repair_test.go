package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// twoPulls is a dataset of two nights, of which raw/ has the responses: jobs changed
// in the second one, and SearchTask said more of them.
func twoPulls(t *testing.T) (data string) {
	t.Helper()
	data, _ = twoPullsOf(t)
	return data
}

// twoPullsOf is twoPulls, with the API at the time of the second night.
func twoPullsOf(t *testing.T) (data string, p *puller) {
	t.Helper()
	days := newCalendar()
	now := days.end(4)
	served := simulatedAPI(t, days.world(80), api.Options{Now: func() time.Time { return now }})
	p = newPuller(served)
	data = filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--instance", "x", "--out", data, "--from", days.ago(7), "--to", days.ago(4), "--settle", "9d")
	now = days.end(1)
	time.Sleep(1100 * time.Millisecond) // runs of one second are in no order
	p.pull(t, exit.Done, "--out", data)
	return data, p
}

// repair runs the command with the credentials of the puller.
func (p *puller) repair(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := &environment{
		stdin: strings.NewReader(""), stdout: bufio.NewWriter(&stdout), stderr: &stderr,
		log: exit.Log{Writer: &stderr}, environ: func() []string { return nil }, now: time.Now, client: p.client,
	}
	c := newRepair(env)
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(append([]string{"--endpoint", p.api.url}, args...))
	err := c.ExecuteContext(t.Context())
	if err := env.stdout.Flush(); err != nil {
		t.Error(err)
	}
	return exit.Code(t.Context(), err), fmt.Sprint(stdout.String(), err)
}

// TestRepairFlips flips a bit anywhere in a file of the latest snapshot. Where raw/ or
// the API still has the jobs, all rows are there after a repair; where neither has,
// those of all other jobs, and what is lost is named. verify is clean in any case.
func TestRepairFlips(t *testing.T) {
	whole, p := twoPullsOf(t)
	_, files := latestFiles(t, whole)
	want := tell(t, whole)
	kinds := map[string][]string{}
	for name := range files {
		kind, _, _ := strings.Cut(name, "/")
		kinds[kind] = append(kinds[kind], name)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	runs, err := rawlog.Runs(filepath.Join(whole, "raw"))
	if err != nil || len(runs) != 2 {
		t.Fatalf("%q, %v", runs, err)
	}
	flips, most := 1, 4
	switch {
	case thorough():
		flips, most = 20, len(kinds)
	case testing.Short():
		most = 1
	}
	for _, c := range []struct {
		name string
		gone []string // of raw/
		api  bool
		kept bool // all rows are there
	}{
		{"raw", nil, false, true},
		{"last night's raw and the API", runs[:1], true, true},
		{"the API", runs, true, true},
		{"last night's raw", runs[:1], false, false},
		{"nothing", runs, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := slices.Sorted(maps.Keys(kinds))
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			for _, kind := range all[:most] {
				for range flips {
					slices.Sort(kinds[kind])
					name := kinds[kind][random.IntN(len(kinds[kind]))]
					data := copyDataset(t, whole)
					for _, run := range c.gone {
						if err := os.RemoveAll(filepath.Join(data, "raw", run)); err != nil {
							t.Fatal(err)
						}
					}
					dir, _ := latestFiles(t, data)
					damage(t, random, filepath.Join(dir, filepath.FromSlash(name)))
					args := []string{data}
					if c.api {
						args = append(args, "--from-api")
					}
					code, said := p.repair(t, args...)
					checkWhole(t, data)
					got := tell(t, data)
					switch diff := cmp.Diff(want, got); {
					case t.Failed():
						t.Fatalf("%s: exit code %d\n%s", name, code, said)
					case diff == "" && (code == exit.Done || kind == "pending"):
					case c.kept:
						t.Fatalf("%s: exit code %d\n%s%s", name, code, said, diff)
					default:
						checkLoss(t, data, name, code, said, &want, &got)
					}
				}
			}
		})
	}
}

// checkLoss checks that after a repair all rows are there but those of jobs that it
// says are lost, and that these are asked for again.
func checkLoss(t *testing.T, data, name string, code int, said string, want, got *told) {
	t.Helper()
	lost := map[string]bool{}
	for line := range strings.Lines(said) {
		if id, ok := strings.CutPrefix(line, "lost: job "); ok {
			id, _, _ = strings.Cut(id, " ")
			lost[id] = true
		}
	}
	d, err := dataset.View(data)
	if err != nil {
		t.Fatal(err)
	}
	pending := map[string]bool{}
	for row, err := range tables.Pending(d) {
		if err != nil {
			t.Fatal(err)
		}
		pending[row.JobID] = pending[row.JobID] || row.Reason == schema.PendingMissing
	}
	for id := range lost {
		if !pending[id] {
			t.Errorf("%s: job %s is lost, and not pending", name, id)
		}
	}
	there := map[string]schema.JobRow{}
	for _, job := range got.Jobs {
		there[job.JobID] = job
	}
	for _, job := range want.Jobs {
		if row, ok := there[job.JobID]; ok == lost[job.JobID] || ok && row.ContentHash != job.ContentHash && !strings.Contains(said, "in the version of raw/") {
			t.Errorf("%s: job %s is there: %v, and said to be lost: %v\n%s", name, job.JobID, ok, lost[job.JobID], said)
		}
	}
	if code != exit.Published || !strings.Contains(said, " lost") {
		t.Errorf("%s: exit code %d\n%s", name, code, said)
	}
}

// latestFiles are the files of the latest snapshot, by their paths in it.
func latestFiles(t *testing.T, data string) (dir string, files map[string][]byte) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Join(data, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, files
}

// damage flips a bit of a file in its place: whatever else is linked to it has it,
// too.
func damage(t *testing.T, random *rand.Rand, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[random.IntN(len(text))] ^= 1 << random.IntN(8)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRepair flips a bit of each file of the latest snapshot, and of all at once:
// repair puts back the very bytes, in every snapshot that shares the file.
func TestRepair(t *testing.T) {
	data := twoPulls(t)
	dir, whole := latestFiles(t, data)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	check := func(what string) {
		t.Helper()
		said := runMain(t, exit.Done, "repair", data)
		for name, want := range whole {
			if got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s is not as it was: %v\n%s", what, name, err, said)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(data, "snapshots", ".*")); len(left) > 0 {
			t.Errorf("%s: left over %q", what, left)
		}
	}
	tables := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		table, _, _ := strings.Cut(name, "/")
		if tables[table] && (testing.Short() || !thorough()) {
			continue // a file of each table
		}
		tables[table] = true
		damage(t, random, filepath.Join(dir, filepath.FromSlash(name)))
		check(name)
	}
	runMain(t, exit.Done, "verify", data)
	for name := range whole {
		damage(t, random, filepath.Join(dir, filepath.FromSlash(name)))
	}
	check("all at once")
	for name := range whole {
		if strings.HasPrefix(name, "turns/") || strings.HasPrefix(name, "jobs/") {
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				t.Fatal(err)
			}
		}
	}
	check("missing")
	if said := runMain(t, exit.Done, "repair", data); !strings.HasSuffix(said, "0 damaged, 0 repaired\n") {
		t.Errorf("of a whole snapshot it says %q", said)
	}
	runMain(t, exit.Done, "verify", data)
	older, err := dataset.List(data)
	if err != nil || len(older) != 2 {
		t.Fatalf("%d snapshots, %v", len(older), err)
	}
	runMain(t, exit.Done, "snapshots", data, "rollback", older[0].Name)
	runMain(t, exit.Done, "verify", data)
}

// TestRepairWithoutRaw: what the code and the manifest's copy tell is put back; of
// anything else a snapshot is published with the jobs that can be had, and repair says
// which are lost.
func TestRepairWithoutRaw(t *testing.T) {
	data := convert(t, exit.Done, write(t, map[string]string{"a.json": response(t, "r", []any{fullJob(1), fullJob(2)})}))
	_, whole := latestFiles(t, data)
	random := rand.New(rand.NewPCG(1, 2))
	original, lost := data, int64(0)
	for name := range whole {
		data = copyDataset(t, original)
		dir, _ := latestFiles(t, data)
		table, _, _ := strings.Cut(name, "/")
		if table == "turns" {
			if err := os.Truncate(filepath.Join(dir, filepath.FromSlash(name)), 100); err != nil { // no scripts are left
				t.Fatal(err)
			}
		} else {
			damage(t, random, filepath.Join(dir, filepath.FromSlash(name)))
		}
		if slices.Contains([]string{"manifest.json", "views.sql", "statuses", "rejects", "job_groups"}, table) {
			runMain(t, exit.Done, "repair", data)
			continue
		}
		before := manifestOf(t, data).Table(schema.TableJobs).Rows
		var stdout, stderr bytes.Buffer
		code := Main([]string{"repair", data}, strings.NewReader(""), &stdout, &stderr)
		m := manifestOf(t, data)
		if (code == exit.Published) != (m.Counts.Lost > 0) || m.Table(schema.TableJobs).Rows+m.Counts.Lost != before {
			t.Errorf("of %s it says:\n%s%s", name, &stdout, &stderr)
		}
		lost += m.Counts.Lost
		checkWhole(t, data)
	}
	if lost == 0 {
		t.Error("nothing was lost")
	}
}
