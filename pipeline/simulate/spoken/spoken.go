// Package spoken writes numbers the way people say them on the phone.
package spoken

import "strings"

var digitWords = [...]string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// Number returns a number from 0 to 99,999,999 as spoken.
func Number(n int) string {
	var b strings.Builder
	if n >= 10_000 {
		sayGroup(&b, n/10_000, false)
		b.WriteString("万")
		n %= 10_000
		if n == 0 {
			return b.String()
		}
		if n < 1000 {
			b.WriteString("零")
		}
		sayGroup(&b, n, true)
		return b.String()
	}
	if n == 0 {
		return "零"
	}
	sayGroup(&b, n, false)
	return b.String()
}

// Count returns a number as spoken before a measure word, where two is 两.
func Count(n int) string {
	if n == 2 {
		return "两"
	}
	return Number(n)
}

// sayGroup writes a number from 1 to 9,999. At the start of a number ten is 十,
// within one 一十. Two hundreds or thousands begin with 两.
func sayGroup(b *strings.Builder, n int, within bool) {
	said, gap := within, false
	for _, place := range [...]struct {
		value int
		unit  string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		digit := n / place.value
		n %= place.value
		if digit == 0 {
			gap = said
			continue
		}
		if gap {
			if !strings.HasSuffix(b.String(), "零") {
				b.WriteString("零")
			}
			gap = false
		}
		switch {
		case place.value == 10 && digit == 1 && !said:
		case place.value >= 100 && digit == 2:
			b.WriteString("两")
		default:
			b.WriteString(digitWords[digit])
		}
		b.WriteString(place.unit)
		said = true
	}
}

// Money returns cents as a spoken amount: 一千二百八十六块五.
func Money(cents int) string {
	text := Number(cents/100) + "块"
	switch jiao, fen := cents/10%10, cents%10; {
	case jiao == 0 && fen == 0:
		return text + "钱"
	case fen == 0:
		return text + digitWords[jiao]
	case jiao == 0:
		return text + "零" + digitWords[fen] + "分"
	default:
		return text + digitWords[jiao] + "毛" + digitWords[fen]
	}
}
