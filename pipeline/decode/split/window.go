package split

import (
	"errors"
	"io"
	"slices"

	"callmill/pipeline/decode/jsonscan"
)

// window is the part of the input that is in memory, and a scanner over it.
type window struct {
	jsonscan.Scanner
	in      io.Reader
	chunk   int      // bytes to read at a time, at least
	limit   int      // bytes that one step may need
	base    int64    // offset in the input of the first byte
	ended   bool     // the input was read to its end, or to err
	err     error    // of the input
	records []record // being made, the innermost last
}

// record is the beginning of what is read from a position on.
type record struct {
	Beginning
	from int // what the window has from here on is not yet in it
}

// more reads on. It returns false at the end of the input.
func (w *window) more() bool {
	if w.ended {
		return false
	}
	size := len(w.Text) + max(w.chunk, len(w.Text)-w.Pos)
	w.Text = slices.Grow(w.Text, size-len(w.Text))
	for !w.ended && len(w.Text) < size {
		n, err := w.in.Read(w.Text[len(w.Text):size])
		w.Text = w.Text[:len(w.Text)+n]
		if err != nil {
			w.ended = true
			if !errors.Is(err, io.EOF) {
				w.err = err
			}
		}
	}
	return true
}

// upTo returns the text from start on, at least n bytes where the input has as
// many, and whether the input ends where it does.
func (w *window) upTo(start, n int) (text []byte, final bool) {
	for len(w.Text)-start < n && w.more() {
	}
	if len(w.Text)-start > n {
		return w.Text[start : start+n], false
	}
	return w.Text[start:], w.ended
}

// peek skips white space and returns the byte at Pos, jsonscan.End at the end
// of the input.
func (w *window) peek() byte {
	for {
		if c := w.Next(); c != jsonscan.End || !w.more() {
			return c
		}
	}
}

// tooLong is the code of a step that needs more than limit.
const tooLong = "too_long"

// step runs one step of the scanner, again with more text where it came to the
// end of the window, so that its result does not depend on where that is.
func (w *window) step(one func() bool) bool {
	pos, depth := w.Pos, w.Depth
	for {
		ok := one()
		if w.Pos < len(w.Text) && w.Bad.Code != jsonscan.Truncated || w.ended {
			return ok
		}
		w.Pos, w.Depth, w.Bad = pos, depth, jsonscan.Damage{}
		if len(w.Text)-pos > w.limit {
			return w.Fail(tooLong, "longer than can be held")
		}
		w.more()
	}
}

// takeBad returns the damage that a step stopped at, and forgets it.
func (w *window) takeBad() jsonscan.Damage {
	bad := w.Bad
	w.Bad = jsonscan.Damage{}
	return bad
}

// drop lets go of the text before Pos, when that is worth moving the rest.
// Positions in the window are void then.
func (w *window) drop() (dropped int) {
	if w.Pos < w.chunk || w.Pos < len(w.Text)/2 {
		return 0
	}
	return w.dropNow()
}

func (w *window) dropNow() (dropped int) {
	for i := range w.records {
		r := &w.records[i]
		_, _ = r.Write(w.Text[r.from:w.Pos])
		r.from = 0
	}
	dropped = w.Pos
	w.Text = w.Text[:copy(w.Text, w.Text[w.Pos:])]
	w.base += int64(w.Pos)
	w.Pos = 0
	return dropped
}

// record begins a record of what is read from start on.
func (w *window) record(start int) {
	w.records = append(w.records, record{from: start})
}

// recorded ends the record begun last, at Pos.
func (w *window) recorded() *Beginning {
	last := len(w.records) - 1
	r := w.records[last]
	w.records = w.records[:last]
	_, _ = r.Write(w.Text[r.from:w.Pos])
	return &r.Beginning
}
