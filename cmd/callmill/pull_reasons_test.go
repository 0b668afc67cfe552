package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate/api"
)

// TestEveryReasonIsNamed: a night that is not clean in all the ways there are
// names each of them, on stderr, in the run's file and in the metrics.
func TestEveryReasonIsNamed(t *testing.T) {
	days := newCalendar()
	served := simulatedAPI(t, days.world(200), api.Options{Poison: 2})
	p := newPuller(served, "--instance", "x")
	data, out := filepath.Join(t.TempDir(), "data"), t.TempDir()
	metrics := filepath.Join(out, "metrics.prom")
	// A gap, and an id that nobody knows, which is asked for every night.
	p.pull(t, exit.Done, "--out", data, "--date", days.ago(20))
	unknown := filepath.Join(write(t, map[string]string{"ids": "nobody\n"}), "ids")
	p.pull(t, exit.Published, "--out", data, "--jobs", unknown)

	got := p.pull(t, exit.Published, "--out", data, "--min-calls", "100000", "--allow-missing", "0", "--metrics-file", metrics)
	want := []struct{ code, says, hint string }{
		{"missing", `2 of \d+ ids did not come back, allowed are 0`, "2 unfetched: they are asked for again every night"}, // not the old one
		{"calls", `\d+ jobs had calls, fewer than --min-calls 100000`, "--instance"},
		{"uncovered", `days before the last 7d are not covered`, "callmill pull --out"},
		{"rejects", `2 of \d+ were rejected, allowed are 0`, "`callmill rejects "},
	}
	lines := strings.Split(strings.TrimSuffix(got.stderr, "\n"), "\n")
	if len(lines) != 2*len(want) {
		t.Fatalf("it says\n%s\nwant %d reasons with a hint each", got.stderr, len(want))
	}
	run := lastRun(t, data)
	if run.ExitCode != exit.Published || len(run.Reasons) != len(want) || run.Error != "" {
		t.Fatalf("the run's file says %+v", run)
	}
	for i, w := range want {
		if !regexp.MustCompile("^callmill: "+w.says+"$").MatchString(lines[2*i]) || !strings.HasPrefix(lines[2*i+1], "hint: ") || !strings.Contains(lines[2*i+1], w.hint) {
			t.Errorf("it says\n%s\n%s\nwant %s, with a hint of %s", lines[2*i], lines[2*i+1], w.says, w.hint)
		}
		reason := run.Reasons[i]
		if string(reason.Code) != w.code || "callmill: "+reason.Says != lines[2*i] || "hint: "+reason.Hint != lines[2*i+1] {
			t.Errorf("the run's file gives the reason %+v, want %s as on stderr", reason, w.code)
		}
		checkMetric(t, metrics, `callmill_last_run_unclean{reason="`+w.code+`"} 1`)
	}
	checkMetric(t, metrics, "callmill_last_run_exit_code 3", "callmill_last_run_failed 0", "callmill_last_run_published 1",
		`callmill_last_run_unclean{reason="afterwards"} 0`)

	// What may be is no reason, and the metrics tell 0 from 3. Days with too few calls
	// are not covered, and fetched again.
	p.pull(t, exit.Done, append(strings.Fields(run.Pull.Gaps[0])[2:], "--allow-missing", "1", "--allow-rejects", "2")...)
	p.pull(t, exit.Done, "--out", data, "--allow-missing", "1", "--allow-rejects", "2")
	p.pull(t, exit.Done, "--out", data, "--allow-missing", "1", "--allow-rejects", "2", "--metrics-file", metrics)
	checkMetric(t, metrics, "callmill_last_run_exit_code 0", "callmill_last_run_published 0")
	for _, code := range exit.ReasonCodes() {
		checkMetric(t, metrics, `callmill_last_run_unclean{reason="`+string(code)+`"} 0`)
	}
	if run := lastRun(t, data); run.ExitCode != exit.Done || len(run.Reasons) != 0 || run.Snapshot != "" || run.Published.Changed {
		t.Errorf("the run's file says %+v", run)
	}
}

