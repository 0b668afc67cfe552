package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/simulate"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata; -update writes the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs:\n%s", path, diff)
	}
}

// TestRun measures small inputs of every kind with every peer available.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the binary")
	}
	dir := t.TempDir()
	s := settings{
		people: 60, turns: 300, dayTurns: 100, rounds: 1, inputs: inputNames, peers: peerKeys(), dir: dir, python: os.Getenv("CALLMILL_PYTHON"),
		callmill: filepath.Join(dir, "callmill"), json: filepath.Join(dir, "report.json"), responses: filepath.Join(dir, "sample"), language: "en",
	}
	s.baseline = s.callmill
	// As the tests of the command build it, so that it is built once for all.
	if text, err := exec.Command("go", "build", "-o", s.callmill, "callmill/cmd/callmill").CombinedOutput(); err != nil {
		t.Fatalf("build callmill: %v\n%s", err, text)
	}
	if s.python == "" && os.Getenv("CI") != "" {
		t.Fatal("CALLMILL_PYTHON is not set")
	}
	writeSimulated(t, s.responses, 10)
	var out, notes bytes.Buffer
	if err := run(t.Context(), s, &out, &notes); err != nil {
		t.Fatalf("%v\n%s", err, &notes)
	}
	t.Logf("%s%s", &notes, &out)
	r, err := readReport(s.json)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range inputNames {
		in := r.input(name)
		want := []string{callmillName, callmillName + verifySuffix, baselineName, baselineName + verifySuffix}
		switch {
		case name == dayInput:
			want = []string{callmillName + twoWorkersSuffix, callmillName + oneWorkerSuffix, callmillName + verifySuffix, baselineName + oneWorkerSuffix}
		case s.python != "":
			for _, p := range allPeers() {
				if !strings.Contains(notes.String(), "skipped "+p.name) {
					want = append(want, p.name)
				}
			}
		}
		for _, contestant := range want {
			if in.find(contestant) == nil {
				t.Errorf("input %s: no %s", name, contestant)
			}
		}
		if turns := in.Contestants[0].Rows.Turns; turns < 100 {
			t.Errorf("input %s has %d turns", name, turns)
		}
	}
	if !strings.Contains(out.String(), "| simulated calls: ") || !strings.Contains(out.String(), "new ÷ old") {
		t.Errorf("no table, or no comparison with the baseline:\n%s", &out)
	}
	for _, pattern := range []string{"tables", "*.partial"} {
		if left, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(left) > 0 {
			t.Errorf("left: %s, %v", left, err)
		}
	}
}

