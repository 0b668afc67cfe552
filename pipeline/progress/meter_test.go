package progress

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// watch runs a stage of a pull with synctest's clock and returns the JSON lines
// shown.
func watch(t *testing.T, stage func(p *Progress)) (states []jsonState) {
	t.Helper()
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		p := New(JSON, &out, false, Options{})
		p.Start("fetching", 0, "jobs")
		stage(p)
		p.Done()
	})
	for line := range strings.Lines(out.String()) {
		var state jsonState
		if err := json.Unmarshal([]byte(line), &state); err != nil {
			t.Fatal(err)
		}
		states = append(states, state)
	}
	return states
}

// fetch adds perSecond jobs a second.
func fetch(p *Progress, seconds, perSecond int) {
	for range seconds {
		time.Sleep(time.Second)
		p.Add(int64(perSecond))
	}
}

// At a steady rate the estimate is exact.
func TestSteady(t *testing.T) {
	began := time.Time{}
	states := watch(t, func(p *Progress) {
		began = time.Now()
		p.Grow(6_000)
		fetch(p, 300, 20)
	})
	if len(states) != 61 {
		t.Fatalf("%d lines in 300 seconds", len(states))
	}
	for _, s := range states[:len(states)-2] {
		if s.SecondsLeft == nil {
			t.Fatalf("no remaining time in %+v", s)
		}
		end := s.Time.Sub(began).Seconds() + *s.SecondsLeft
		if s.Rate != 20 || math.Abs(end-300) > 1 {
			t.Errorf("after %s: %.1f/s, and the end after %.1f s, want 20/s and 300 s", s.Time.Sub(began), s.Rate, end)
		}
	}
	if last := states[len(states)-1]; !last.Final || last.Done != 6_000 || last.Rate != 20 || last.SecondsLeft != nil {
		t.Errorf("the last line is %+v", last)
	}
}

// The jobs of a resumed run are done at once and soon do not affect the estimate.
func TestResumed(t *testing.T) {
	states := watch(t, func(p *Progress) {
		p.Grow(60_000)
		p.Add(50_000)
		fetch(p, 200, 10)
	})
	s := states[15] // after 80 s
	if s.Rate != 10 || s.SecondsLeft == nil || math.Abs(*s.SecondsLeft-(10_000-800)/10) > 1 {
		t.Errorf("after 80 s it shows %+v", s)
	}
}

// While the API throttles everything, lines are still shown, at last without an
// estimate. Afterwards the estimate recovers.
func TestThrottled(t *testing.T) {
	states := watch(t, func(p *Progress) {
		p.Grow(100_000)
		fetch(p, 30, 100)
		for range 120 {
			time.Sleep(time.Second)
			p.Count(Throttles, 2)
			p.Count(Retries, 1)
			p.Add(0)
		}
		fetch(p, 90, 100)
	})
	quiet, again := states[28], states[46] // after 145 s, and 235 s
	if quiet.Throttles != 230 || quiet.Retries != 115 || quiet.Rate != 0 || quiet.SecondsLeft != nil || quiet.Done != 3_000 {
		t.Errorf("while nothing comes it shows %+v", quiet)
	}
	if again.Rate != 100 || again.SecondsLeft == nil || again.Throttles != 240 {
		t.Errorf("when it goes on it shows %+v", again)
	}
	for i, s := range states[1:] {
		if gap := s.Time.Sub(states[i].Time); gap > 5*time.Second {
			t.Errorf("nothing is shown for %s", gap)
		}
	}
}

// When the last few take longer than all the others, there is no estimate that has
// passed already.
func TestTheLastFew(t *testing.T) {
	states := watch(t, func(p *Progress) {
		p.Grow(1_000)
		fetch(p, 11, 90)
		fetch(p, 30, 0)
		p.Add(10)
	})
	early, late := states[0], states[5] // after 5 s, and 30 s
	if early.SecondsLeft == nil || late.Done != 990 || late.SecondsLeft != nil {
		t.Errorf("it shows %+v and then %+v", early, late)
	}
}

func TestRateOverNoTime(t *testing.T) {
	for _, d := range []time.Duration{-time.Second, 0, time.Millisecond} {
		if got := perSecond(5, d); got != 0 {
			t.Errorf("5 in %s are %v per second, want unknown", d, got)
		}
	}
}