// TestMetricsOfARunThatNeverBegan: they are written also where the dataset
// could not be had, and tell what is published there.
func TestMetricsOfARunThatNeverBegan(t *testing.T) {
	data := convert(t, exit.Done, write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"a"}]}`}))
	metrics := filepath.Join(t.TempDir(), "metrics.prom")
	runMain(t, exit.Usage, "convert", "nowhere.json", "--out", data, "--metrics-file", metrics)
	checkMetric(t, metrics, "callmill_last_run_exit_code 2", "callmill_last_run_failed 1", "callmill_jobs 1")
	if err := os.WriteFile(filepath.Join(data, "latest", "manifest.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	runMain(t, exit.Failed, "convert", "-", "--out", data, "--metrics-file", metrics)
	checkMetric(t, metrics, "callmill_last_run_exit_code 1", "callmill_last_run_failed 1")
}

// TestMetricsThatCannotBeWritten are no reason to lose a night: it is
// published, and the exit code, stderr and the run's file tell.
func TestMetricsThatCannotBeWritten(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, days.world(50), api.Options{}), "--instance", "x")
	data := filepath.Join(t.TempDir(), "data")
	nowhere := filepath.Join(t.TempDir(), "nowhere", "callmill.prom")
	got := p.pull(t, exit.Published, "--out", data, "--metrics-file", nowhere)
	if !strings.HasPrefix(got.stdout, "published ") {
		t.Errorf("it says %q", got.stdout)
	}
	lines := strings.Split(strings.TrimSuffix(got.stderr, "\n"), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "callmill: --metrics-file "+nowhere+": ") || !strings.HasPrefix(lines[1], "hint: make its folder") {
		t.Errorf("it says\n%s", got.stderr)
	}
	run := lastRun(t, data)
	if run.ExitCode != exit.Published || len(run.Reasons) != 1 || run.Reasons[0].Code != exit.Afterwards || run.Error != "" {
		t.Errorf("the run's file says %+v", run)
	}
	// The responses need not be received again: the night is done.
	again := p.pull(t, exit.Done, "--out", data)
	if strings.Contains(again.stdout, "resumed") || !strings.HasPrefix(again.stdout, "nothing new, ") {
		t.Errorf("the run after it says %q", again.stdout)
	}
	// A failure stays one, and both are named.
	p.client.Keys.Secret = "wrong"
	failed := p.pull(t, exit.Failed, "--out", data, "--metrics-file", nowhere)
	for _, want := range []string{"SignatureDoesNotMatch", "--metrics-file"} {
		if !strings.Contains(failed.stderr, want) {
			t.Errorf("it says %q, want %s", failed.stderr, want)
		}
	}
}

// TestRunFileKeys: all keys of runs/<run>.json are in one style, those that a
// reader needs are there, and it does not repeat the manifest.
func TestRunFileKeys(t *testing.T) {
	days := newCalendar()
	p := newPuller(simulatedAPI(t, days.world(100), api.Options{Poison: 1}), "--instance", "x")
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--out", data, "--date", days.ago(20))
	p.pull(t, exit.Published, "--out", data)
	var run map[string]any
	_, text := lastRunFile(t, data)
	if err := json.Unmarshal(text, &run); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"":          {"command", "exit_code", "finished", "published", "pull", "read", "reasons", "run", "snapshot", "started", "version"},
		"read":      {"bytes", "coercions", "jobs", "rejects", "turns"},
		"published": {"changed", "counts", "pending", "rows", "snapshot"},
		"pull": {"again", "asked", "calls", "failed", "fetched", "found", "gaps", "high_water", "missing", "pending", "rejected", "requests", "resumed", "retries",
			"returned", "throttles", "unlisted"},
	}
	for of, keys := range want {
		part := run
		if of != "" {
			part = run[of].(map[string]any)
		}
		if diff := cmp.Diff(keys, slices.Sorted(maps.Keys(part))); diff != "" {
			t.Errorf("keys of %q (-want +got):\n%s", of, diff)
		}
	}
	checkKeys(t, run)
}

// checkKeys checks the style of all keys but those that name what was met.
func checkKeys(t *testing.T, value any) {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(key) {
				t.Errorf("the key %q is not in snake case", key)
			}
			if key == "files" || key == "sha256" {
				t.Errorf("there is %q", key)
			}
			if !slices.Contains([]string{"coercions", "impossible", "in_seconds", "damaged_text", "met"}, key) {
				checkKeys(t, inner)
			}
		}
	case []any:
		for _, inner := range value {
			checkKeys(t, inner)
		}
	}
}

func lastRun(t *testing.T, data string) *report.Report {
	run, _ := lastRunFile(t, data)
	return run
}

// lastRunFile is the file of the run that ended last.
func lastRunFile(t *testing.T, data string) (run *report.Report, text []byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(data, "runs", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of runs: %v", err)
	}
	for _, path := range paths {
		other, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := &report.Report{}
		if err := json.Unmarshal(other, read); err != nil {
			t.Fatal(err)
		}
		if run == nil || read.Finished.After(run.Finished) {
			run, text = read, other
		}
	}
	return run, text
}
