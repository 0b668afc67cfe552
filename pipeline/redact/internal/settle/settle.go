// Package settle checks, for tests, what every finder of personal data must hold for
// any text: its findings lie in their lines, on the bounds of characters and outside
// labels, and once they are masked, again and again, nothing is found any more.
package settle

import (
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/span"
)

// Failer ends a test: a testing.T, or one of rapid.
type Failer interface {
	Fatalf(format string, args ...any)
}

// Check masks what one speaker says in some lines until nothing is found, and fails
// the test if a finding is not what it must be, or not of the layer.
func Check(t Failer, find func(dst []span.Span, call []span.Line) []span.Span, layer span.Layer, lines []string) {
	call := make([]span.Line, len(lines))
	for i, text := range lines {
		call[i] = span.Line{Speaker: "Contact", Text: text}
	}
	for round := 0; ; round++ {
		spans := find(nil, call)
		for _, s := range spans {
			text := call[s.Line].Text
			if s.Start < 0 || s.Start >= s.End || s.End > len(text) || s.Layer != layer {
				t.Fatalf("%q: %+v is no part of it", text, s)
			}
			if utf8.ValidString(text) && (!utf8.RuneStart(text[s.Start]) || s.End < len(text) && !utf8.RuneStart(text[s.End])) {
				t.Fatalf("%q: %+v cuts a character", text, s)
			}
			if wall, _ := span.NextLabel(text, s.Start); wall < s.End {
				t.Fatalf("%q: %+v holds a label", text, s)
			}
		}
		if len(spans) == 0 {
			return
		}
		if round > len(strings.Join(lines, "")) {
			t.Fatalf("%q: something is found for ever", lines)
		}
		spans = span.Merge(spans)
		for i := range call {
			var here []span.Span
			for _, s := range spans {
				if s.Line == i {
					here = append(here, s)
				}
			}
			call[i].Text = span.Mask(call[i].Text, here)
		}
	}
}
