package flatten

import (
	"slices"

	"callmill/schema"
)

// Larger buffers are dropped after a job instead of kept for the next: one huge job
// should not hold its memory for the rest of the run.
const (
	maxKeptRows  = 1 << 14 // some 4 MB of turns
	maxKeptTexts = 1 << 18 // 4 MB
	maxKeptBytes = 4 << 20
)

// reset empties the buffers, and grows those that rows point into.
func (f *Flattener) reset(j *schema.Job) {
	turns, summaries := 0, len(j.Summaries)
	for i := range j.Tasks {
		turns += len(j.Tasks[i].Turns)
		for k := range j.Tasks[i].Turns {
			summaries += len(j.Tasks[i].Turns[k].Summaries)
		}
	}
	f.rows.Tasks = empty(f.rows.Tasks, len(j.Tasks), maxKeptRows)
	f.rows.Turns = empty(f.rows.Turns, turns, maxKeptRows)
	f.rows.Contacts = empty(f.rows.Contacts, len(j.Contacts), maxKeptRows)
	f.rows.Extras = empty(f.rows.Extras, len(j.Extras), maxKeptRows)
	f.rows.Summaries = empty(f.rows.Summaries, summaries, maxKeptRows)
	f.gaps = empty(f.gaps, turns, maxKeptTexts)
	f.indexes = empty(f.indexes, summaries, maxKeptTexts)

	f.texts = empty(f.texts, 1, maxKeptTexts)
	f.clues = empty(f.clues, 0, maxKeptTexts)
	f.words = empty(f.words, 0, maxKeptTexts)
	f.slots = empty(f.slots, 0, maxKeptBytes)
	f.spans = empty(f.spans, 0, maxKeptTexts)
}

// empty returns buf without elements and with room for need, or a new buffer if buf
// is larger than is worth keeping.
func empty[T any](buf []T, need, maxKept int) []T {
	if cap(buf) > max(maxKept, need) {
		return make([]T, 0, need)
	}
	return slices.Grow(buf[:0], need)
}
