package decode

import (
	"math"
	"strings"
)

// isDecimal reports whether s is a number in decimal notation: as in JSON,
// also with a plus or leading zeros.
func isDecimal(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	mantissa, exponent, hasExponent := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent, hasExponent = s[:i], s[i+1:], true
	}
	before, after, hasPoint := strings.Cut(mantissa, ".")
	if !allDigits(before) || hasPoint && !allDigits(after) {
		return false
	}
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	return !hasExponent || allDigits(exponent)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}

// parseWhole is the value of a decimal number in any notation; exact is
// false where it is not whole or does not fit. The digits may be many, the
// work is linear in them.
func parseWhole(literal []byte) (v int64, exact bool) {
	negative := literal[0] == '-'
	limit := uint64(math.MaxInt64)
	if negative {
		limit++
	}
	exponent, point, shift := 0, false, 0
	var magnitude uint64
	i := 0
	if literal[0] == '-' || literal[0] == '+' {
		i++
	}
	zeros := 0 // digits 0 not yet multiplied in
	for ; i < len(literal) && literal[i]|0x20 != 'e'; i++ {
		c := literal[i]
		if c == '.' {
			point = true
			continue
		}
		if point {
			shift--
		}
		if c == '0' {
			zeros++
			continue
		}
		if magnitude != 0 {
			if magnitude, exact = scale(magnitude, zeros+1); !exact {
				return 0, false
			}
		}
		zeros = 0
		magnitude += uint64(c - '0')
		if magnitude > limit {
			return 0, false
		}
	}
	if i < len(literal) {
		exponent = parseExponent(literal[i+1:])
	}
	if magnitude == 0 {
		return 0, true
	}
	power := zeros + shift + exponent
	if power < 0 {
		return 0, false // the last digit that is not 0 stands behind the point
	}
	if magnitude, exact = scale(magnitude, power); !exact || magnitude > limit {
		return 0, false
	}
	v = int64(magnitude)
	if negative {
		v = -v
	}
	return v, true
}

// scale is m times ten to the power of n, where that fits.
func scale(m uint64, n int) (uint64, bool) {
	if n > 19 {
		return 0, false
	}
	for range n {
		if m > math.MaxInt64/10 {
			return 0, false
		}
		m *= 10
	}
	return m, true
}

// parseExponent is the value of an exponent, held within what matters.
func parseExponent(b []byte) int {
	negative := b[0] == '-'
	if b[0] == '-' || b[0] == '+' {
		b = b[1:]
	}
	v := 0
	for _, c := range b {
		v = min(v*10+int(c-'0'), math.MaxInt32)
	}
	if negative {
		return -v
	}
	return v
}
