// Package figures writes numbers as tables of the desk have them.
package figures

import (
	"math"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/interval"
)

// Float returns a number of any type as one, NaN of what is none.
func Float(v any) float64 {
	switch n := v.(type) {
	case int:
		return float64(n)
	case int16:
		return float64(n)
	case int32:
		return float64(n)
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return math.NaN()
}

// Number returns a whole number with commas.
func Number(n any) string {
	f := Float(n)
	if math.IsNaN(f) {
		return "–"
	}
	digits := strconv.FormatInt(int64(math.Round(math.Abs(f))), 10)
	var b strings.Builder
	if f <= -.5 {
		b.WriteString("−")
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Percent returns a share as 30.0%, "–" where there is none.
func Percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "–"
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64) + "%"
}

// Interval returns the 95 % interval of k in n in per cent: [0.4–2.9].
func Interval(k, n int) string {
	if n <= 0 || k < 0 || k > n {
		return ""
	}
	low, high := interval.Wilson(k, n)
	digits := 1
	if high >= .1 {
		digits = 0
	}
	return "[" + strconv.FormatFloat(100*low, 'f', digits, 64) + "–" + strconv.FormatFloat(100*high, 'f', digits, 64) + "]"
}

// Z returns how sure a difference is, and which way it goes.
func Z(z float64) string {
	switch {
	case math.IsNaN(z) || math.IsInf(z, 0):
		return "–"
	case z < 0:
		return "z −" + strconv.FormatFloat(-z, 'f', 1, 64) + " ▼"
	}
	return "z " + strconv.FormatFloat(z, 'f', 1, 64) + " ▲"
}

// Short returns a text of at most n characters, with an ellipsis where it was longer.
func Short(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

// Unformula returns a text that no spreadsheet takes for a formula: one that begins like
// one gets an apostrophe. Numbers stay.
func Unformula(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) || isNumber(text) {
		return text
	}
	return "'" + text
}

// isNumber reports whether a text is a negative number as tables have it.
func isNumber(text string) bool {
	rest, ok := strings.CutPrefix(text, "-")
	whole, part, point := strings.Cut(rest, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return ok && digits(whole) && (!point || digits(part))
}
