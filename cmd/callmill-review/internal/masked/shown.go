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
