//go:build cgo

package main

import (
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/schema"
)

// What is worse is listed apart from what is better, each under its heading.
func TestWorseApartFromBetter(t *testing.T) {
	number := func(value string, excess float64) contrast.Finding {
		return contrast.Finding{
			Name: contrast.Name{Dimension: contrast.Number, Value: value}, Calls: 100, Observed: 50 + int(excess),
			Expected: 50, Excess: excess, Low: excess - 5, High: excess + 5, Z: excess / 5,
		}
	}
	for _, tt := range []struct {
		findings []contrast.Finding
		want     []string
	}{
		{[]contrast.Finding{number("1", -30), number("2", -20), number("3", 20)}, []string{"fewer", "1", "2", "more", "3"}},
		{[]contrast.Finding{number("1", -30)}, []string{"fewer", "1"}},
		{[]contrast.Finding{number("3", 20)}, []string{"3"}}, // all there is in phrases
	} {
		a := answers{asked: []asked{{Measure: "answered", verb: measure.IsAnswered.Verb(), Answer: contrast.Answer{Findings: tt.findings}}}}
		var text strings.Builder
		if err := a.write(&text, table.Text, schema.English); err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(text.String()) {
			if word, ok := strings.CutSuffix(line, " than in calls like them:\n"); ok {
				got = append(got, word)
			} else if _, value, ok := strings.Cut(line, "number  "); ok {
				got = append(got, strings.TrimSpace(value))
			}
		}
		if strings.Join(got, " ") != strings.Join(tt.want, " ") {
			t.Errorf("%v, want %v:\n%s", got, tt.want, &text)
		}
	}
}
