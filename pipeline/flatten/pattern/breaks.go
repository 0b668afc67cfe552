package pattern

import (
	"strings"
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
	switch {
	case joins(before) && joins(after):
		return false
	case isNumeral(after):
		value, _ := numeralAt(line, i)
		return !isNumeral(before) && (!unicode.IsDigit(before) || value < ten)
	}
	return !separates(line, i-size) && !separates(line, i)
}

// joins reports whether a character is one of those that make a word with the
// next one of them: letters of scripts with spaces between words, and digits.
func joins(c rune) bool {
	if c < utf8.RuneSelf {
		return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
	}
	return unicode.IsDigit(c) || unicode.In(c, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}

func isNumeral(c rune) bool {
	return strings.ContainsRune("零〇一二两三四五六七八九幺十百千万亿", c)
}

// separates reports whether the character at line[i:] stands within a number or a
// time in digits, as in 12.5, 1,200, 010-5810, 2026/1/15, 15:30.
func separates(line string, i int) bool {
	at := skip(line, i, ".", ",", "-", "/", ":", "．", "－", "：")
	if at == i || i == 0 {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	_, _, n := digits(line, at)
	return unicode.IsDigit(before) && n > 0 && (line[i] != ',' || n == 3)
}
