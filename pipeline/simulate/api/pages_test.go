package api

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A page has rows of the list, at most as many as requested; a doubled one has a row
// twice; a moved one has consecutive rows.
func TestRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, first, size := rapid.IntRange(0, 60).Draw(t, "total"), rapid.IntRange(0, 70).Draw(t, "first"), rapid.IntRange(1, 20).Draw(t, "size")
		q := &request{
			fault: rapid.SampledFrom([]fault{noFault, faultMoved, faultDoubled}).Draw(t, "fault"),
			dice:  rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)),
		}
		rows := q.rows(total, first, size)
		right := (&request{}).rows(total, first, size)
		if want := max(min(first+size, total)-first, 0); len(right) != want {
			t.Fatalf("%d rows, want %d", len(right), want)
		}
		if len(rows) > size || slices.ContainsFunc(rows, func(n int) bool { return n < 0 || n >= total }) {
			t.Fatalf("%v", rows)
		}
		steps := map[int]int{}
		for i := 1; i < len(rows); i++ {
			steps[rows[i]-rows[i-1]]++
		}
		switch {
		case q.fault == noFault && !slices.Equal(rows, right):
			t.Fatalf("%v, want %v", rows, right)
		case q.fault == faultDoubled && len(right) > 1 && (steps[0] != 1 || len(rows) != len(right)):
			t.Fatalf("%v of %v", rows, right)
		case q.fault == faultMoved && (steps[1] != max(len(rows)-1, 0) || len(right) == size && first > 0 && slices.Equal(rows, right)):
			t.Fatalf("%v of %v", rows, right)
		}
	})
}
