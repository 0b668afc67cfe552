package texts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"callmill/pipeline/redact/span"
	"callmill/pipeline/redact/texts"
)

// crosswoz returns the real dialogues beside the repository: what people say who ask
// for restaurants, sights and hotels, and for the telephone numbers, addresses, hours
// and prices of these.
func crosswoz(t *testing.T) (calls [][]span.Line) {
	t.Helper()
	names, err := filepath.Glob("../../../../shared/data/crosswoz/resp-*.json")
	if err != nil || len(names) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("no shared/data/crosswoz beside the repository")
		}
		t.Skip("no shared/data/crosswoz beside the repository")
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var response struct {
			Jobs []struct {
				Tasks []struct {
					Conversation []struct{ Speaker, Script string }
				}
			}
		}
		if err := json.Unmarshal(body, &response); err != nil {
			t.Fatal(err)
		}
		for _, job := range response.Jobs {
			for _, task := range job.Tasks {
				var call []span.Line
				for _, turn := range task.Conversation {
					call = append(call, span.Line{Speaker: turn.Speaker, Text: turn.Script})
				}
				if len(call) > 0 {
					calls = append(calls, call)
				}
			}
		}
	}
	return calls
}

var (
	// long matches what must not survive: seven digits or more, with an area code or
	// an extension too.
	long = regexp.MustCompile(`[0-9]{7,}|[0-9]{3,4}-[0-9]{7,8}`)

	// stay match what must survive, with how often the dialogues have it at least.
	stay = []struct {
		name  string
		match *regexp.Regexp
		least int
	}{
		{"dates", regexp.MustCompile(`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}月[0-9]{1,2}[日号]`), 12},
		{"price ranges", regexp.MustCompile(`[0-9]{2,5}-[0-9]{2,5}(元|块)?`), 750},
		{"prices", regexp.MustCompile(`[0-9.]+(元|块)`), 1100},
		{"opening hours", regexp.MustCompile(`[0-9]{1,2}[:：][0-9]{2}([-－~—]+(次日)?[0-9]{1,2}[:：][0-9]{2})?`), 160},
		{"ratings", regexp.MustCompile(`[0-9](\.[0-9])?分`), 900},
	}
)

// Of the real dialogues every long number goes, every date, price and opening time
// stays, and next to nothing else goes. Numbers and addresses are those of shops:
// there is no telling them from others.
func TestCrosswozKeepsDatesPricesHours(t *testing.T) {
	m := texts.New()
	lines, numbers, addresses := 0, 0, 0
	kept := make([]int, len(stay))
	var wrong []string
	for _, call := range crosswoz(t) {
		lines += len(call)
		before := slices.Clone(call)
		for _, s := range m.Find(nil, call) {
			switch text := call[s.Line].Text[s.Start:s.End]; {
			case s.Layer == span.Numbers && long.MatchString(text):
				numbers++
			case s.Kind == span.Address:
				addresses++
			default:
				wrong = append(wrong, string(s.Kind)+" "+text+" in "+call[s.Line].Text)
			}
		}
		m.Mask(call)
		for i := range call {
			said, left := before[i].Text, call[i].Text
			if long.MatchString(left) {
				t.Errorf("%s holds a long number, of %s", left, said)
			}
			// What is part of a number that must go is none of these.
			said = long.ReplaceAllString(said, "#")
			for k, s := range stay {
				want, got := s.match.FindAllString(said, -1), s.match.FindAllString(left, -1)
				if !slices.Equal(want, got) {
					t.Errorf("%s: %q of %s, %q of %s", s.name, want, said, got, left)
				}
				kept[k] += len(want)
			}
		}
	}
	t.Logf("%d lines: %d numbers, %d addresses, %d other masks", lines, numbers, addresses, len(wrong))
	for k, s := range stay {
		t.Logf("%d %s", kept[k], s.name)
		if kept[k] < s.least {
			t.Errorf("the dialogues have %d %s, want at least %d: they are not the ones this test was written for", kept[k], s.name, s.least)
		}
	}
	if lines == 0 || numbers < 480 {
		t.Errorf("%d long numbers in %d lines, want at least 480", numbers, lines)
	}
	if 1000*len(wrong) > 3*lines {
		t.Errorf("%d masks of what is nobody's in %d lines, want at most 3 in 1,000", len(wrong), lines)
		for _, w := range wrong {
			t.Log(w)
		}
	}
}
