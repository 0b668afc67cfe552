package digit

import (
	"testing"
	"unicode"
)

func TestValue(t *testing.T) {
	for r, want := range map[rune]byte{'7': 7, '７': 7, '٣': 3, '𝟏': 1, '\U0001E959': 9} {
		if got, ok := Value(r); !ok || got != want {
			t.Errorf("Value(%c) = %d, %t, want %d", r, got, ok, want)
		}
	}
	for _, r := range "/:a七½\u00b2" {
		if got, ok := Value(r); ok {
			t.Errorf("Value(%c) = %d, want none", r, got)
		}
	}
}

// Value depends on this.
func TestDigitRangesHoldWholeTens(t *testing.T) {
	for _, r := range unicode.Nd.R16 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("range %U–%U of Nd is not made of whole tens", r.Lo, r.Hi)
		}
	}
	for _, r := range unicode.Nd.R32 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("range %U–%U of Nd is not made of whole tens", r.Lo, r.Hi)
		}
	}
}
