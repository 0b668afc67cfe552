package gather

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// source reads what the append functions wrote. After an error it gives zero
// values and failed is set.
type source struct {
	rest    []byte
	failed  bool
	yes, no bool    // what pointers to a bool point to
	numbers []int64 // what pointers to an int64 point to
}

func newSource(b []byte) *source { return &source{rest: b, yes: true} }

func (s *source) truth(v bool) *bool {
	if v {
		return &s.yes
	}
	return &s.no
}

// number keeps a number for as long as rows point to it. Most turns have one,
// their gap: no allocation for each.
func (s *source) number(v int64) *int64 {
	if len(s.numbers) == cap(s.numbers) {
		s.numbers = make([]int64, 0, min(max(8, 2*cap(s.numbers)), 256))
	}
	s.numbers = append(s.numbers, v)
	return &s.numbers[len(s.numbers)-1]
}

func (s *source) uvarint() uint64 {
	if len(s.rest) > 0 && s.rest[0] < 0x80 { // most are lengths of words
		v := uint64(s.rest[0])
		s.rest = s.rest[1:]
		return v
	}
	v, n := binary.Uvarint(s.rest)
	if n <= 0 {
		s.failed, s.rest = true, nil
		return 0
	}
	s.rest = s.rest[n:]
	return v
}

func (s *source) varint() int64 {
	v := s.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (s *source) uint16() uint16 {
	b := s.bytes(2)
	if len(b) < 2 {
		return 0
	}
	return binary.LittleEndian.Uint16(b)
}

// known reads a text that was written as its place in values, from 1, or
// itself.
func (s *source) known(code uint16, values *[3]string) string {
	if code == 0 {
		return s.string()
	}
	return values[code-1]
}

func (s *source) bool() bool {
	b := s.bytes(1)
	return len(b) == 1 && b[0] != 0
}

func (s *source) bytes(n uint64) []byte {
	if n > uint64(len(s.rest)) {
		s.failed, s.rest = true, nil
		return nil
	}
	b := s.rest[:n:n]
	s.rest = s.rest[n:]
	return b
}

func (s *source) string() string {
	b := s.bytes(s.uvarint())
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// pieces appends what whole is cut into. Most pieces are words of less than
// 128 bytes, whose length is one byte.
func (s *source) pieces(list []string, whole string) []string {
	n := s.uvarint()
	if n > uint64(len(s.rest)) {
		s.failed, s.rest = true, nil
		return list
	}
	list = slices.Grow(list, int(n))
	for range n {
		var size uint64
		if len(s.rest) > 0 && s.rest[0] < 0x80 {
			size, s.rest = uint64(s.rest[0]), s.rest[1:]
		} else {
			size = s.uvarint()
		}
		if size > uint64(len(whole)) {
			s.failed, s.rest = true, nil
			return list
		}
		list = append(list, whole[:size])
		whole = whole[size:]
	}
	return list
}
