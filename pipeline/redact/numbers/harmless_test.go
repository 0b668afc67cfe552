package numbers_test

import (
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/redact/numbers"
	"callmill/pipeline/redact/span"
)

func TestHarmless(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "3635.12": true, "7": true, "38.4%": true, "08:30-17:30": false, "08:30": true,
		"2026-01-18": true, "2026-01-18 08:01": true, "2026-01-18 08:01:09": true, "2026-01-18 08:01:09.3": true,
		"2026-01-18 ": false, "2026-01-18 08:01:09.": false, "2026-01-18 08:01:09.3333": false, "2026-71-18": false, "1002-00-00": false, "10020000001": false,
		"1234567": false, "a1": false, "3栋": false, "１２": false, "1@2": false,
	} {
		if got := numbers.Harmless(text); got != want {
			t.Errorf("%q: harmless is %v, want %v", text, got, want)
		}
	}
}

// In what is harmless nothing is found.
func TestHarmlessHoldsNothing(t *testing.T) {
	f := numbers.New()
	figures := rapid.OneOf(
		rapid.StringMatching(`[0-9.,:/()+*#% -]{0,12}`),
		rapid.StringMatching(`20[0-9]{2}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?)?`),
		rapid.StringMatching(`[!-?\[-^{-~ ]{0,12}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := figures.Draw(t, "text")
		if !numbers.Harmless(text) {
			return
		}
		if found := f.Find(nil, []span.Line{{Text: text}}); len(found) > 0 {
			t.Fatalf("%q: found %v", text, found)
		}
	})
}
