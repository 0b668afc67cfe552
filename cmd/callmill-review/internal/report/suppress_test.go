package report

import (
	"testing"

	"pgregory.net/rapid"
)

// Nobody who knows all that is shown, and the rule by which the rest is hidden, can tell
// one count below five from another.
func TestSuppressedCountsStayUnknown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(0, 200)), 0, 12).Draw(t, "counts")
		must := make([]bool, len(counts))
		for i, n := range counts {
			must[i] = isFew(n) || n > 0 && rapid.IntRange(0, 9).Draw(t, "must") == 0
		}
		shown, sum := suppress(counts, must)
		for i := range counts {
			if must[i] && shown[i] {
				t.Fatalf("count %d of %v is shown", i, counts)
			}
		}
		if !sum {
			return
		}
		fewHidden, others, total := 0, 0, 0
		for i, n := range counts {
			if shown[i] {
				continue
			}
			total += n
			if isFew(n) {
				fewHidden++
			} else {
				others++
			}
		}
		// Each of the few may be 1 to 4 at the same time only if the others can make up
		// for it, which are at least five each.
		if fewHidden > 0 && (others == 0 || total < (few-1)*fewHidden+few*others) {
			t.Fatalf("%v, shown %v, with a sum of %d: %d below five, %d others", counts, shown, total, fewHidden, others)
		}
		if fewHidden+others == 1 {
			t.Fatalf("%v: one count is hidden and the sum is shown", counts)
		}
	})
}
