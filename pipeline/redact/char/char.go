// Package char says what the characters of a text are that finders search: they read
// it once, character by character, whether it is in full or in half width.
package char

import "unicode/utf8"

// Decode returns the character at a byte of a text and its length in bytes: that of
// [Half], and 0 for what is none.
func Decode(text string, i int) (r rune, size int) {
	c := text[i]
	if c < utf8.RuneSelf {
		return rune(c), 1
	}
	if 0xe3 <= c && c <= 0xe9 && i+2 < len(text) && text[i+1]&0xc0 == 0x80 && text[i+2]&0xc0 == 0x80 {
		return rune(c&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f), 3 // nearly all of them
	}
	r, size = utf8.DecodeRuneInString(text[i:])
	if r == utf8.RuneError {
		return 0, size
	}
	return Half(r), size
}

// Half returns the ASCII character that one in full width stands for; others stay.
func Half(r rune) rune {
	if 0xff01 <= r && r <= 0xff5e {
		return r - 0xff01 + '!'
	}
	return r
}

// Ideograph reports whether a character is Chinese.
func Ideograph(r rune) bool { return 0x3400 <= r && r <= 0x9fff || r == '〇' }

// Letter reports whether a character is a letter of ASCII.
func Letter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// Digit reports whether a character is a digit of ASCII.
func Digit(r rune) bool { return '0' <= r && r <= '9' }

// Sigh reports whether a character says nothing, as punctuation does where there is
// none.
func Sigh(r rune) bool {
	switch r {
	case '嗯', '呃', '啊', '哦', '额', '喂', '诶', '哎', '唉', '噢', '欸':
		return true
	}
	return false
}
