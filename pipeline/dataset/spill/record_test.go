package spill

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSortableTexts: texts are read back, and sort as texts do whatever follows
// them.
func TestSortableTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune{0, 1, 'a', 'ÿ'})))
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		tail := text.Draw(t, "tail")
		if got, rest, ok := CutSortable(append(AppendSortable(nil, a), tail...)); tail != "\xFF" && got != a || string(rest) != tail || !ok {
			t.Errorf("%q is read as %q with rest %q, %v, want %q", a, got, rest, ok, tail)
		}
		next := AppendInt(nil, 7)
		if got, want := bytes.Compare(append(AppendSortable(nil, a), next...), append(AppendSortable(nil, b), next...)), strings.Compare(a, b); got != want {
			t.Errorf("%q and %q compare as %d, want %d", a, b, got, want)
		}
	})
}

// TestInts: numbers are read back, and sort as numbers do.
func TestInts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		if got := Int(AppendInt(nil, a)); got != a {
			t.Errorf("%d is read as %d", a, got)
		}
		if got, want := bytes.Compare(AppendInt(nil, a), AppendInt(nil, b)), cmp.Compare(a, b); got != want {
			t.Errorf("%d and %d compare as %d, want %d", a, b, got, want)
		}
	})
}

// TestTexts: a text is read back, and what follows stays.
func TestTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, tail := rapid.String().Draw(t, "text"), rapid.String().Draw(t, "tail")
		if got, rest := CutText(append(AppendText(nil, text), tail...)); got != text || string(rest) != tail {
			t.Errorf("%q is read as %q with rest %q, want %q", text, got, rest, tail)
		}
	})
}
