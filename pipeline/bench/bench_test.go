package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRun measures a small input with every peer available.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the binary")
	}
	dir := t.TempDir()
	s := settings{jobs: 120, rounds: 1, dir: dir, python: os.Getenv("CALLMILL_PYTHON"), callmill: filepath.Join(dir, "callmill")}
	// As the tests of the command build it, so that it is built once for all.
	if text, err := exec.Command("go", "build", "-o", s.callmill, "callmill/cmd/callmill").CombinedOutput(); err != nil {
		t.Fatalf("build callmill: %v\n%s", err, text)
	}
	names := []string{"callmill"}
	if s.python != "" {
		for _, p := range peers() {
			names = append(names, p.name)
		}
	} else if os.Getenv("CI") != "" {
		t.Fatal("CALLMILL_PYTHON is not set")
	}
	var out, notes bytes.Buffer
	if err := run(t.Context(), s, &out, &notes); err != nil {
		t.Fatalf("%v\n%s", err, &notes)
	}
	if !strings.Contains(out.String(), ": 120 jobs, ") {
		t.Errorf("the table does not say that there are 120 jobs:\n%s", &out)
	}
	for _, name := range names {
		if !strings.Contains(out.String(), name) && !strings.Contains(notes.String(), "skipped "+name) {
			t.Errorf("the table has no %s:\n%s", name, &out)
		}
	}
	t.Logf("%s%s", &notes, &out)
}

// TestMedians: the median of each figure, the lower of two middle ones.
func TestMedians(t *testing.T) {
	var runs []measured
	for _, n := range []int64{5, 1, 4, 2} {
		runs = append(runs, measured{wall: time.Duration(n), cpu: time.Duration(-n), memory: 10 * n, written: 7})
	}
	got := medians(runs)
	if got.wall != 2 || got.cpu != -4 || got.memory != 20 || got.written != 7 {
		t.Errorf("medians %+v", got)
	}
}

// TestDifferentWorkIsAnError: contestants must write the same rows.
func TestDifferentWorkIsAnError(t *testing.T) {
	writes := func(name string, jobs int64) contestant {
		return contestant{
			name:    name,
			command: func(string, string) []string { return []string{"go", "version"} },
			count:   func([]byte, string) (rowCounts, error) { return rowCounts{Jobs: jobs}, nil },
		}
	}
	for _, test := range []struct {
		jobs int64
		want string
	}{{3, ""}, {4, "not the same work"}} {
		var notes bytes.Buffer
		_, err := measureAll(t.Context(), settings{rounds: 2, dir: t.TempDir()},
			[]contestant{writes("one", 3), writes("other", test.jobs)}, &responses{}, &notes)
		if got := fmt.Sprint(err); (err == nil) != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%d jobs instead of 3: %v, want %q", test.jobs, err, test.want)
		}
	}
}
