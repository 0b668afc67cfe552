package masked

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/pipeline/redact/span"
)

// hidden stands for characters that are not shown.
const hidden = '*'

// Number returns a number as those see it who may not see all of it: 138****5678. Of one
// that is too short for that the last two digits are left, of less nothing. Labels, and
// what has no digit or is a hash, stay.
func Number(number string) string {
	if span.Of(number) != "" || isHash(number) {
		return number
	}
	digits := 0
	for _, r := range number {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits == 0 {
		return number
	}
	before, after := 0, 0 // of the digits
	switch {
	case digits >= 11:
		before, after = 3+digits-11, 4 // 86 138****5678
	case digits >= 7:
		before, after = digits-8, 4
	case digits >= 4:
		after = 2
	}
	var b strings.Builder
	n := 0
	for _, r := range number {
		if !unicode.IsDigit(r) {
			b.WriteRune(r)
			continue
		}
		if n++; n > before && n <= digits-after {
			r = hidden
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Name returns a name as those see it who may not see all of it: its first character and
// two stars, however long it is: 王**. Labels stay.
func Name(name string) string {
	name = strings.TrimSpace(name)
	if name == "" || span.Of(name) != "" {
		return name
	}
	first, _ := utf8.DecodeRuneInString(name)
	return string(first) + string(hidden) + string(hidden)
}

// isHash reports whether a number is what --pii hash makes of one.
func isHash(number string) bool {
	const digits = 32
	return len(number) == digits && strings.Trim(number, "0123456789abcdef") == ""
}

// Digits returns a text in which numbers of seven digits and more, written or spoken, show
// their first three alone. Blanks and hyphens between digits do not end a number. The text
// is as long as it was, in bytes, so that places in it are still where they were.
func Digits(text string) string {
	const least, shown = 7, 3
	var out []byte
	hide := func(from, to int) {
		n := 0
		for i, r := range text[from:to] {
			if !isDigit(r) {
				continue
			}
			if n++; n <= shown {
				continue
			}
			if out == nil {
				out = []byte(text)
			}
			star := string(hidden)
			if utf8.RuneLen(r) == len("＊") {
				star = "＊"
			}
			copy(out[from+i:], star)
		}
	}
	from, end, n := 0, 0, 0 // of the number so far
	for i, r := range text {
		switch {
		case isDigit(r):
			if n == 0 {
				from = i
			}
			n, end = n+1, i+utf8.RuneLen(r)
		case n > 0 && (r == ' ' || r == '-'):
		default:
			if n >= least {
				hide(from, end)
			}
			n = 0
		}
	}
	if n >= least {
		hide(from, end)
	}
	if out == nil {
		return text
	}
	return string(out)
}

// isDigit reports whether a character is a digit as numbers are written or spoken: of one
// or of three bytes.
func isDigit(r rune) bool {
	return '0' <= r && r <= '9' || '０' <= r && r <= '９' || strings.ContainsRune("零〇一二三四五六七八九幺两", r)
}
