package main

import (
	"bytes"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/cmd/callmill/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/simulate/api"
)

// twoPulls is a dataset of two nights, of which raw/ has the responses: jobs changed
// in the second one, and SearchTask said more of them.
func twoPulls(t *testing.T) (data string) {
	t.Helper()
	days := newCalendar()
	now := days.end(4)
	served := simulatedAPI(t, days.world(80), api.Options{Now: func() time.Time { return now }})
	p := newPuller(served, "--key", keyFile(t))
	data = filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--instance", "x", "--out", data, "--from", days.ago(7), "--to", days.ago(4), "--settle", "9d")
	now = days.end(1)
	time.Sleep(1100 * time.Millisecond) // runs of one second are in no order
	p.pull(t, exit.Done, "--out", data)
	return data
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
// anything else repair says how many rows of which table are lost, and leaves the
// file as it is.
func TestRepairWithoutRaw(t *testing.T) {
	data := convert(t, exit.Done, write(t, map[string]string{"a.json": response(t, "r", []any{fullJob(1), fullJob(2)})}))
	dir, whole := latestFiles(t, data)
	random := rand.New(rand.NewPCG(1, 2))
	for name := range whole {
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
		_, before := latestFiles(t, data)
		said := runMain(t, exit.Failed, "repair", data)
		if !strings.Contains(said, name+": lost") || !strings.Contains(said, "rows of "+table) {
			t.Errorf("of %s it says:\n%s", name, said)
		}
		if _, after := latestFiles(t, data); !maps.EqualFunc(before, after, bytes.Equal) {
			t.Errorf("%s: what is lost was touched", name)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), whole[name], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runMain(t, exit.Done, "verify", data)
}
