package simulated_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/pipeline/simulate"
)

func TestWorld(t *testing.T) {
	c, truth := simulated.World(t, simulate.Options{People: 300, Seed: 3})
	answered, said := 0, 0
	for i := range c.Calls {
		call := &c.Calls[i]
		if i > 0 && c.Calls[i-1].Day > call.Day {
			t.Fatalf("call %d is of day %v, after %v", i, call.Day, c.Calls[i-1].Day)
		}
		if truth.Job(call).Version != c.Versions.String(call.Version) {
			t.Errorf("call %d is of version %q, want %q", i, c.Versions.String(call.Version), truth.Job(call).Version)
		}
		if !call.Facts.Is(corpus.Answered) {
			if call.LineCount > 0 {
				t.Errorf("call %d, which nobody answered, has %d lines", i, call.LineCount)
			}
			continue
		}
		answered++
		turns := truth.Turns(call)
		for _, line := range c.Of(call) {
			text := c.Texts[line.Text]
			if text.Speaker == corpus.Contact && text.Script != "" && turns[line.Turn].Said == "say" {
				t.Errorf("%q is the contact's, but the truth has a line of the robot there", text.Script)
			}
			said++
		}
	}
	if answered < 50 || said < 10*answered/2 {
		t.Errorf("%d answered calls with %d lines", answered, said)
	}
}
