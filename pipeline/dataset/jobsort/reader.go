package jobsort

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"callmill/schema"
)

// errDamaged means that bytes are not what appendEntry wrote.
var errDamaged = errors.New("damaged jobs")

// reader reads what the append functions wrote. After an error it returns zero
// values, and failed is set.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) fail() {
	r.failed, r.rest = true, nil
}

func (r *reader) uvarint() uint64 {
	if len(r.rest) > 0 && r.rest[0] < 0x80 { // as most are
		v := uint64(r.rest[0])
		r.rest = r.rest[1:]
		return v
	}
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) varint() int64 {
	v := r.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// count reads the length of a list, each element of which takes a byte at least.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) bool() bool {
	b := r.bytes(1)
	return len(b) == 1 && b[0] != 0
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) text() string {
	b := r.bytes(r.uvarint())
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func (r *reader) speaker() string {
	code := r.bytes(1)
	switch {
	case len(code) == 0:
		return ""
	case code[0] == 0:
		return r.text()
	case int(code[0]) > len(speakers):
		r.fail()
		return ""
	}
	return speakers[code[0]-1]
}

func (r *reader) facts() schema.Facts {
	facts, rest, ok := schema.CutFacts(r.rest)
	r.rest = rest
	if !ok {
		r.fail()
	}
	return facts
}
