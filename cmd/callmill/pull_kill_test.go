package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
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

// TestNightBetween: a backfill is killed, the night's run fetches what is due, and
// the backfill, given again, still has what it had received and asks for the rest.
func TestNightBetween(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills a run")
	}
	t.Parallel()
	days := newCalendar()
	served := simulatedAPI(t, days.world(1000), api.Options{})
	p := newPuller(served, "--instance", "x", "--key", keyFile(t))
	backfill := []string{"--from", days.ago(7), "--to", days.ago(2)}
	undisturbed, data := filepath.Join(t.TempDir(), "undisturbed"), filepath.Join(t.TempDir(), "data")
	p.pull(t, exit.Done, append(backfill, "--out", undisturbed)...)
	whole := served.Counts().Received

	killed := p.process(append(backfill, "--out", data, "--qps", "12")...)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	kept := map[string]int{} // lines on disk by action
	for deadline := time.Now().Add(time.Minute); kept["ListJobs"] < 3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("kept are %v", kept)
		}
		kept = keptLines(t, data)
	}
	killed.Process.Kill()
	if killed.Wait() == nil {
		t.Fatal("it ended before it was killed")
	}

	p.pull(t, exit.Done, "--out", data, "--catch-up", "1d")
	night := lastRun(t, data).Pull
	if night.ResumedRun != "" || night.Asked == 0 {
		t.Errorf("the night asked for %d jobs, and resumed %q", night.Asked, night.ResumedRun)
	}
	before := served.Counts().Received
	p.pull(t, exit.Done, append(backfill, "--out", data)...)
	again := lastRun(t, data).Pull
	if again.ResumedRun == "" || again.Resumed == 0 {
		t.Errorf("the backfill resumed %q, which had %d jobs", again.ResumedRun, again.Resumed)
	}
	// What the night left pending is asked for besides.
	most := whole + int(night.Pending)/99 + 2
	for _, n := range kept {
		most -= n
	}
	if n := served.Counts().Received - before; n > most {
		t.Errorf("%d requests, undisturbed it takes %d, and on disk were %v", n, whole, kept)
	}
	checkWhole(t, data)
}

// keptLines counts the responses in raw/ of a dataset by action.
func keptLines(t *testing.T, data string) map[string]int {
	t.Helper()
	counts, dir := map[string]int{}, filepath.Join(data, "raw")
	runs, err := rawlog.Runs(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		err := rawlog.Texts(t.Context(), filepath.Join(dir, run), func(_ string, text []byte) error {
			for line := range bytes.Lines(text) {
				var l schema.RawLine
				if err := json.Unmarshal(line, &l); err != nil {
					return err
				}
				counts[l.Action]++
			}
			return nil
		}, func(string, int, int, bool) {})
		if err != nil {
			t.Fatal(err)
		}
	}
	return counts
}
