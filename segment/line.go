package segment

import "unicode/utf8"

// line is a script taken apart, and how it is cut: the scratch space of one
// call. Its slices are as long as the script has code points, off and best one
// longer. A byte that is not UTF-8 counts as one code point.
type line struct {
	kind []kind
	off  []int32 // where each code point begins, and the end

	// next is, where a word begins, the index after its last code point.
	next []int32

	// For Segmenter alone.
	code []uint16  // see char
	best []float64 // weight of the best path from here to the end
	from []uint8   // see viterbi
}

// maxKept is the most code points to keep scratch space for between calls, so
// that one huge script does not occupy memory forever.
const maxKept = 1 << 16

func (l *line) keep() bool { return cap(l.kind) <= maxKept }

// grow makes the slices long enough for the code points of script.
func (l *line) grow(script string) {
	n := len(script)
	if n < cap(l.kind) {
		l.trim(cap(l.kind))
		return
	}
	if n = 2 * n; n > maxKept {
		n = utf8.RuneCountInString(script)
	}
	*l = line{
		kind: make([]kind, n),
		off:  make([]int32, n+1),
		next: make([]int32, n),
		code: make([]uint16, n),
		best: make([]float64, n+1),
		from: make([]uint8, n),
	}
}

// trim shortens all slices to n code points.
func (l *line) trim(n int) {
	l.kind, l.off, l.next = l.kind[:n], l.off[:n+1], l.next[:n]
	l.code, l.best, l.from = l.code[:n], l.best[:n+1], l.from[:n]
}

// split takes script apart, each code point a word of its own.
func (l *line) split(script string) {
	l.grow(script)
	n := 0
	for i := 0; i < len(script); n++ {
		r, size := utf8.DecodeRuneInString(script[i:])
		l.kind[n], l.off[n], l.next[n] = kindOf(r), int32(i), int32(n+1)
		i += size
	}
	l.off[n] = int32(len(script))
	l.trim(n)
}

// alone reports whether code point i exists and is a word of its own, so far.
func (l *line) alone(i int) bool {
	return i < len(l.next) && int(l.next[i]) == i+1
}
