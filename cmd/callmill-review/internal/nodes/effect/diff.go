package effect

import (
	"github.com/sergi/go-diff/diffmatchpatch"
)

// Part is a piece of one or both of two texts.
type Part struct {
	Text string
	// Of the text before only, or of the one after only; neither: of both.
	Before, After bool
}

// Diff returns the parts of two texts, in order: those of the second, joined without what
// is of the first only, are the second. Differences are whole phrases rather than all
// characters that happen to differ.
func Diff(before, after string) []Part {
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // the result must not depend on the time it takes
	diffs := differ.DiffCleanupSemantic(differ.DiffMainRunes([]rune(before), []rune(after), false))
	parts := make([]Part, 0, len(diffs))
	for _, d := range diffs {
		parts = append(parts, Part{d.Text, d.Type == diffmatchpatch.DiffDelete, d.Type == diffmatchpatch.DiffInsert})
	}
	return parts
}
