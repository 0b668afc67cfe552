package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// progressLine is a line of --progress json, as far as is looked at here.
type progressLine struct {
	Stage       string
	Done, Total int64
	Unit        string
	Rate        float64
	SecondsLeft *float64 `json:"seconds_left"`
	Jobs        int64
	Retries     int64
	Throttles   int64
	Final       bool
}

func progressLines(t *testing.T, stderr string) (lines []progressLine) {
	t.Helper()
	for text := range strings.Lines(stderr) {
		var line progressLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%q is no JSON: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestPullProgress: while a rough API is asked, which throttles, it is shown
// how many requests found the jobs, how many jobs came of how many, how fast,
// what had to be asked again, and how long it takes yet.
func TestPullProgress(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures seconds of requests")
	}
	served := simulatedAPI(t, simulate.Options{People: 600}, api.Options{Faults: 0.1, Quota: 8, Seed: 3})
	p := newPuller(served, append([]string{"--instance", "x", "--qps", "12"}, wholeWorld...)...)
	data := filepath.Join(t.TempDir(), "data")
	got := p.pull(t, exit.Done, "--out", data, "--progress", "json")
	run := lastRun(t, data).Pull
	if run.Retries == 0 || run.Throttles == 0 {
		t.Fatalf("%d retries and %d throttles: nothing to show", run.Retries, run.Throttles)
	}

	final, meanwhile, stages := map[string]progressLine{}, 0, []string{}
	var before progressLine
	for _, line := range progressLines(t, got.stderr) {
		if line.Retries < before.Retries || line.Throttles < before.Throttles || line.Jobs < before.Jobs {
			t.Errorf("%+v comes after %+v", line, before)
		}
		before = line
		if line.Final {
			final[line.Stage] = line
			stages = append(stages, line.Stage)
			continue
		}
		meanwhile++
		if line.Rate < 0 || line.Rate > 600 || line.Total != 0 && line.Done > line.Total {
			t.Errorf("meanwhile it shows %+v", line)
		}
		// All of it takes some 20 seconds, on a busy machine a minute.
		if left := line.SecondsLeft; left != nil && (*left <= 0 || *left > 120) {
			t.Errorf("it shows that %.1f seconds are left: %+v", *left, line)
		}
	}
	if fmt.Sprint(stages) != "[finding fetching writing]" || meanwhile == 0 {
		t.Errorf("it shows the stages %v, and %d lines meanwhile", stages, meanwhile)
	}
	if found := final["finding"]; found.Unit != "requests" || found.Done == 0 || found.Total != 0 || found.Jobs != 0 || found.SecondsLeft != nil {
		t.Errorf("of finding it shows at last %+v", found)
	}
	if f := final["fetching"]; f.Done != 600 || f.Total != 600 || f.Unit != "jobs" || f.Jobs != 600 || f.Retries != run.Retries || f.Throttles != run.Throttles {
		t.Errorf("of fetching it shows at last %+v, want 600 jobs, %d retries, %d throttles", f, run.Retries, run.Throttles)
	}
}

// TestPullProgressInWords: the same for people; ids that do not come are done,
// too.
func TestPullProgressInWords(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 300}, api.Options{Faults: 0.3, Seed: 2})
	p := newPuller(served, append([]string{"--instance", "x", "--progress", "plain"}, wholeWorld...)...)
	data := filepath.Join(t.TempDir(), "data")
	got := p.pull(t, exit.Done, "--out", data)
	retries := lastRun(t, data).Pull.Retries
	for _, want := range []string{"finding: ", " requests in ", "\nfetching: 300 jobs in ", fmt.Sprintf("turns, %d retries\n", retries), "\nwriting: "} {
		if !strings.Contains("\n"+got.stderr, want) {
			t.Errorf("no %q in:\n%s", want, got.stderr)
		}
	}
	unknown := filepath.Join(write(t, map[string]string{"ids": "nobody\nnothing\n"}), "ids")
	got = newPuller(served, "--instance", "x", "--progress", "plain").pull(t, exit.Published, "--out", filepath.Join(t.TempDir(), "other"), "--jobs", unknown)
	if !strings.Contains(got.stderr, "fetching: 2 jobs in ") {
		t.Errorf("it shows\n%s", got.stderr)
	}
}
