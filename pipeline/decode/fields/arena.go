package fields

import "callmill/schema"

// arena holds slices that live as long as a document and whose memory then
// serves the next one.
type arena[T any] struct {
	chunks [][]T
	at     int // the chunk being filled
}

// Chunks double in length from the first to the largest that is kept.
const (
	firstChunk   = 512
	largestChunk = 64 << 10
)

// keep copies src. The copy is valid until reset; nil where src is empty.
func (a *arena[T]) keep(src []T) []T {
	if len(src) == 0 {
		return nil
	}
	for ; a.at < len(a.chunks); a.at++ {
		c := a.chunks[a.at]
		if cap(c)-len(c) >= len(src) {
			return a.fill(c, src)
		}
	}
	size := min(firstChunk<<min(len(a.chunks), 16), largestChunk)
	c := make([]T, 0, max(size, len(src)))
	a.chunks = append(a.chunks, c)
	return a.fill(c, src)
}

func (a *arena[T]) fill(c, src []T) []T {
	n := len(c)
	c = append(c, src...)
	a.chunks[a.at] = c
	return c[n:len(c):len(c)]
}

// one is keep for a single value.
func (a *arena[T]) one(v T) *T { return &a.keep([]T{v})[0] }

// reset takes all memory back, and lets go of what a job of unusual size
// needed and of what the kept values point to.
func (a *arena[T]) reset() {
	kept := a.chunks[:0]
	for _, c := range a.chunks {
		clear(c)
		if cap(c) <= largestChunk {
			kept = append(kept, c[:0])
		}
	}
	clear(a.chunks[len(kept):])
	a.chunks, a.at = kept, 0
}

// memory is what the items of a document point to.
type memory struct {
	texts    arena[byte]
	jobs     arena[schema.Job]
	tasks    arena[schema.Task]
	turns    arena[schema.Turn]
	contacts arena[schema.Contact]
	extras   arena[schema.Extra]
	results  arena[schema.Summary]
	facts    arena[schema.TaskFacts]
	expected arena[schema.Expected]
	strings  arena[string]
	int32s   arena[int32]
	int64s   arena[int64]
	booleans arena[bool]
}

// reset takes back the memory of everything that was kept.
func (m *memory) reset() {
	for _, a := range [...]interface{ reset() }{
		&m.texts, &m.jobs, &m.tasks, &m.turns, &m.contacts, &m.extras, &m.results, &m.facts, &m.expected, &m.strings, &m.int32s, &m.int64s, &m.booleans,
	} {
		a.reset()
	}
}
