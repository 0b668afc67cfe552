package decode

import (
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// text reads the string at p. The result aliases the input; where that has
// escapes or is not UTF-8, it lies in the decoder's own memory. Both are valid
// until the document's jobs have been handed out.
func (d *Decoder) text() (string, bool) {
	start := d.p + 1
	end, ascii := plain(d.b, start)
	if end < len(d.b) && d.b[end] == '"' {
		d.p = end + 1
		raw := d.b[start:end]
		if ascii || validUTF8(raw) {
			return alias(raw), true
		}
		return d.repaired(raw), true
	}
	if _, ok := d.skipString(); !ok {
		return "", false
	}
	return d.repaired(d.b[start : d.p-1]), true
}

// repaired is raw with its escapes resolved and each byte, or lone surrogate,
// that is no character replaced by U+FFFD.
func (d *Decoder) repaired(raw []byte) string {
	var damaged bool
	d.scratch, damaged = unescape(d.scratch[:0], raw)
	if damaged {
		d.tally[invalidUTF8]++
	}
	return alias(d.texts.keep(d.scratch))
}

// alias is a string over b, which must not change as long as it is in use.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// unescape appends raw, the inside of a JSON string, with its escapes
// resolved. It reports whether something was no character and became U+FFFD.
func unescape(dst, raw []byte) ([]byte, bool) {
	damaged := false
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\' && raw[i+1] == 'u':
			r, n := unicodeEscape(raw[i:])
			damaged = damaged || utf16.IsSurrogate(r)
			dst = utf8.AppendRune(dst, r) // U+FFFD for a surrogate
			i += n
		case c == '\\':
			dst = append(dst, shortEscape(raw[i+1]))
			i += 2
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, n := utf8.DecodeRune(raw[i:])
			damaged = damaged || r == utf8.RuneError && n == 1
			dst = utf8.AppendRune(dst, r)
			i += n
		}
	}
	return dst, damaged
}

// unicodeEscape is the character of the \u escape b begins with, and of the
// second one where they are a surrogate pair. A lone surrogate is returned as
// it is.
func unicodeEscape(b []byte) (r rune, n int) {
	r = hexRune(b[2:6])
	if !utf16.IsSurrogate(r) || len(b) < 12 || b[6] != '\\' || b[7] != 'u' {
		return r, 6
	}
	pair := utf16.DecodeRune(r, hexRune(b[8:12]))
	if pair == utf8.RuneError {
		return r, 6
	}
	return pair, 12
}

func hexRune(b []byte) rune {
	var r rune
	for _, c := range b {
		r = r<<4 | rune(hexValue(c))
	}
	return r
}

// hexValue is the value of a hexadecimal digit, -1 where c is none.
func hexValue(c byte) int {
	switch {
	case c-'0' <= 9:
		return int(c - '0')
	case c|0x20-'a' <= 5:
		return int(c|0x20-'a') + 10
	}
	return -1
}

func shortEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
