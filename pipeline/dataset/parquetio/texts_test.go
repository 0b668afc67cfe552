package parquetio

import (
	"testing"

	"pgregory.net/rapid"
)

// What head says of two texts is so.
func TestHeadsAreInOrder(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("\x00\x01ab好")), 0, 10, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if head(a) < head(b) && a >= b || a == b && head(a) != head(b) {
			t.Fatalf("%q has head %x, %q has %x", a, head(a), b, head(b))
		}
	})
}
