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

// groupLines is how many responses a group on disk has at most.
const groupLines = 32

// TestPullKilled kills pulls at random moments with a signal that cannot be
// caught. The next run gives the tables of an undisturbed one, and what was
// safely kept is not asked again.
func TestPullKilled(t *testing.T) {
	trials, jobs := 3, 1500
	if thorough() {
		trials, jobs = 20, 6000
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	served := simulatedAPI(t, simulate.Options{Jobs: jobs}, api.Options{})
	// At a rate that the rest of the line keeps up with, as it does with the
	// real API: what was received and is not yet on its way is asked again.
	p := newPuller(served, append([]string{"--instance", "x", "--key", keyFile(t), "--qps", "50"}, wholeWorld...)...)

	undisturbed := filepath.Join(t.TempDir(), "undisturbed")
	began := time.Now()
	if out, err := p.process("--out", undisturbed).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	length, requests := time.Since(began), served.Counts().Received
	want := tell(t, undisturbed)
	results := map[string]int{}
	for n := range trials {
		data := filepath.Join(t.TempDir(), fmt.Sprint("killed-", n))
		after := time.Duration(random.Int64N(int64(length)))
		before := served.Counts().Received
		killed := p.process("--out", data)
		if err := killed.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		killed.Process.Kill()
		finished := killed.Wait() == nil
		first := served.Counts().Received - before

		out, err := p.process("--out", data).CombinedOutput()
		if err != nil {
			t.Fatalf("the run after one killed %v after its start: %v\n%s", after, err, out)
		}
		if diff := cmp.Diff(want, tell(t, data)); diff != "" {
			t.Errorf("killed %v after its start, the tables are not the same (-undisturbed +resumed):\n%s", after, diff)
		}
		checkWhole(t, data)
		twice := served.Counts().Received - before - requests
		t.Logf("killed after %v and %d of %d requests: %d asked twice", after.Round(time.Millisecond), first, requests, twice)
		// What had been published when the run was killed is another matter:
		// the days were named, so they are fetched again.
		switch {
		case strings.Contains(string(out), "nothing new"):
			results["published"]++
		case finished:
			t.Error("a run ended well, and what it published is not there")
		case twice >= groupLines:
			t.Errorf("killed %v after its start: %d responses were asked twice, want fewer than %d", after, twice, groupLines)
		case first > groupLines && !strings.Contains(string(out), "; resumed "):
			t.Errorf("killed after %d requests, the next run resumed nothing:\n%s", first, out)
		default:
			results["not published"]++
		}
	}
	t.Logf("what killed runs left: %v", results)
}
