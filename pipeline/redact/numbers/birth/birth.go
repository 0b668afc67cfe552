// Package birth finds dates that are said to be somebody's birth: with a year or without
// one, by either calendar, in figures or in words, asked for in one line and told in
// others.
package birth

import (
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/numbers/words"
	"callmill/pipeline/redact/span"
)

// A line that answers has at most so much before the date, in bytes.
const answerStart = 3 * 16

// Finder finds dates of birth. It may be used by any number of goroutines.
type Finder struct {
	*words.Lists
}

// Find appends the dates that are said to be somebody's birth. lines are the facts
// of those of the call.
func (f Finder) Find(dst []span.Span, call []span.Line, lines []words.Facts) []span.Span {
	question, half, open := -9, -9, -9 // the last line that asks for one, that holds a year alone, that ends with a month
	for line, l := range call {
		facts := lines[line]
		answers := question >= 0 && (call[question].Speaker != l.Speaker || f.endsAsking(call[question].Text)) && f.onlyBetween(call, question, line) ||
			open >= 0 && call[open].Speaker == l.Speaker && f.onlyBetween(call, open, line) ||
			half >= 0 && call[half].Speaker == l.Speaker && f.onlyBetween(call, half, line)
		if facts.Digits == 0 || !facts.Birth && !answers && !(facts.Age && saysAge(l.Text)) && !MayTell(facts, l.Text) {
			if facts.Birth && f.wants(l.Text) {
				question = line
			}
			continue
		}
		found := false
		if n := f.dayAlone(call, open, line); n > 0 {
			dst = append(dst, span.Span{Line: line, End: n, Kind: span.Birthday, Layer: span.Numbers})
		}
		for i := 0; i < len(l.Text); {
			if n := span.LabelAt(l.Text, i); n > 0 {
				i += n
				continue
			}
			r, size := utf8.DecodeRuneInString(l.Text[i:])
			_, hard, soft := f.Digit(r)
			if !hard && !soft && r != '正' && r != '腊' && r != '冬' && r != '十' {
				i += size
				continue
			}
			n, whole := f.date(l.Text, i)
			if n == 0 {
				i += size
				continue
			}
			if f.isBirth(l.Text, i, i+n, whole, answers) {
				dst = append(dst, span.Span{Line: line, Start: i, End: i + n, Kind: span.Birthday, Layer: span.Numbers})
				found = true
				if !whole && !strings.Contains(l.Text[i:i+n], "月") {
					half = line
				}
				if f.dayless(l.Text[i : i+n]) {
					open = line
				}
			}
			i += n
		}
		if !found && facts.Birth && f.wants(l.Text) {
			question = line
		}
	}
	return dst
}

// dayAlone returns the length of a day of a month that begins a line and is the rest of
// a date of birth in a line before.
func (f Finder) dayAlone(call []span.Line, half, line int) int {
	if half < 0 || call[half].Speaker != call[line].Speaker || !f.onlyBetween(call, half, line) {
		return 0
	}
	n := f.dayOf(call[line].Text, 0)
	if n == 0 || f.month(call[line].Text, 0) > 0 || len(call[line].Text)-n > 3*4 {
		return 0
	}
	return n
}

// endsAsking says whether a line ends with a word for somebody's birth: the next one of
// its speaker says when.
func (f Finder) endsAsking(text string) bool {
	k := f.Nearest(text, 0, len(text))
	return k.Kind == span.Birthday && len(text)-k.End <= 3*2
}

// wants says whether a line speaks of somebody's birth.
func (f Finder) wants(text string) bool {
	return f.Nearest(text, 0, len(text)).Kind == span.Birthday
}

// onlyBetween says whether a line follows another at once, or after lines that say
// nothing.
func (f Finder) onlyBetween(call []span.Line, from, to int) bool {
	if to-from > 4 {
		return false
	}
	for i := from + 1; i < to; i++ {
		if !f.Acknowledges(call[i].Text) {
			return false
		}
	}
	return true
}

