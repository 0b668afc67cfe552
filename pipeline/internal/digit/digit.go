// Package digit reads the decimal digits of any script.
package digit

import (
	"unicode"
	"unicode/utf8"
)

// Value returns the value of a decimal digit of any script. Unicode lists the digits
// of each script from 0 to 9 without a gap, so a run of digits (Nd) holds whole tens.
func Value(r rune) (byte, bool) {
	if r < utf8.RuneSelf {
		return byte(r - '0'), '0' <= r && r <= '9'
	}
	if !unicode.IsDigit(r) {
		return 0, false
	}
	before := rune(0)
	for unicode.IsDigit(r - before - 1) {
		before++
	}
	return byte(before % 10), true
}
