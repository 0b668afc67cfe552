package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// TestPullUnderFaults: when a fifth of the requests fail, in every way the
// simulated API knows, the tables are those of a pull that nothing disturbed.
func TestPullUnderFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: repeats many requests")
	}
	seeds := 2
	if thorough() {
		seeds = 20
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed+1), func(t *testing.T) {
			world := simulate.Options{People: 900, Seed: seed + 1}
			args := append([]string{"--instance", "x", "--key", keyFile(t)}, wholeWorld...)
			calm := newPuller(simulatedAPI(t, world, api.Options{}), args...)
			rough := newPuller(simulatedAPI(t, world, api.Options{Faults: 0.2, Seed: seed + 1}), args...)
			want, got := filepath.Join(t.TempDir(), "calm"), filepath.Join(t.TempDir(), "rough")
			calm.pull(t, exit.Done, "--out", want)
			rough.pull(t, exit.Done, "--out", got)

			if n := rough.api.Counts(); n.Faulted*10 < n.Received {
				t.Errorf("%d of %d requests met a fault, too few to prove anything", n.Faulted, n.Received)
			}
			undisturbed := tell(t, want)
			if diff := cmp.Diff(undisturbed, tell(t, got)); diff != "" {
				t.Errorf("the tables are not the same (-calm +rough):\n%s", diff)
			}
			checkWhole(t, got)
			if n := calm.api.world.Len(); len(undisturbed.Jobs) != n {
				t.Errorf("%d jobs came, the world has %d", len(undisturbed.Jobs), n)
			}
		})
	}
}

// TestPullFindsJobsThatWereNotCalled: a job that was never dialled is in no
// list of calls, only in its campaign.
func TestPullFindsJobsThatWereNotCalled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: repeats many requests")
	}
	served := simulatedAPI(t, simulate.Options{People: 600}, api.Options{})
	p := newPuller(served, append([]string{"--instance", "x"}, wholeWorld...)...)
	discovered := func(ways string) map[string]bool {
		data := filepath.Join(t.TempDir(), "data")
		p.pull(t, exit.Done, "--out", data, "--discover", ways)
		return jobIDs(t, data)
	}
	called, all := map[string]bool{}, map[string]bool{}
	for i := range served.world.Len() {
		job, _ := served.world.Job(i)
		all[job.JobID] = true
		for _, task := range job.Tasks {
			if task.ActualTime != 0 {
				called[job.JobID] = true
			}
		}
	}
	if len(called) == 0 || len(called) == len(all) {
		t.Fatalf("%d of %d jobs of the world were called: nothing to tell apart", len(called), len(all))
	}
	for ways, want := range map[string]map[string]bool{"calls": called, "groups": all, "calls,groups": all} {
		if got := discovered(ways); !maps.Equal(got, want) {
			t.Errorf("--discover %s brings %d jobs, want %d", ways, len(got), len(want))
		}
	}
}

// TestPullPoison: ids that are answered with errors only are rejects, all else
// is published, and they are asked for again.
func TestPullPoison(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: pulls for many nights")
	}
	served := simulatedAPI(t, simulate.Options{People: 400}, api.Options{Poison: 3})
	p := newPuller(served, append([]string{"--instance", "x"}, wholeWorld...)...)
	data := filepath.Join(t.TempDir(), "data")
	got := p.pull(t, exit.Published, "--out", data)
	for _, want := range []string{"400 records seen (397 new, 3 rejected)", "400 asked, 0 missing, 3 failed"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the last line lacks %q:\n%s", want, got.stdout)
		}
	}
	var rejected []string
	for _, r := range collect[schema.RejectRow](t, data, schema.TableRejects) {
		rejected = append(rejected, r.JobID)
	}
	slices.Sort(rejected)
	if want := served.PoisonIDs(); !slices.Equal(rejected, want) {
		t.Errorf("rejects are %q, want %q", rejected, want)
	}
	if got := len(jobIDs(t, data)); got != 397 {
		t.Errorf("%d jobs, want 397", got)
	}
	pending := waiting(t, data)
	for _, id := range served.PoisonIDs() {
		if !slices.Contains(pending[id], schema.PendingUnfetched) {
			t.Errorf("job %s is pending for %q, want it to be asked again", id, pending[id])
		}
	}
	checkWhole(t, data)
	p.pull(t, exit.Done, "--out", data, "--allow-rejects", "3")
}

// TestPullAndConvert: the responses a pull kept give the same tables.
func TestPullAndConvert(t *testing.T) {
	served := simulatedAPI(t, simulate.Options{People: 500}, api.Options{Faults: 0.1})
	key := keyFile(t)
	p := newPuller(served, append([]string{"--instance", "x", "--key", key}, wholeWorld...)...)
	data := filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, "--out", data)
	raw := filepath.Join(data, "raw", manifestOf(t, data).Run)
	again := convert(t, exit.Done, raw, "--key", key)
	want, got := manifestOf(t, data), manifestOf(t, again)
	for i, table := range want.Tables {
		if diff := cmp.Diff(table, got.Tables[i]); diff != "" {
			t.Errorf("%s (-pull +convert):\n%s", table.Name, diff)
		}
	}
}
