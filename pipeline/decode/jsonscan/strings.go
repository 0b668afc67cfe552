package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	high1 = 0x8080808080808080
	ones  = 0x0101010101010101
)

// special marks the bytes of w that end plain text: quotes, backslashes and
// control characters. The lowest mark is exact, those above it may not be.
func special(w uint64) uint64 {
	quote := w ^ ones*'"'
	slash := w ^ ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*0x20)&^w) & high1
}

// Plain returns the index from i on of the first byte that ends plain text,
// len(b) if there is none, and whether a byte before it is not ASCII.
func Plain(b []byte, i int) (end int, ascii bool) {
	var seen uint64
	for i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		m := special(w)
		if m != 0 {
			n := bits.TrailingZeros64(m) &^ 7
			seen |= w & (1<<n - 1)
			return i + n/8, seen&high1 == 0
		}
		seen |= w
		i += 8
	}
	for ; i < len(b); i++ {
		c := b[i]
		if c == '"' || c == '\\' || c < ' ' {
			break
		}
		seen |= uint64(c)
	}
	return i, seen&high1 == 0
}

// SkipString steps over the string at Pos and reports whether it has escapes.
func (s *Scanner) SkipString() (escaped, ok bool) {
	i := s.Pos + 1
	for {
		i, _ = Plain(s.Text, i)
		if i >= len(s.Text) {
			s.Pos = len(s.Text)
			return escaped, s.Ends()
		}
		if s.Text[i] == '"' {
			s.Pos = i + 1
			return escaped, true
		}
		n := escapeLen(s.Text[i:])
		if n <= 0 {
			return escaped, s.badEscape(i, n)
		}
		i += n
		escaped = true
	}
}

// badEscape is the failure of what escapeLen did not accept at i.
func (s *Scanner) badEscape(i, n int) bool {
	s.Pos = i
	if n < 0 {
		s.Pos = len(s.Text)
		return s.Ends()
	}
	if s.Text[i] != '\\' {
		return s.syntax("a control character in a string")
	}
	return s.syntax("an unknown escape in a string")
}

// escapeLen is the length of the escape b begins with: 0 if it is not an escape,
// -1 where b ends within it.
func escapeLen(b []byte) int {
	if b[0] != '\\' {
		return 0
	}
	if len(b) < 2 {
		return -1
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		for i := 2; i < 6; i++ {
			if i >= len(b) {
				return -1
			}
			if hexValue(b[i]) < 0 {
				return 0
			}
		}
		return 6
	}
	return 0
}

// ValidUTF8 is utf8.Valid, made for Chinese: most characters have three bytes
// and begin with E3 to E9, where every continuation is a character.
func ValidUTF8(b []byte) bool {
	valid, _ := Width(b)
	return valid
}

// Width is ValidUTF8 that reports also whether all characters that are not
// ASCII, if there are any, have two bytes.
func Width(b []byte) (valid, narrow bool) {
	wide := false
	for i := 0; i < len(b); {
		if i+4 <= len(b) {
			w := binary.LittleEndian.Uint32(b[i:])
			if lead := byte(w); w&0x00c0c0f0 == 0x008080e0 && lead != 0xe0 && lead != 0xed {
				i += 3
				wide = true
				continue
			}
			if w&0x80808080 == 0 {
				i += 4
				continue
			}
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return false, false
		}
		wide = wide || n > 2
		narrow = narrow || n == 2
		i += n
	}
	return true, narrow && !wide
}
