package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// TestRequestsOfNights: fourteen ordinary nights, their lookback and facts included,
// cost no more requests than with the callmill that searched no day twice and read
// every campaign again (commit c3b2701). most was measured with it in the same world.
func TestRequestsOfNights(t *testing.T) {
	tests := []struct {
		people int
		seed   uint64
		at     time.Duration // after midnight
		most   int
	}{
		{300, 1, 10 * time.Minute, 217},
		{300, 1, 90 * time.Minute, 217},
		{300, 1, 870 * time.Minute, 217},
		{300, 2, 10 * time.Minute, 219},
		{300, 2, 90 * time.Minute, 219},
		{300, 2, 870 * time.Minute, 218},
		{2000, 1, 10 * time.Minute, 362},
		{2000, 1, 90 * time.Minute, 336},
		{2000, 1, 870 * time.Minute, 322},
		{2000, 2, 10 * time.Minute, 364},
		{2000, 2, 90 * time.Minute, 337},
		{2000, 2, 870 * time.Minute, 327},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprintf("%d people, seed %d, %s", tt.people, tt.seed, tt.at), func(t *testing.T) {
			if testing.Short() && i > 0 {
				t.Skip("-short: one world is enough")
			}
			t.Parallel()
			clock := &alarm{}
			served := simulatedAPI(t, simulate.Options{People: tt.people, Seed: tt.seed}, api.Options{Now: clock.Now, Clock: clock.Now})
			p := newPuller(served, "--instance", "x", "--key", keyFile(t))
			p.now = clock.Now
			data := filepath.Join(t.TempDir(), "data")
			first := time.Date(2026, 1, 18, 0, 0, 0, 0, china).Add(tt.at)
			var nights []int
			for night := range 14 {
				before := served.Counts().Received
				clock.set(first.AddDate(0, 0, night))
				if got := p.run(t, "--out", data); got.code != exit.Done && !strings.Contains(got.stdout, "without a call, not covered yet") {
					t.Fatalf("night %d: exit code %d\n%s%s", night+1, got.code, got.stdout, got.stderr)
				}
				nights = append(nights, served.Counts().Received-before)
			}
			c := served.Counts()
			t.Logf("%d requests, the callmill before made %d", c.Received, tt.most)
			if c.Received > tt.most {
				t.Errorf("%d requests, %v, by night %v, want at most %d", c.Received, c.Actions, nights, tt.most)
			}
		})
	}
}
