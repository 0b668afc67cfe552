package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// underWay is how many requests are under way at most, until their responses
// are on disk.
const underWay = 31

// TestPullKilled kills pulls at random moments with a signal that cannot be
// caught. The next run gives the tables of an undisturbed one, and of what was
// received only that is asked again which was not on disk yet: the simulated
// API counts.
func TestPullKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills runs")
	}
	trials, jobs := 2, 1500
	if thorough() {
		trials, jobs = 20, 6000
	}
	for _, qps := range []string{"50", "400"} {
		t.Run("qps "+qps, func(t *testing.T) {
			served := simulatedAPI(t, simulate.Options{People: jobs}, api.Options{})
			p := newPuller(served, append([]string{"--instance", "x", "--key", keyFile(t), "--qps", qps}, wholeWorld...)...)
			killPulls(t, p, trials)
		})
	}
}

func killPulls(t *testing.T, p *puller, trials int) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	undisturbed := filepath.Join(t.TempDir(), "undisturbed")
	began := time.Now()
	if out, err := p.process("--out", undisturbed).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	length, requests := time.Since(began), p.api.Counts().Received
	want := tell(t, undisturbed)
	results, most := map[string]int{}, 0
	for n := range trials {
		data := filepath.Join(t.TempDir(), fmt.Sprint("killed-", n))
		after := time.Duration(random.Int64N(int64(length)))
		before := p.api.Counts().Received
		killed := p.process("--out", data)
		if err := killed.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		killed.Process.Kill()
		finished := killed.Wait() == nil
		first := p.api.Counts().Received - before

		out, err := p.process("--out", data).CombinedOutput()
		if err != nil {
			t.Fatalf("the run after one killed %v after its start: %v\n%s", after, err, out)
		}
		if diff := cmp.Diff(want, tell(t, data)); diff != "" {
			t.Errorf("killed %v after its start, the tables are not the same (-undisturbed +resumed):\n%s", after, diff)
		}
		checkWhole(t, data)
		twice := p.api.Counts().Received - before - requests
		t.Logf("killed after %v and %d of %d requests: %d asked twice", after.Round(time.Millisecond), first, requests, twice)
		// What had been published when the run was killed is another matter:
		// the days were named, so they are fetched again.
		switch {
		case strings.Contains(string(out), "nothing new"):
			results["published"]++
			continue
		case finished:
			t.Error("a run ended well, and what it published is not there")
		case twice > underWay:
			t.Errorf("killed %v after its start: %d requests were sent twice, want at most %d", after, twice, underWay)
		case first > underWay && !strings.Contains(string(out), "; resumed "):
			t.Errorf("killed after %d requests, the next run resumed nothing:\n%s", first, out)
		}
		results["not published"]++
		most = max(most, twice)
	}
	t.Logf("what killed runs left: %v; at most %d requests were sent twice", results, most)
}
