package numbers

import (
	"time"
	"unicode/utf8"
)

// leastAlone is how many digits a number has at least that nothing around it explains.
const leastAlone = 7

// Harmless reports whether a text that stands alone holds nothing to be found for sure,
// without a closer look: an amount, a time, a date with a time of day, as the parameters
// of a job are written. Find finds nothing in them either.
func Harmless(text string) bool {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case figure(c):
			digits++
		case c >= utf8.RuneSelf, 'a' <= c|0x20 && c|0x20 <= 'z', c == '@', c == '_':
			return false
		}
	}
	return digits < leastAlone || moment(text)
}

// moment reports whether a text is a date, which a time of day may follow: 2026-01-18,
// 2026-01-18 08:01:09.3.
func moment(text string) bool {
	const form = "0000-00-00 00:00:00.000"
	if len(text) > len(form) {
		return false
	}
	for i := range len(text) {
		if form[i] == '0' && !figure(text[i]) || form[i] != '0' && form[i] != text[i] {
			return false
		}
	}
	if len(text) < len(time.DateOnly) || text[:4] < "2000" || text[:4] > "2079" || text[5:7] == "00" || text[5:7] > "12" || text[8:10] == "00" || text[8:10] > "31" {
		return false
	}
	switch len(text) {
	case len(time.DateOnly), len("2006-01-02 15:04"), len(time.DateTime):
		return true
	}
	return len(text) > len(time.DateTime+".")
}

func figure(c byte) bool { return '0' <= c && c <= '9' }
