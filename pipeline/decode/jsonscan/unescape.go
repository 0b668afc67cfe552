package jsonscan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Unescape appends raw, the inside of a JSON string, with its escapes
// resolved. It reports whether something was not a character and became U+FFFD.
func Unescape(dst, raw []byte) ([]byte, bool) {
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

// hexValue is the value of a hexadecimal digit, -1 if c is not one.
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
