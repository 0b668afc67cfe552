package pattern

import "strings"

// number matches an amount or another number at s[i:], which begins with a digit
// or a numeral below 百.
func (r *Replacer) number(s string, from, i int) (slot string, end int) {
	if _, size := digitAt(s, i); size > 0 {
		end = writtenNumber(s, i)
		if after := money(s, end); after > end {
			return Amount, r.change(s, after)
		}
		return Num, percent(s, end)
	}
	end, n := numeralsEnd(s, i)
	if at := skip(s, end, "点"); at > end {
		if after := r.decimals(s, at); after > at {
			end, n = after, n+2
		}
	}
	if n == 1 {
		return r.oneNumeral(s, from, i, end)
	}
	if after := money(s, end); after > end {
		return Amount, r.change(s, after)
	}
	if said := s[i:end]; said == "一一" || said == "两两" {
		return "", end
	}
	return Num, percent(s, end)
}

// oneNumeral matches 三元 and 三块钱 at the end of a phrase: a single numeral is
// part of too many words (三元桥, 一块去).
func (r *Replacer) oneNumeral(s string, from, i, end int) (slot string, next int) {
	value, _ := numeralAt(s, i)
	after := skip(s, end, "元", "块")
	if value > 0 && after == end && r.count(s, from, i, end) > i {
		return Num, end
	}
	if value == 0 || after == end {
		return "", end
	}
	if full := skip(s, end, "元整", "元钱", "块钱"); full > end {
		return Amount, r.change(s, full)
	}
	if strings.HasPrefix(s[i:], "一块") {
		return "", end
	}
	if full := r.change(s, after); full > after {
		return Amount, full
	}
	if r.endsPhrase(s, after) {
		return Amount, after
	}
	return "", end
}

// unit matches text that begins with 百, 千, 万 or 亿: 百分之二十 is a number, 万一
// and 千万 are words; otherwise the unit is kept.
func (r *Replacer) unit(s string, i int) (slot string, end int) {
	if at := skip(s, i, "百分之", "千分之", "万分之"); at > i {
		if end := r.fraction(s, at); end > at {
			return Num, end
		}
	}
	if end := skip(s, i, "万一", "千万"); end > i {
		return "", end
	}
	_, size := numeralAt(s, i)
	return "", i + size
}

// fraction returns the end of the number after 百分之, i if there is none.
func (r *Replacer) fraction(s string, i int) int {
	if _, size := digitAt(s, i); size > 0 {
		return writtenNumber(s, i)
	}
	value, size := numeralAt(s, i)
	if size == 0 || value > ten {
		return i
	}
	end, _ := numeralsEnd(s, i)
	if at := skip(s, end, "点"); at > end {
		if after := r.decimals(s, at); after > at {
			return after
		}
	}
	return end
}

// decimals returns the end of the decimals after 点, i if there are none: 三点四点
// goes on with another hour, 三点一起 with a word.
func (r *Replacer) decimals(s string, i int) int {
	value, size := numeralAt(s, i)
	if size == 0 || value >= ten {
		return i
	}
	end, n := numeralsEnd(s, i)
	follows := r.follow(s, end)
	switch {
	case follows == slotAhead, skip(s, end, "点") > end:
		return i
	case n == 1 && strings.HasPrefix(s[i:], "一") && follows != phraseEnds:
		return i
	}
	return end
}

// writtenNumber returns the end of the number in digits at s[i:]: groups of digits
// separated by a point, a hyphen or, before three digits, a comma, then units.
func writtenNumber(s string, i int) int {
	_, end, _ := digits(s, i)
	for {
		next := end
		if at := skip(s, end, ".", "-", "．", "－"); at > end {
			_, group, _ := digits(s, at)
			next = past(group, at, end)
		} else if at := skip(s, end, ","); at > end {
			if _, group, n := digits(s, at); n == 3 {
				next = group
			}
		}
		if next == end {
			return unitsEnd(s, end)
		}
		end = next
	}
}

// price matches a currency sign of size bytes and the number after it.
func price(s string, i, size int) (slot string, end int) {
	at := i + size
	if _, n := digitAt(s, at); n == 0 {
		return "", at
	}
	end = writtenNumber(s, at)
	return Amount, max(end, money(s, end))
}

// percent returns the end of the percent sign at s[i:], i if there is none.
func percent(s string, i int) int { return skip(s, i, "%", "％", "‰") }

// money returns the end of the name of a currency at s[i:], i if there is none.
func money(s string, i int) int {
	if skip(s, i, "元旦", "元宵") > i {
		return i
	}
	return skip(s, i, "元整", "元钱", "元", "块钱", "块",
		"美元", "美金", "港元", "港币", "欧元", "日元", "英镑", "人民币")
}

// change returns the end of the small change after 元 or 块: 5角3分, 九毛, or one
// digit at the end of the phrase, as in 九块九.
func (r *Replacer) change(s string, i int) int {
	end := i
	for {
		_, at := small(s, end)
		next := skip(s, at, "角", "毛", "分")
		if at == end || next == at || r.inMinutes(s, next) {
			break
		}
		end = skip(s, next, "钱")
	}
	if end > i || !strings.HasSuffix(s[:i], "块") {
		return end
	}
	if _, size := digitAt(s, i); size > 0 && r.endsPhrase(s, i+size) {
		return i + size
	}
	if value, size := numeralAt(s, i); size > 0 && value < ten && r.endsPhrase(s, i+size) {
		return i + size
	}
	return i
}

// endsPhrase reports whether an amount may end at s[i:]: with the phrase, or
// before a word that may follow an amount (三元的, 九块九包邮).
func (r *Replacer) endsPhrase(s string, i int) bool {
	return r.follow(s, i) == phraseEnds || skip(s, i, "的", "了", "起", "包") > i
}
