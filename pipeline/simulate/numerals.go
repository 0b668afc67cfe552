package simulate

import "strings"

var spokenDigits = [...]string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// spokenNumber returns a number from 0 to 99,999,999 as spoken.
func spokenNumber(n int) string {
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

// spokenCount returns a number as spoken before a measure word, where two is 两.
func spokenCount(n int) string {
	if n == 2 {
		return "两"
	}
	return spokenNumber(n)
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
			b.WriteString(spokenDigits[digit])
		}
		b.WriteString(place.unit)
		said = true
	}
}

// spokenDigitRow returns digits as spoken one by one; one is 幺.
func spokenDigitRow(digits string) string {
	var b strings.Builder
	for _, r := range digits {
		switch {
		case r == '1':
			b.WriteString("幺")
		case r >= '0' && r <= '9':
			b.WriteString(spokenDigits[r-'0'])
		}
	}
	return b.String()
}

// spokenMoney returns cents as a spoken amount: 一千二百八十六块五.
func spokenMoney(cents int) string {
	text := spokenNumber(cents/100) + "块"
	switch jiao, fen := cents/10%10, cents%10; {
	case jiao == 0 && fen == 0:
		return text + "钱"
	case fen == 0:
		return text + spokenDigits[jiao]
	case jiao == 0:
		return text + "零" + spokenDigits[fen] + "分"
	default:
		return text + spokenDigits[jiao] + "毛" + spokenDigits[fen]
	}
}