// isBirth says whether a date is somebody's birth: the words before or behind it say
// so, or it answers a question.
func (f Finder) isBirth(text string, start, end int, whole, answers bool) bool {
	rest := text[end:]
	if whole && (strings.HasPrefix(rest, "的今年") || zodiac(rest)) || f.bornThen(text, start, end) {
		return true
	}
	if born, found := strings.CutPrefix(rest, "生"); found && (born == "" || strings.ContainsRune("，。,.？?吧啊", firstRune(born))) {
		return true
	}
	for _, w := range []string{"这天", "那天", "的", "，", ",", "就", "也", "是", "我的", "我", "她", "他", "您", "的", "孩子", "我妈", "我爸"} {
		rest = strings.TrimPrefix(rest, w)
	}
	for _, w := range []string{"出生", "生日", "生的", "生人", "过生日", "诞生", "过寿", "降生"} {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	near := text[max(0, start-3*6):start]
	if i := strings.LastIndex(near, "属"); whole && i >= 0 && zodiac(text[start-len(near)+i:]) {
		return true
	}
	k := f.Nearest(text, max(0, lastBreak(text[:start])), start)
	if k.Kind == span.Birthday {
		between := text[k.End:start]
		return (whole || len(between) <= 9) && !strings.Contains(between, "月") && !strings.ContainsAny(between, "0123456789")
	}
	return answers && start <= answerStart
}

// saysAge says whether a text has a word that follows a date of birth.
func saysAge(text string) bool {
	return strings.Contains(text, "的今年") || strings.Contains(text, "属")
}

// bornThen says whether a day of a year long ago stands where a date of birth does: 我
// 一四年十月六号的.
func (f Finder) bornThen(text string, start, end int) bool {
	rest, found := strings.CutPrefix(text[end:], "的")
	if !found || rest != "" && !strings.HasPrefix(rest, "，") && !strings.HasPrefix(rest, "。") && !strings.HasPrefix(rest, "嘛") && !strings.HasPrefix(rest, "啊") {
		return false
	}
	n, count, year := f.run(text, start, 4, true)
	if !strings.Contains(text[start:end], "月") || !strings.HasPrefix(text[start+n:], "年") {
		return false
	}
	return count == 2 && (year >= 30 || year <= 18) || count == 4 && year >= 1930 && year <= 2018
}

// MayTell says whether a text may have a date of which it says 的 at once, and which is of
// somebody's birth with no other word for it: see bornThen.
func MayTell(facts words.Facts, text string) bool {
	if facts.Digits < 3 {
		return false
	}
	i := strings.Index(text, "年")
	return i > 0 && strings.Contains(text[i:], "月") && strings.Contains(text[i:], "的")
}

// zodiac says whether a text goes on with the animal of a year of birth: 的属龙.
func zodiac(text string) bool {
	for _, w := range []string{"的", "，", ","} {
		text = strings.TrimPrefix(text, w)
	}
	animal, found := strings.CutPrefix(text, "属")
	return found && strings.ContainsRune("鼠牛虎兔龙蛇马羊猴鸡狗猪", firstRune(animal)) && animal != ""
}

// lastBreak returns where the part of a text begins in which a word before a place
// still says what is there.
func lastBreak(text string) int {
	i := max(0, len(text)-3*20)
	for i < len(text) && !utf8.RuneStart(text[i]) {
		i++
	}
	for at := i; ; {
		start, end := span.NextLabel(text, at)
		if start == len(text) {
			return i
		}
		i, at = end, end
	}
}

// date returns the length of the date that begins at a byte of a text, and whether it
// has at least two of year, month and day.
func (f Finder) date(text string, i int) (length int, whole bool) {
	if i > 0 {
		// Not in the middle of a number.
		r, _ := utf8.DecodeLastRuneInString(text[:i])
		if _, hard, _ := f.Digit(r); hard || r == '十' || r == '.' || r == '-' {
			return 0, false
		}
	}
	if n := f.writtenDate(text, i); n > 0 {
		return n, true
	}
	if n, count, v := f.run(text, i, 9, false); count == 8 && v >= 1900_01_01 && v <= 2079_12_31 && v/100%100 >= 1 && v/100%100 <= 12 && v%100 >= 1 && v%100 <= 31 {
		return n, true
	}
	if n, count, v := f.run(text, i, 7, false); count == 6 && v/100%100 >= 1 && v/100%100 <= 12 && v%100 >= 1 && v%100 <= 31 && !f.Counted(text, i+n, false) {
		return n, false // 860315
	}
	at := i
	parts := 0
	// The year: two or four digits.
	if n := century(text[at:]); n > 0 {
		at += n
		parts++
	} else if n, count, year := f.run(text, at, 4, true); count == 2 || count == 4 {
		if month, day := year/100, year%100; count == 4 && n == 4*(n/4) && month >= 1 && month <= 12 && day >= 1 && day <= 31 && !f.Counted(text, at+n, false) {
			return n, false // 0526
		}
		if count == 4 {
			if n := f.bareDate(text, at+n); n > 0 && year >= 1900 && year <= 2079 {
				return n - i, true
			}
		}
		if strings.HasPrefix(text[at+n:], "年") && (count == 2 || year >= 1900 && year <= 2079) {
			at += n + len("年")
			parts++
		}
	}
	if parts > 0 {
		if n := feast(text[at:]); n > 0 {
			return at + n - i, true // 九五年元旦
		}
	}
	if parts > 0 {
		at += joint(text[at:], func(rest string) bool { return f.month(rest, 0) > 0 })
	}
	month := false
	if n := f.month(text, at); n > 0 {
		at += n
		parts++
		month = true
	}
	if month {
		at += joint(text[at:], func(rest string) bool { return f.dayOf(rest, 0) > 0 })
		if n := f.dayOf(text, at); n > 0 {
			at += n
			parts++
		}
	}
	if parts == 0 {
		return 0, false
	}
	return at - i, parts > 1
}

// century returns the length of a year that is said as a number: 两千年, 两千零五年.
func century(text string) int {
	for _, w := range [...]string{"两千", "二千", "2千"} {
		rest, found := strings.CutPrefix(text, w)
		if !found {
			continue
		}
		n := len(w)
		for _, r := range rest {
			switch {
			case r == '年':
				return n + len("年")
			case !strings.ContainsRune("零〇一二三四五六七八九十", r) || n > len(w)+3*3:
				return 0
			}
			n += utf8.RuneLen(r)
		}
	}
	return 0
}

// feast returns the length of a holiday at the beginning of a text, which is a day of a
// year, with 的 before it.
func feast(text string) int {
	rest := strings.TrimPrefix(text, "的")
	for _, w := range [...]string{"元旦", "大年初", "大年三十", "除夕", "春节", "元宵节", "元宵", "清明节", "清明", "端午节", "端午", "七夕", "中秋节", "中秋", "重阳节", "重阳", "国庆节", "国庆", "圣诞节", "圣诞", "儿童节", "劳动节", "妇女节", "建军节", "冬至", "腊八"} {
		if strings.HasPrefix(rest, w) {
			n := len(text) - len(rest) + len(w)
			if w == "大年初" {
				if r, size := utf8.DecodeRuneInString(text[n:]); strings.ContainsRune("一二三四五六七八九十", r) {
					n += size
				}
			}
			return n
		}
	}
	return 0
}

// dayless says whether a date ends with its month.
func (f Finder) dayless(date string) bool {
	return strings.HasSuffix(date, "月") || strings.HasSuffix(date, "月份")
}

// bareDate returns where the month and the day end that follow a year without their
// words, from a byte on: 一九九一，十二，零三. 0: none do.
func (f Finder) bareDate(text string, i int) int {
	at := i
	for _, most := range []int{12, 31} {
		length := func(rest string) int {
			if n, v := f.numeral(rest, 0); v >= 1 && v <= most {
				return n
			}
			return 0
		}
		j := joint(text[at:], func(rest string) bool { return length(rest) > 0 })
		if j == 0 {
			return 0
		}
		at += j
		at += length(text[at:])
	}
	return at
}

// joint returns the length of what is between two parts of a date, 0 if no other part
// follows.
func joint(text string, follows func(string) bool) int {
	for _, j := range []string{"，", ",", " ", "，呃，", "，嗯，", "呃", "嗯", "的", "、", "的，", "呢，", "啊，"} {
		if rest, found := strings.CutPrefix(text, j); found && follows(rest) {
			return len(j)
		}
	}
	return 0
}

// run returns the length of up to some digits at a place, their count and their
// value.
func (f Finder) run(text string, i, most int, softs bool) (length, count, number int) {
	for at := i; at < len(text) && count < most; {
		r, size := utf8.DecodeRuneInString(text[at:])
		value, hard, soft := f.Digit(r)
		if !hard && !(softs && soft) {
			break
		}
		number = 10*number + int(value-'0')
		at += size
		count++
		length = at - i
	}
	return length, count, number
}

// writtenDate returns the length of a date in figures: 1990-07-15, 1966.12.31.
func (f Finder) writtenDate(text string, i int) int {
	n, count, year := f.run(text, i, 4, false)
	if n != count || i+n >= len(text) || count != 2 && (count != 4 || year < 1900 || year > 2079) {
		return 0
	}
	sep := text[i+n]
	if sep != '-' && sep != '.' && sep != '/' {
		return 0
	}
	at := i + n + 1
	n, count, month := f.run(text, at, 2, false)
	if count == 0 || n != count || month < 1 || month > 12 || at+n >= len(text) || text[at+n] != sep {
		return 0
	}
	at += n + 1
	n, count, day := f.run(text, at, 2, false)
	if count == 0 || n != count || day < 1 || day > 31 {
		return 0
	}
	return at + n - i
}

// month returns the length of a month at a place, with 月.
func (f Finder) month(text string, i int) int {
	if rest, leap := strings.CutPrefix(text[i:], "闰"); leap && rest != "" {
		if n := f.month(text, i+len("闰")); n > 0 {
			return len("闰") + n
		}
		return 0
	}
	for _, w := range []string{"正月", "腊月", "冬月"} {
		if strings.HasPrefix(text[i:], w) {
			return len(w)
		}
	}
	n, value := f.numeral(text, i)
	if n == 0 || value < 1 || value > 12 {
		return 0
	}
	for _, w := range []string{"月份", "月"} {
		if strings.HasPrefix(text[i+n:], w) {
			return n + len(w)
		}
	}
	return 0
}

// dayOf returns the length of a day of a month at a place, with 号 or 日 if it has one.
func (f Finder) dayOf(text string, i int) int {
	at := i
	if strings.HasPrefix(text[at:], "初") {
		at += len("初")
	} else if rest, misheard := strings.CutPrefix(text[at:], "出"); misheard {
		if _, hard, _ := f.Digit(firstRune(rest)); hard || strings.HasPrefix(rest, "十") {
			at += len("出")
		}
	}
	n, value := f.numeral(text, at)
	if n == 0 || value < 1 || value > 31 {
		return 0
	}
	at += n
	for _, w := range []string{"号", "日"} {
		if strings.HasPrefix(text[at:], w) && !strings.HasPrefix(text[at:], "日常") {
			return at + len(w) - i
		}
	}
	return at - i
}

// numeral reads a number below 100 as figures or with 十; digits may be misheard.
func (f Finder) numeral(text string, i int) (length, number int) {
	const ten = "十"
	n, count, v := f.run(text, i, 2, true)
	if count == 2 && (n == 2 || v < 10) {
		return n, v // figures, or 零三
	}
	if strings.HasPrefix(text[i:], "廿") {
		n, _, v := f.run(text, i+len("廿"), 1, true)
		return len("廿") + n, 20 + v
	}
	tens, at := 1, i
	n, count, v = f.run(text, i, 1, true)
	if count == 1 {
		at, tens = i+n, v
	}
	if !strings.HasPrefix(text[at:], ten) {
		if count == 0 {
			return 0, 0
		}
		return n, v
	}
	at += len(ten)
	n, count, v = f.run(text, at, 1, false)
	if count == 0 {
		n, count, v = f.run(text, at, 1, true)
		if count == 0 || !strings.HasPrefix(text[at+n:], "号") && !strings.HasPrefix(text[at+n:], "日") {
			return at - i, 10 * tens
		}
	}
	return at + n - i, 10*tens + v
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
