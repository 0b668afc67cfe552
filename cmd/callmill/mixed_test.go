package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"callmill/cmd/internal/exit"
)

// TestMixedNights: a fortnight in which every other night is spoiled, each in ways of its
// own, and the API is late by more or less. Three good nights later the tables are what
// the API shows.
func TestMixedNights(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: pulls for many nights")
	}
	seeds := 3
	switch {
	case thorough():
		seeds = 300
	case os.Getenv("CALLMILL_NIGHTS") == "1":
		seeds = 30
	}
	n := newNights(t)
	t.Run("nights", func(t *testing.T) {
		for seed := range uint64(seeds) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				n.playMixed(t, rand.New(rand.NewPCG(seed, 0)))
			})
		}
	})
}

func (n *nights) playMixed(t *testing.T, random *rand.Rand) {
	s := &scenario{people: few, begin: begins[random.IntN(len(begins))], lag: lags[random.IntN(len(lags))]}
	b := newBed(t, n.world(s.people), n.key, s.begin, s.lag)
	data := filepath.Join(quickDir(t), "data")
	var lately map[string]bool // jobs of answers that said what was not so, since the last good night
	touched := map[string]bool{}
	for night := range fortnight {
		how := drawSpoil(random)
		b.lagged.Store(random.IntN(2) == 0)
		b.spoiler.begin(how)
		got := b.run(t, night, data)
		name := "none"
		if how.mode != nil {
			name = how.mode.name
		}
		t.Logf("night %d: %s of %v (share %g), late %t: exit code %d", night+1, name, how.actions, how.share, b.lagged.Load(), got.code)
		if got.code != exit.Done && got.code != exit.Published && got.code != exit.Failed {
			t.Fatalf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
		}
		if _, _, lately = b.met(); how.mode != nil && saysWhatIsNotSo(how.mode) {
			for id := range lately {
				touched[id] = true
			}
		}
	}
	b.spoiler.begin(spoil{})
	b.lagged.Store(false)
	const good = 3
	for i := range good {
		if got := b.run(t, fortnight+i, data); got.code != exit.Done && got.code != exit.Published {
			t.Fatalf("good night %d: exit code %d: %s%s", i+1, got.code, got.stdout, got.stderr)
		}
	}
	_, asked, _ := b.met()
	last := fortnight + good - 1
	shows := n.shows(t, s, last)
	found := read(t, data).differences(shows, midnight(b.at(last)), func(id string) bool { return touched[id] && !asked[id] })
	if len(found) > 0 {
		t.Errorf("%d of %d jobs are not what the API shows:\n%s", len(found), len(shows.jobs), describe(found))
	}
}

// saysWhatIsNotSo reports whether jobs of a spoiled answer look whole and are not. Seen
// so on two nights, that is believed.
func saysWhatIsNotSo(m *mode) bool {
	return m.kind == forges || slices.Contains([]string{"shrink", "no-tasks", "mute", "half-mute"}, m.name)
}

// drawSpoil draws a way to spoil a night, for half of them none. Nights that hide a day
// are not among them: several in a row are believed.
func drawSpoil(random *rand.Rand) spoil {
	m := &modes[random.IntN(len(modes))]
	if random.IntN(2) == 0 || m.kind == hides || len(m.of) == 0 {
		return spoil{}
	}
	how := spoil{mode: m}
	if random.IntN(2) == 0 {
		how.actions = []string{m.of[random.IntN(len(m.of))]}
	}
	if random.IntN(2) == 0 {
		how.share = 0.5
	}
	return how
}
