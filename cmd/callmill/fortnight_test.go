package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// alarm is a clock that is set to the beginning of each night, and runs.
type alarm struct{ ahead time.Duration }

func (a *alarm) set(t time.Time) { a.ahead = time.Until(t) }

func (a *alarm) Now() time.Time { return time.Now().Add(a.ahead) }

// TestFortnight runs the nights of a fortnight one after the other, against an
// API that has no more of the world each night than there is by then. The
// tables are those of a pull at once.
func TestFortnight(t *testing.T) {
	clock := &alarm{}
	served := simulatedAPI(t, simulate.Options{People: 300}, api.Options{Now: clock.Now, Clock: clock.Now})
	p := newPuller(served, "--instance", "x", "--key", keyFile(t))
	p.now = clock.Now
	nightly, atOnce := filepath.Join(t.TempDir(), "nightly"), filepath.Join(t.TempDir(), "at-once")
	first := time.Date(2026, 1, 18, 1, 30, 0, 0, china)
	for night := range 16 { // two more, for what was pending
		clock.set(first.AddDate(0, 0, night))
		p.pull(t, exit.Done, "--out", nightly, "--catch-up", "1d")
		checkCovered(t, nightly, "x", first.Add(-90*time.Minute).AddDate(0, 0, -1), first.Add(-90*time.Minute).AddDate(0, 0, night))
	}
	p.pull(t, exit.Done, "--out", atOnce, "--from", "2026-01-17", "--to", "2026-02-01")
	if diff := cmp.Diff(tell(t, atOnce), tell(t, nightly)); diff != "" {
		t.Errorf("the tables are not the same (-at once +nightly):\n%s", diff)
	}
	if n := len(jobIDs(t, nightly)); n != served.world.Len() {
		t.Errorf("%d jobs, the world has %d", n, served.world.Len())
	}
	run := lastRun(t, nightly)
	if began := run.Started; !began.After(first) || began.After(clock.Now()) {
		t.Errorf("the last night began at %v", began)
	}
	checkWhole(t, nightly)
}
