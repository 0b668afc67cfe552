package pattern

import "strings"

// date returns the end of the date at s[i:], i if there is none.
func date(s string, i int) int {
	if end := calendarDate(s, i); end > i {
		return end
	}
	if end := year(s, i); end > i {
		if month := monthAndDay(s, end); month > end {
			return month
		}
		if _, _, n := digits(s, i); n == 2 {
			return i // 20年 is as likely a duration
		}
		return end
	}
	if end := monthAndDay(s, i); end > i {
		return end
	}
	// 一日 is more often one day than the first, or part of a word like 一日游.
	if strings.HasPrefix(s[i:], "一日") {
		return i
	}
	return day(s, i, "日")
}

// calendarDate reads 2020-01-15, 2020/1/15 and 2020.1.15.
func calendarDate(s string, i int) int {
	value, end, n := digits(s, i)
	if n != 4 || !isYear(value) || end == len(s) || !strings.ContainsRune("-/.", rune(s[end])) {
		return i
	}
	separator := s[end]
	month, end2 := small(s, end+1)
	if end2 == end+1 || month < 1 || month > 12 || end2 == len(s) || s[end2] != separator {
		return i
	}
	d, end3 := small(s, end2+1)
	if end3 == end2+1 || d < 1 || d > 31 {
		return i
	}
	return end3
}

// year reads 2020年, 二零二零年 and 20年; date accepts the last only before a
// month.
func year(s string, i int) int {
	value, end, n := digits(s, i)
	if n == 0 {
		value, end, n = spokenYear(s, i)
	}
	if n == 4 && isYear(value) || n == 2 {
		return afterMark(s, i, end, "年")
	}
	return i
}

func isYear(value int) bool { return 1900 <= value && value < 2100 }

// spokenYear reads four numerals below ten.
func spokenYear(s string, i int) (value, end, n int) {
	end = i
	for n < 4 {
		digit, size := numeralAt(s, end)
		if size == 0 || digit >= ten {
			return 0, i, 0
		}
		value = value*10 + digit
		end += size
		n++
	}
	return value, end, n
}

// monthAndDay reads 1月15日, 1月15号 and 1月.
func monthAndDay(s string, i int) int {
	month, end := small(s, i)
	if end == i || month < 1 || month > 12 || strings.HasPrefix(s[i:], "两") {
		return i
	}
	end = afterMark(s, i, end, "月")
	if end == i {
		return i
	}
	return day(s, end, "日", "号")
}

// day reads 15 and one of the marks.
func day(s string, i int, marks ...string) int {
	d, end := small(s, i)
	if end == i || d < 1 || d > 31 || strings.HasPrefix(s[i:], "两") {
		return i
	}
	return afterMark(s, i, end, marks...)
}

// afterMark returns the end of the first of marks that is at s[end:], i if none
// is.
func afterMark(s string, i, end int, marks ...string) int {
	return past(skip(s, end, marks...), end, i)
}

// weekday returns the end of 周三, 星期三 or 礼拜天 at s[i:], i if there is none.
func (r *Replacer) weekday(s string, i int) int {
	at := skip(s, i, "周", "星期", "礼拜")
	if at == i {
		return i
	}
	end := skip(s, at, "一", "二", "三", "四", "五", "六", "日", "天")
	if end == at {
		return i
	}
	if r.follow(s, end) == slotAhead || r.follow(s, end) == phraseOn && skip(s, end, "次", "个", "回", "趟", "遍", "节") > end {
		return i // so many times a week
	}
	return end
}
