package pattern

import "strings"

var partsOfDay = [...]string{
	"凌晨", "清晨", "早上", "早晨", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "夜间", "半夜",
}

// partOfDay returns the end of a part of the day and the time after it at s[i:],
// i if there is none.
func (r *Replacer) partOfDay(s string, i int) int {
	if at := skip(s, i, partsOfDay[:]...); at > i {
		return past(r.clock(s, at, true), at, i)
	}
	// 早一点 (a little earlier) is not a time: these need more than 一点.
	if at := skip(s, i, "早", "晚"); at > i {
		return past(r.clock(s, at, false), at, i)
	}
	return i
}

// clock returns the end of the time at s[i:], i if there is none. dayPart says
// that a part of the day precedes it, after which 一点 is a time and not "a
// little".
func (r *Replacer) clock(s string, i int, dayPart bool) int {
	hour, end := small(s, i)
	if end == i || hour > 24 {
		return i
	}
	_, written := digitAt(s, i)
	if written > 0 {
		if colon := colonClock(s, end); colon > end {
			return colon
		}
	}
	bare := dayPart || !strings.HasPrefix(s[i:], "一") || end > i+len("一")
	if at := skip(s, end, "点"); at > end {
		if after := r.afterHour(s, at); after > at {
			return after
		}
		if written == 0 && !dayPart && r.decimals(s, at) > at {
			return i // 三点五
		}
		if bare {
			return at
		}
		return i
	}
	if at := skip(s, end, "时"); at > end {
		if after := r.minutes(s, at); after > at {
			return after
		}
		if bare {
			return at
		}
	}
	return i
}

// colonClock reads :30, :30:00 and :30:00.5 after an hour.
func colonClock(s string, i int) int {
	end := twoDigits(s, i)
	seconds := twoDigits(s, end)
	if seconds == end {
		return end
	}
	at := skip(s, seconds, ".")
	_, fraction, _ := digits(s, at)
	return past(fraction, at, seconds)
}

// twoDigits reads a colon and two digits up to 59.
func twoDigits(s string, i int) int {
	at := skip(s, i, ":", "：")
	if value, end, n := digits(s, at); at > i && n == 2 && value <= 59 {
		return end
	}
	return i
}

// afterHour reads what may follow 3点: 半 钟 整, 一刻, 15分, 15, 零五, 二十.
func (r *Replacer) afterHour(s string, i int) int {
	if end := skip(s, i, "半", "钟", "整", "一刻", "三刻", "1刻", "3刻"); end > i {
		return end
	}
	if end := r.minutes(s, i); end > i {
		return end
	}
	value, end := small(s, i)
	if end == i || value > 59 {
		return i
	}
	_, _, n := digits(s, i)
	if n == 2 || n == 0 && (value >= ten || strings.HasPrefix(s[i:], "零")) {
		return end
	}
	return i
}

// minutes reads 15分, but not 15分钟, which is a duration.
func (r *Replacer) minutes(s string, i int) int {
	value, end := small(s, i)
	if end == i || value > 59 {
		return i
	}
	after := afterMark(s, i, end, "分")
	if r.inMinutes(s, after) {
		return i
	}
	return after
}

// inMinutes reports whether 钟 follows at s[i:] as the end of 分钟, not as the
// beginning of the contact's name.
func (r *Replacer) inMinutes(s string, i int) bool {
	return strings.HasPrefix(s[i:], "钟") && r.name(s, i) == i
}
