package flatten

import "strings"

// number matches an amount or another number at s[i:], where a digit or a
// numeral below 百 stands.
func (p *patterns) number(s string, i int) (slot string, end int) {
	if _, size := digitAt(s, i); size > 0 {
		end = writtenNumber(s, i)
		if after := money(s, end); after > end {
			return slotAmount, p.change(s, after)
		}
		return slotNum, percent(s, end)
	}
	end, n := numeralsEnd(s, i)
	if at := skip(s, end, "点"); at > end {
		if after := p.decimals(s, at); after > at {
			end, n = after, n+2
		}
	}
	if n == 1 {
		return p.oneNumeral(s, i, end)
	}
	if after := money(s, end); after > end {
		return slotAmount, p.change(s, after)
	}
	if said := s[i:end]; said == "一一" || said == "两两" {
		return "", end
	}
	return slotNum, percent(s, end)
}

// oneNumeral matches 三元 and 三块钱, where the phrase ends with it: one numeral
// is part of too many words (三元桥, 一块去).
func (p *patterns) oneNumeral(s string, i, end int) (slot string, next int) {
	value, _ := numeralAt(s, i)
	after := skip(s, end, "元", "块")
	if value == 0 || after == end {
		return "", end
	}
	if full := skip(s, end, "元整", "元钱", "块钱"); full > end {
		return slotAmount, p.change(s, full)
	}
	if strings.HasPrefix(s[i:], "一块") {
		return "", end
	}
	if full := p.change(s, after); full > after {
		return slotAmount, full
	}
	if p.endsPhrase(s, after) {
		return slotAmount, after
	}
	return "", end
}

// unit matches what begins with 百, 千, 万 or 亿: 百分之二十 is a number; 万一
// and 千万 are words; else the unit stays.
func (p *patterns) unit(s string, i int) (slot string, end int) {
	if at := skip(s, i, "百分之", "千分之", "万分之"); at > i {
		if end := p.fraction(s, at); end > at {
			return slotNum, end
		}
	}
	if end := skip(s, i, "万一", "千万"); end > i {
		return "", end
	}
	_, size := numeralAt(s, i)
	return "", i + size
}

// fraction gives the end of the number behind 百分之, i where there is none.
func (p *patterns) fraction(s string, i int) int {
	if _, size := digitAt(s, i); size > 0 {
		return writtenNumber(s, i)
	}
	value, size := numeralAt(s, i)
	if size == 0 || value > ten {
		return i
	}
	end, _ := numeralsEnd(s, i)
	if at := skip(s, end, "点"); at > end {
		if after := p.decimals(s, at); after > at {
			return after
		}
	}
	return end
}

// decimals gives the end of the numerals behind 点, i where they are none: in
// 三点四点 another hour follows, in 三点一起 a word.
func (p *patterns) decimals(s string, i int) int {
	value, size := numeralAt(s, i)
	if size == 0 || value >= ten {
		return i
	}
	end, n := numeralsEnd(s, i)
	follows := p.follow(s, end)
	switch {
	case follows == slotAhead, skip(s, end, "点") > end:
		return i
	case n == 1 && strings.HasPrefix(s[i:], "一") && follows != phraseEnds:
		return i
	}
	return end
}

// writtenNumber gives the end of the number in digits at s[i:]: groups of them
// with a point, a hyphen or, before three, a comma between, and units behind.
func writtenNumber(s string, i int) int {
	end, _ := digitsEnd(s, i)
	for {
		next := end
		if at := skip(s, end, ".", "-", "．", "－"); at > end {
			next, _ = digitsEnd(s, at)
			if next == at {
				next = end
			}
		} else if at := skip(s, end, ","); at > end {
			if group, n := digitsEnd(s, at); n == 3 {
				next = group
			}
		}
		if next == end {
			return unitsEnd(s, end)
		}
		end = next
	}
}

// price matches a sign of a currency and the number behind it.
func price(s string, i, size int) (slot string, end int) {
	at := i + size
	if _, n := digitAt(s, at); n == 0 {
		return "", at
	}
	end = writtenNumber(s, at)
	return slotAmount, max(end, money(s, end))
}

func percent(s string, i int) int { return skip(s, i, "%", "％", "‰") }

// money gives the end of the name of a currency at s[i:], i where there is none.
func money(s string, i int) int {
	if skip(s, i, "元旦", "元宵") > i {
		return i
	}
	return skip(s, i, "元整", "元钱", "元", "块钱", "块",
		"美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "人民币")
}

// change gives the end of what is left of an amount behind 元 or 块: 5角3分,
// 九毛, or one digit at the end of the phrase, as in 九块九.
func (p *patterns) change(s string, i int) int {
	end := i
	for {
		_, at := small(s, end)
		next := skip(s, at, "角", "毛", "分")
		if at == end || next == at || p.minuteLong(s, next) {
			break
		}
		end = skip(s, next, "钱")
	}
	if end > i || !strings.HasSuffix(s[:i], "块") {
		return end
	}
	if _, size := digitAt(s, i); size > 0 && p.endsPhrase(s, i+size) {
		return i + size
	}
	if value, size := numeralAt(s, i); size > 0 && value < ten && p.endsPhrase(s, i+size) {
		return i + size
	}
	return i
}

// endsPhrase reports whether an amount may end at s[i:]: with the phrase, or
// before one of the words that go on with it (三元的, 九块九包邮).
func (p *patterns) endsPhrase(s string, i int) bool {
	return p.follow(s, i) == phraseEnds || skip(s, i, "的", "了", "起", "包") > i
}
