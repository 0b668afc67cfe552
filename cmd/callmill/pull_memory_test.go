package main

import (
	"path/filepath"
	"testing"

	"callmill/cmd/callmill/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// TestPullMemory: what a pull needs does not grow with the number of jobs.
func TestPullMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures memory")
	}
	jobs, least := 3_000, int64(10_000)
	if thorough() {
		jobs, least = 130_000, 1_000_000
	}
	const most = 300 << 20 // beyond the dictionary, which a pull of hardly anything loads, too
	binary := build(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", api.AccessKeyID)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", api.AccessKeySecret)
	pull := func(jobs int) (ran, string) {
		served := simulatedAPI(t, simulate.Options{Jobs: jobs}, api.Options{})
		data := filepath.Join(t.TempDir(), "data")
		args := []string{"pull", "--endpoint", served.url, "--instance", "x", "--out", data, "--qps", "1000", "--progress", "none"}
		r := run(t, binary, append(args, wholeWorld...)...)
		if t.Log(r); r.code != exit.Done {
			t.Fatalf("exit code %d", r.code)
		}
		return r, data
	}
	small, _ := pull(20)
	large, data := pull(jobs)
	turns := manifestOf(t, data).Table(schema.TableTurns).Rows
	t.Logf("%d MB for %d turns, %d MB for hardly any", large.memory>>20, turns, small.memory>>20)
	if turns < least {
		t.Fatalf("%d turns, want %d", turns, least)
	}
	if large.memory-small.memory > most {
		t.Errorf("%d MB beyond those of a small pull, want at most %d", (large.memory-small.memory)>>20, most>>20)
	}
}
