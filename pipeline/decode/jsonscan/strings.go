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
	for len(b) > 0 {
		n, seen := threeByte(b)
		b, wide = b[n:], wide || seen
		for end := len(b) - stride; len(b) > max(end, 0); {
			r, n := utf8.DecodeRune(b)
			if r == utf8.RuneError && n == 1 {
				return false, false
			}
			wide = wide || n > 2
			narrow = narrow || n == 2
			b = b[n:]
		}
	}
	return true, narrow && !wide
}

// stride is how many bytes threeByte judges at once.
const stride = 128

// threeByte returns the length of a beginning of b that is UTF-8 of ASCII and
// characters of three bytes alone, as nearly all Chinese text is, and whether it
// has some of these. It looks at eight bytes at a time: each byte from E1 to EF,
// but ED, begins a character, and continuation bytes follow it and nothing else.
func threeByte(b []byte) (n int, wide bool) {
	var bad, due, leads uint64 // due: the bytes at which a continuation is still expected
	good, goodDue := 0, uint64(0)
	for i := 0; i+stride <= len(b); i += stride {
		chunk := b[i : i+stride : i+stride]
		if due == 0 && isASCII(chunk) {
			good, goodDue = i+stride, 0
			continue
		}
		for p := 0; p < stride; p += 8 {
			w := binary.LittleEndian.Uint64(chunk[p : p+8])
			if w&high1|due == 0 {
				continue
			}
			high, next, third := w>>7&ones, w>>6&ones, w>>5&ones
			lead := high & next
			leads |= lead
			low := w | w>>1 | w>>2 | w>>3
			surrogate := w & (w >> 2) & (w >> 3) &^ (w >> 1)
			bad |= lead & (^third | w>>4 | ^low | surrogate)
			bad |= high&^next ^ (lead<<8 | lead<<16 | due)
			due = lead>>48 | lead>>56
		}
		if bad != 0 {
			break
		}
		good, goodDue, wide = i+stride, due, leads != 0
	}
	switch {
	case goodDue > 1: // the last byte begins a character
		return good - 1, wide
	case goodDue == 1: // the one before it does
		return good - 2, wide
	}
	return good, wide
}

// isASCII reports whether the stride bytes of b are ASCII: much of JSON is names
// and ids.
func isASCII(b []byte) bool {
	var all uint64
	for p := 0; p < stride; p += 8 {
		all |= binary.LittleEndian.Uint64(b[p : p+8])
	}
	return all&high1 == 0
}
