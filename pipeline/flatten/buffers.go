package flatten

// Buffers larger than this are given up instead of reused: one huge job should
// not hold its memory for the rest of the run.
const (
	maxKeptRows  = 1 << 14 // some 4 MB of turns
	maxKeptTexts = 1 << 18 // 4 MB
	maxKeptBytes = 4 << 20
)

// begin empties the buffers that are of one job only.
func (f *Flattener) begin() {
	f.rows.Reset(maxKeptRows)
	f.words = empty(f.words, maxKeptTexts)
	f.slots = empty(f.slots, maxKeptBytes)
	f.spans = empty(f.spans, maxKeptTexts)
}

// Reset reuses the memory that earlier rows point to.
func (f *Flattener) Reset() {
	f.texts = empty(f.texts, maxKeptTexts)
	f.gaps = empty(f.gaps, maxKeptTexts)
	f.indexes = empty(f.indexes, maxKeptTexts)
}

// empty returns buf without elements, or a new buffer where buf is larger than
// is worth keeping. It is never nil.
func empty[T any](buf []T, maxKept int) []T {
	if cap(buf) > maxKept {
		return make([]T, 0, 1)
	}
	return buf[:0]
}
