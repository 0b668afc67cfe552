package segment

import "unicode/utf8"

// read takes script apart into l, looking up each character.
func (s *Segmenter) read(l *line, script string) {
	l.grow(script)
	low := &s.alphabet.low
	kinds, offs, codes := l.kind, l.off, l.code
	n := 0
	for i := 0; i < len(script); n++ {
		r, size := rune(script[i]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(script, i)
		}
		var c char
		if r < rune(len(low)) {
			c = low[r]
		} else {
			c = s.alphabet.of(r)
		}
		kinds[n], codes[n], offs[n] = c.kind, c.code, int32(i)
		i += size
	}
	offs[n] = int32(len(script))
	l.trim(n)
}

// decode returns the code point at i of s, which is not ASCII. It is
// utf8.DecodeRuneInString with a short way for what Chinese text is made of:
// three bytes whose first one allows any second and third.
func decode(s string, i int) (rune, int) {
	if i+2 < len(s) {
		a, b, c := s[i], s[i+1], s[i+2]
		if a > 0xE0 && a < 0xF0 && a != 0xED && b&0xC0 == 0x80 && c&0xC0 == 0x80 {
			return rune(a&0x0F)<<12 | rune(b&0x3F)<<6 | rune(c&0x3F), 3
		}
	}
	return utf8.DecodeRuneInString(s[i:])
}
