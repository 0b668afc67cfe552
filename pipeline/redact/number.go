package redact

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"callmill/pipeline/internal/digit"
)

// minNational is the number of digits that must remain after a leading 86 for it to
// be China's country code and not part of the number.
const minNational = 10

// Number returns a phone number as two spellings of one have it: its digits, without
// the prefixes of countries and lines. It is "" where nothing is left.
func Number(number string) string {
	digits, _ := appendNumber(nil, number, false, nil)
	return string(digits)
}

// appendNumber appends a normalized phone number to dst, as ASCII digits. In this
// order it applies Unicode's compatibility form (NFKC), keeps digits only (of a
// number that was written as a decimal, those of its value, unless literal), and
// removes one leading international prefix 00, the country code 86 if at least ten
// digits remain, and leading zeros (a response with JSON numbers has lost them). It
// appends nothing if no digit is left.
//
// Digits of other scripts count with their value: dropping them could make one
// number of those of two people. scratch is space for the compatibility form; the
// second result is that space, grown.
func appendNumber(dst []byte, number string, literal bool, scratch []byte) (digits, grown []byte) {
	start := len(dst)
	ascii, decimal := true, false
	for i := range len(number) {
		c := number[i]
		if c >= utf8.RuneSelf {
			ascii = false
			break
		}
		if '0' <= c && c <= '9' {
			dst = append(dst, c)
		}
		decimal = decimal || c == '.' || c|0x20 == 'e'
	}
	if !ascii {
		scratch = norm.NFKC.AppendString(scratch[:0], number)
		dst = appendDigits(dst[:start], scratch)
	} else if decimal {
		scratch = append(scratch[:0], number...)
	}
	if (!ascii || decimal) && !literal {
		dst = appendWhole(dst, start, scratch)
	}
	kept := trimPrefixes(dst[start:])
	return append(dst[:start], kept...), scratch
}

// appendDigits appends the digits of text with their value.
func appendDigits(dst, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		if v, ok := digit.Value(r); ok {
			dst = append(dst, '0'+v)
		}
	}
	return dst
}

// decimals matches a decimal as spreadsheets and data frames write a number:
// 13900001111.0, 1.3900001111E+10.
var decimals = regexp.MustCompile(`^\s*\+?([0-9]+)(?:\.([0-9]*))?(?:[eE]\+?([0-9]{1,2}))?\s*$`)

// appendWhole replaces what follows start in dst by the digits of the value of
// text, where that is a decimal whose value is whole.
func appendWhole(dst []byte, start int, text []byte) []byte {
	m := decimals.FindSubmatch(text)
	if m == nil {
		return dst
	}
	before, after := m[1], m[2]
	exponent, _ := strconv.Atoi(string(m[3])) // 0 where there is none
	kept := min(exponent, len(after))
	if len(bytes.Trim(after[kept:], "0")) > 0 {
		return dst
	}
	dst = append(append(dst[:start], before...), after[:kept]...)
	return append(dst, bytes.Repeat([]byte{'0'}, exponent-kept)...)
}

func trimPrefixes(digits []byte) []byte {
	if len(digits) >= 2 && digits[0] == '0' && digits[1] == '0' {
		digits = digits[2:]
	}
	if len(digits) >= 2+minNational && digits[0] == '8' && digits[1] == '6' {
		digits = digits[2:]
	}
	for len(digits) > 0 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}