// writeSimulated writes simulated responses.
func writeSimulated(t *testing.T, dir string, people int) {
	t.Helper()
	world, err := simulate.New(simulate.Options{People: people})
	if err != nil {
		t.Fatal(err)
	}
	if err := world.WriteFiles(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
}

// TestInputs: an input is made once, has a name that says what it is, and is made
// again where the sample changed.
func TestInputs(t *testing.T) {
	dir := t.TempDir()
	s := settings{people: 40, turns: 500, dayTurns: 50, dir: dir}
	made := func(name string) string {
		t.Helper()
		in, err := s.input(t.Context(), name, t.Output())
		if err != nil {
			t.Fatal(err)
		}
		if in == nil {
			return ""
		}
		if in.bytes == 0 {
			t.Errorf("input %s has no bytes", name)
		}
		return filepath.Base(in.dir)
	}
	if name := made(repeatedInput); name != "" {
		t.Errorf("repeated without a sample: %s", name)
	}
	s.responses = filepath.Join(dir, "sample")
	writeSimulated(t, s.responses, 8)
	for input, begins := range map[string]string{
		simulatedInput: "responses-40", dayInput: "day-responses-40-50-", repeatedInput: "repeated-sample-500-", recutInput: "recut-sample-500-",
	} {
		first := made(input)
		if !strings.HasPrefix(first, begins) {
			t.Errorf("input %s is in %s, want %s…", input, first, begins)
		}
		if again := made(input); again != first {
			t.Errorf("input %s was in %s, then in %s", input, first, again)
		}
	}
	before := made(recutInput)
	writeSimulated(t, s.responses, 9)
	if made(recutInput) == before {
		t.Error("the sample changed, and what is made of it did not")
	}
	s.turns = 10
	if name := made(repeatedInput); name != "sample" {
		t.Errorf("a sample that is large enough is copied to %s", name)
	}
	s.responses = ""
	if name := made(recutInput); !strings.HasPrefix(name, "recut-responses-40-10-") {
		t.Errorf("without a sample, recut is in %s", name)
	}
}

// TestMedians: the median of each figure, the lower of two middle ones.
func TestMedians(t *testing.T) {
	var runs []figures
	for _, n := range []int64{5, 1, 4, 2} {
		runs = append(runs, figures{Wall: float64(n), CPU: float64(-n), Memory: 10 * n, Written: 7})
	}
	if got, want := medians(runs), (figures{Wall: 2, CPU: -4, Memory: 20, Written: 7}); got != want {
		t.Errorf("medians %+v, want %+v", got, want)
	}
}

// TestDifferentWorkIsAnError: contestants must write the same rows.
func TestDifferentWorkIsAnError(t *testing.T) {
	writes := func(name string, jobs int64) contestant {
		return contestant{
			name:    name,
			command: func(string, string) []string { return []string{"go", "version"} },
			count:   func([]byte, string) (counts, error) { return counts{rows: rows{Jobs: jobs}}, nil },
		}
	}
	for _, test := range []struct {
		jobs int64
		want string
	}{{3, ""}, {4, "not the same work"}} {
		var notes bytes.Buffer
		_, err := measureAll(t.Context(), settings{rounds: 2, dir: t.TempDir()},
			[]contestant{writes("one", 3), writes("other", test.jobs)}, "", &notes)
		if got := fmt.Sprint(err); (err == nil) != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%d jobs instead of 3: %v, want %q", test.jobs, err, test.want)
		}
	}
}

// TestRoundsAlternate: every other round runs the contestants in reverse order, and
// what one wrote is verified at once.
func TestRoundsAlternate(t *testing.T) {
	var order []string
	list := make([]contestant, 2)
	for i, name := range []string{"callmill", "peer"} {
		list[i] = contestant{
			name: name,
			command: func(string, string) []string {
				order = append(order, name)
				return []string{"go", "version"}
			},
			count: func([]byte, string) (counts, error) { return counts{}, nil },
		}
	}
	list[0].verify = func(string) []string {
		order = append(order, "verify")
		return []string{"go", "version"}
	}
	results, err := measureAll(t.Context(), settings{rounds: 2, dir: t.TempDir()}, list, "", t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"callmill", "verify", "peer", "peer", "callmill", "verify"}, order); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, r := range results {
		names = append(names, r.Name)
		if len(r.Runs) != 2 || r.Median.Wall <= 0 {
			t.Errorf("%s has %d runs, median %+v", r.Name, len(r.Runs), r.Median)
		}
	}
	if diff := cmp.Diff([]string{"callmill", "callmill verify", "peer"}, names); diff != "" {
		t.Error(diff)
	}
}

// TestArguments: what is not understood is an error before anything is measured.
func TestArguments(t *testing.T) {
	for arguments, want := range map[string]string{
		"--inputs simulated,other": `invalid --inputs "other": want some of simulated,repeated,recut,day`,
		"--peers duckdb":           `invalid --peers "duckdb": want some of duckdb-2,duckdb-1,`,
		"--rounds 0":               "must be at least 1",
		"--lang fr":                `invalid --lang "fr"`,
		"--compare one.json":       "--compare needs two files",
		"recut":                    `unknown argument "recut"`,
		"--print testdata/no.json": "no such file",
	} {
		var out, notes bytes.Buffer
		err := command(context.Background(), strings.Fields(arguments), &out, &notes)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", arguments, err, want)
		}
	}
}
