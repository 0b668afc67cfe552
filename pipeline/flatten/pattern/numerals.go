package pattern

import (
	"strings"
	"unicode/utf8"
)

// digitAt returns the value and the length of the digit at s[i:], ASCII or full
// width; the length is 0 if there is none.
func digitAt(s string, i int) (value, size int) {
	if i >= len(s) {
		return 0, 0
	}
	if c := s[i]; '0' <= c && c <= '9' {
		return int(c - '0'), 1
	}
	// U+FF10 to U+FF19 are EF BC 90 to EF BC 99.
	if len(s)-i >= 3 && s[i] == 0xEF && s[i+1] == 0xBC && 0x90 <= s[i+2] && s[i+2] <= 0x99 {
		return int(s[i+2] - 0x90), 3
	}
	return 0, 0
}

// digits returns the value, the end and the number of the digits at s[i:]. Of many
// digits the value means nothing.
func digits(s string, i int) (value, end, n int) {
	for {
		digit, size := digitAt(s, i)
		if size == 0 {
			return value, i, n
		}
		value = value*10 + digit
		i += size
		n++
	}
}

// Values of the numerals that multiply the numeral before them.
const (
	ten     = 10
	hundred = 100
	larger  = 1000 // 千 万 亿
)

// numeralAt returns the value and the length of the numeral at s[i:]; the length
// is 0 if there is none. 千, 万 and 亿 have the value larger.
func numeralAt(s string, i int) (value, size int) {
	if i >= len(s) || s[i] < 0xE3 || s[i] > 0xE9 {
		return 0, 0
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	switch r {
	case '零', '〇':
		return 0, size
	case '一', '幺':
		return 1, size
	case '二', '两':
		return 2, size
	case '三':
		return 3, size
	case '四':
		return 4, size
	case '五':
		return 5, size
	case '六':
		return 6, size
	case '七':
		return 7, size
	case '八':
		return 8, size
	case '九':
		return 9, size
	case '十':
		return ten, size
	case '百':
		return hundred, size
	case '千', '万', '亿':
		return larger, size
	}
	return 0, 0
}

// numeralsEnd returns the end of the numerals at s[i:] and their number.
func numeralsEnd(s string, i int) (end, n int) {
	for {
		_, size := numeralAt(s, i)
		if size == 0 {
			return i, n
		}
		i += size
		n++
	}
}

// unitsEnd returns the end of the 十 百 千 万 亿 at s[i:].
func unitsEnd(s string, i int) int {
	for {
		value, size := numeralAt(s, i)
		if size == 0 || value < ten {
			return i
		}
		i += size
	}
}

// small reads an integer from 0 to 99 at s[i:], in one or two digits or in numerals
// (五 零五 十 十五 五十 五十五). end is i if there is none, or if it is part of a
// longer number.
func small(s string, i int) (value, end int) {
	value, end, n := digits(s, i)
	switch {
	case n == 0:
		return smallSpoken(s, i)
	case n > 2:
		return 0, i
	}
	return value, end
}

func smallSpoken(s string, i int) (value, end int) {
	first, size := numeralAt(s, i)
	if size == 0 || first > ten {
		return 0, i
	}
	value, end = first, i+size
	if first < ten {
		next, size := numeralAt(s, end)
		switch {
		case size > 0 && first == 0 && next < ten: // 零五
			value, end = next, end+size
		case size > 0 && first != 0 && next == ten: // 五十
			value, end = first*ten, end+size
		}
	}
	if value >= ten {
		if next, size := numeralAt(s, end); size > 0 && 0 < next && next < ten {
			value, end = value+next, end+size
		}
	}
	if _, size := numeralAt(s, end); size > 0 {
		return 0, i
	}
	return value, end
}

// skip returns the end of the first of words that is at s[i:], i if none is.
func skip(s string, i int, words ...string) int {
	for _, w := range words {
		if strings.HasPrefix(s[i:], w) {
			return i + len(w)
		}
	}
	return i
}

// past returns end if it is past at, else i: what follows at is then not matched.
func past(end, at, i int) int {
	if end > at {
		return end
	}
	return i
}
