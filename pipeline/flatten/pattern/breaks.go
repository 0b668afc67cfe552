package pattern

import (
	"unicode"
	"unicode/utf8"
)

// breaks reports whether a value may begin or end at line[i:]: not within a
// number or a word of letters. 12 is no part of 2012, 12.5, 12万 or A12, nor is
// 三天 one of 十三天.
func breaks(line string, i int) bool {
	if i == 0 || i == len(line) {
		return true
	}
	before, size := utf8.DecodeLastRuneInString(line[:i])
	after, _ := utf8.DecodeRuneInString(line[i:])
	if joins(before) && joins(after) {
		return false
	}
	_, digitBefore := digitAt(line, i-size)
	if value, numeral := numeralAt(line, i); numeral > 0 {
		_, numeralBefore := numeralAt(line, i-size)
		return numeralBefore == 0 && (digitBefore == 0 || value < ten)
	}
	if digitBefore > 0 {
		return !separates(line, i)
	}
	_, digitAfter := digitAt(line, i)
	return digitAfter == 0 || !separates(line, i-size)
}

// joins reports whether a character is one of those that make a word with the
// next one of them: letters of scripts with spaces between words, and digits.
func joins(c rune) bool {
	switch {
	case c < utf8.RuneSelf:
		return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
	case 0x2E80 <= c && c < 0xA000:
		return false // most of Chinese, and faster
	}
	return unicode.IsDigit(c) || unicode.In(c, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}

// separates reports whether the character at line[i:] stands within a number or a
// time in digits, as in 12.5, 1,200, 010-5810, 2026/1/15, 15:30.
func separates(line string, i int) bool {
	at := skip(line, i, ".", ",", "-", "/", ":", "．", "－", "：")
	if at == i || i == 0 {
		return false
	}
	_, before := utf8.DecodeLastRuneInString(line[:i])
	_, digit := digitAt(line, i-before)
	_, _, n := digits(line, at)
	return digit > 0 && n > 0 && (line[i] != ',' || n == 3)
}
