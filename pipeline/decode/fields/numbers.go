package fields

import (
	"regexp"
	"strconv"
	"strings"
)

// A decimal is a number in decimal notation: as in JSON, also with a plus or
// leading zeros.
type decimal struct {
	negative bool
	digits   string // without leading and trailing zeros, "" for 0
	power    int    // of ten, by which the digits are multiplied
}

// decimals matches what parseDecimal accepts.
var decimals = regexp.MustCompile(`^([+-]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$`)

// parseDecimal reads s; ok is false where that is no number.
func parseDecimal(s string) (n decimal, ok bool) {
	m := decimals.FindStringSubmatch(s)
	if m == nil {
		return decimal{}, false
	}
	sign, before, after, exponent := m[1], m[2], m[3], m[4]
	n.negative = sign == "-"
	if exponent != "" {
		power, _ := strconv.ParseInt(exponent, 10, 32) // the nearest, where it is beyond
		n.power = int(power)
	}
	all := strings.TrimLeft(before+after, "0")
	n.digits = strings.TrimRight(all, "0")
	n.power += len(all) - len(n.digits) - len(after)
	return n, true
}

// whole is the value; exact is false where that is not whole or does not fit.
func (n decimal) whole() (v int64, exact bool) {
	const most = 19 // digits of 64 bits
	if n.digits == "" {
		return 0, true
	}
	if n.power < 0 || len(n.digits)+n.power > most {
		return 0, false
	}
	text := n.digits + strings.Repeat("0", n.power)
	if n.negative {
		text = "-" + text
	}
	v, err := strconv.ParseInt(text, 10, 64)
	return v, err == nil
}

// digits is the value of a number of at most 18 digits, with or without a
// minus.
func digits(s string) (v int64, ok bool) {
	negative := s != "" && s[0] == '-'
	if negative {
		s = s[1:]
	}
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return 0, false
		}
		v = v*10 + int64(s[i]-'0')
	}
	if negative {
		v = -v
	}
	return v, s != "" && len(s) <= 18
}
