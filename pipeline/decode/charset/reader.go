package charset

import (
	"bytes"
	"errors"
	"io"
)

// reader reads a text that says nothing of its encoding, and yields it in UTF-8
// as guesser does.
type reader struct {
	in      io.Reader
	guesser guesser
	block   []byte // read of in; its beginning is being yielded
	rest    int    // where in block the next part begins
	text    []byte // decoded, to be yielded
	err     error  // behind text
}

// blockBytes is how much of a text is looked at at once.
const blockBytes = 1 << 20

// Read implements [io.Reader].
func (r *reader) Read(b []byte) (int, error) {
	for len(r.text) == 0 {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.text)
	r.text = r.text[n:]
	return n, nil
}

// fill decodes the next part.
func (r *reader) fill() error {
	if r.err != nil {
		return r.err
	}
	if r.block == nil {
		r.block = make([]byte, 0, blockBytes)
	}
	r.block = r.block[:copy(r.block[:cap(r.block)], r.block[r.rest:])]
	n, err := io.ReadFull(r.in, r.block[len(r.block):cap(r.block)])
	r.block = r.block[:len(r.block)+n]
	r.rest = boundary(r.block)
	if err != nil {
		r.rest = len(r.block)
		r.err = err
		if errors.Is(err, io.ErrUnexpectedEOF) {
			r.err = io.EOF
		}
	}
	text, ok := r.guesser.decode(r.block[:r.rest])
	if !ok {
		r.err = &Unsupported{errUnknown}
		return r.err
	}
	r.text = text
	return nil
}

// boundary is where a full block can be cut: behind its last line or, in one
// without, behind the last byte that is no part of a longer character in any
// encoding. A block without even that is cut anywhere.
func boundary(block []byte) int {
	if i := bytes.LastIndexByte(block, '\n'); i >= 0 {
		return i + 1
	}
	for i := len(block); i > 0; i-- {
		if block[i-1] < '0' {
			return i
		}
	}
	return len(block)
}
