package segment

import "unicode/utf8"

// line is a script taken apart, and how it is cut: the scratch space of one
// call. Its slices are as long as the script has code points, off one longer.
// A byte that is no UTF-8 counts as one code point.
type line struct {
	kind []kind
	off  []int32 // where each code point begins, and the end

	// next is, where a word begins, the index after its last code point.
	next []int32
}

// maxKept is the most code points whose scratch space is kept for later calls,
// so that one endless script does not stay in memory for good.
const maxKept = 1 << 16

// grow makes room for n code points.
func (l *line) grow(n int) {
	if cap(l.off) <= n {
		size := n + n/4 + 64
		l.kind = make([]kind, size)
		l.off = make([]int32, size+1)
		l.next = make([]int32, size)
	}
	l.kind, l.off, l.next = l.kind[:n], l.off[:n+1], l.next[:n]
}

// split takes script apart, each code point a word of its own.
func (l *line) split(script string) {
	l.grow(len(script))
	n := 0
	for i := 0; i < len(script); n++ {
		r, size := utf8.DecodeRuneInString(script[i:])
		l.kind[n] = kindOf(r)
		l.off[n] = int32(i)
		l.next[n] = int32(n + 1)
		i += size
	}
	l.off[n] = int32(len(script))
	l.kind, l.off, l.next = l.kind[:n], l.off[:n+1], l.next[:n]
}

// alone reports whether code point i exists and is a word of its own, so far.
func (l *line) alone(i int) bool {
	return i < len(l.next) && int(l.next[i]) == i+1
}
