// Package pattern replaces what differs from call to call in a line of the
// robot (the job's own parameters, names, dates, times, amounts, numbers) by
// slots, so that one node of the robot's flow reads the same in every call. It
// knows text, the parameters of one job and the names of one call, not jobs or
// tables.
//
// A brace in a pattern is always one of a slot. Other braces of a line, such as
// those of a parameter that was not filled in (${name}), and those of a key are
// written in full width: ｛ ｝. All other text that no rule takes is kept byte for
// byte.
//
// # Parameters
//
// {=key} is a value of the job's parameters, no matter which: an address, a date,
// an amount. Values are replaced before anything else, the longest first, of
// equally long ones that on the left.
//
//   - A value has two characters or more, white space around it aside, and at most
//     1 KiB, one of them a letter or a digit. Words that scripts say anyway (今天
//     先生 true) are none.
//   - It is not cut out of a number or a word of letters: 12 is no part of 2012,
//     12.5, 12:30, 12万 or A12, 三天 none of 十三天, app none of apple.
//   - Of two keys with one value, the slot has the one that is first in the order
//     of bytes. The order of a job's parameters does not matter.
//   - A value that is the contact's name takes the title after it, like {name}.
//   - Slots whose keys would make a line more than some times as long are left out.
//
// A value of one digit stays {num}, one of two digits becomes {=key}: so a node that
// counts from 1 to 20 has two patterns.
//
// # Rules
//
// Then the line is read once, from left to right. At each position the first rule
// that matches takes as much as it can.
//
//	{name}    the contact's name and honorific, from 2 characters on, the longer first, with a title
//	          (先生 女士 小姐) after them; the first one or two characters of the name before a title
//	    not   a name without a letter
//	{date}    2020年1月15日 2020年1月 1月15号 1月 2020年 15日, the same in numerals;
//	          2020-01-15 2020/1/15 2020.01.15; 周三 星期三 礼拜天
//	    not   15号 (a house number); 100年 3个月 (durations); 一日; 周三次 (times a week)
//	{time}    15:30 15:30:00; 3点 3点半 3点15分 3点05 3点一刻; 8时 8时30分, the same in numerals;
//	          with a part of the day before it (下午)
//	    not   一点 一时 without a part of the day before or 半, 钟, minutes … after; 三点五 (3.5)
//	{amount}  a number and 元 块 块钱 美元 …, with 5元3角 and 九块九; ￥99 $99.5
//	    not   2020元旦; one numeral and 元 or 块 (三元桥, 一块去), except before 钱, 整, 的, 了, 起, 包 or a pause
//	{num}     digits with . - or , between groups and 万 亿 … or % after: 010-58109988 1,200 3.5万 20%;
//	          two numerals or more: 一百二十 幺三八 三点五; 百分之二十; one numeral before a unit (三天, 两次, 第三期),
//	          一 only before one of time or of an address (一个月, 一单元)
//	    not   one numeral otherwise (一下 第一 三星 十分 三亚 一个人 一次 第一天 四周); 一一 两两;
//	          百 千 万 亿 without a numeral before (万一 千万)
//
// Digits are those of ASCII and their full-width forms; numerals are
// 零〇一二两三四五六七八九幺十百千万亿. A single digit is always a slot.
//
// The rules leave slots alone and make nothing more of their own result: one that
// looks ahead decides against a match where a slot follows. Time is linear in the
// length of the line: values and names are bounded, and a run of digits is read by
// a fixed number of rules.
package pattern

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Slots, as they stand in a pattern, beside those of parameters.
const (
	Name   = "{name}"
	Date   = "{date}"
	Time   = "{time}"
	Amount = "{amount}"
	Num    = "{num}"
)

// Call is what lines may say of the call they are spoken in. The zero value is
// a call without names, whose patterns have no {name}.
type Call struct {
	Name      string // of the contact
	Honorific string // form of address, such as 张先生
}

// Replacer replaces by slots what belongs to one call. It reuses its buffers from
// line to line. Not safe for concurrent use.
type Replacer struct {
	rules runeSet   // characters a rule may begin with, except {name}
	first runeSet   // rules, and the first characters of the names
	names [2]string // name and honorific, the longer first; "" if unused
	short [2]string // the first one and two characters of the name
	lead  [3]rune   // distinct first characters of names and short; -1 if unused

	values values // of the job
	marked []byte // the present line with the slots of values
}

// leads are the characters a rule of match begins with, except {name}.
const leads = "{0123456789０１２３４５６７８９零〇一二两三四五六七八九幺十百千万亿$￥¥＄周星礼凌清早上中下傍晚夜半"

// NewReplacer returns a Replacer for the lines of a call of a job without
// values.
func NewReplacer(call Call) *Replacer {
	r := &Replacer{}
	for _, c := range leads {
		r.rules.add(c)
	}
	r.Reset(call)
	return r
}

// Append appends the pattern of a line to dst, or nothing if the line has no
// slots and is its own pattern.
func (r *Replacer) Append(dst []byte, line string) []byte {
	r.values.find(line)
	if len(r.values.taken) == 0 && strings.IndexByte(line, '{') < 0 && strings.IndexByte(line, '}') < 0 {
		return r.appendSlots(dst, line)
	}
	r.marked = r.appendValues(r.marked[:0], line)
	marked, start := unsafe.String(unsafe.SliceData(r.marked), len(r.marked)), len(dst)
	if dst = r.appendSlots(dst, marked); len(dst) == start {
		dst = append(dst, marked...)
	}
	if cap(r.marked) > maxKept {
		r.marked = nil
	}
	return dst
}

// appendSlots appends what the rules make of a line in which every brace is one
// of a slot, or nothing if that is the line itself.
func (r *Replacer) appendSlots(dst []byte, line string) []byte {
	done := 0
	for {
		slot, start, end := r.next(line, done)
		if slot == "" {
			break
		}
		dst = append(dst, line[done:start]...)
		dst = append(dst, slot...)
		done = end
	}
	if done == 0 {
		return dst
	}
	return append(dst, line[done:]...)
}

// next returns the first slot of a line at or after from, and the text it
// replaces: line[start:end]. from is 0 or the end of an earlier slot. slot is
// "" if there are no more.
func (r *Replacer) next(line string, from int) (slot string, start, end int) {
	for i := r.candidate(line, from); i < len(line); i = r.candidate(line, end) {
		if slot, end = r.match(line, from, i); slot != "" {
			return slot, i, end
		}
	}
	return "", len(line), len(line)
}

// candidate returns the next position at or after i where a rule may match,
// len(s) if there is none.
func (r *Replacer) candidate(s string, i int) int { return r.first.next(s, i) }

// runeSet holds characters by their lowest 12 bits, so it may report characters
// it does not hold. Most characters begin no rule: this skips them several times
// faster than the switch in match.
type runeSet [64]uint64

func (set *runeSet) add(r rune)          { set[r>>6&63] |= 1 << (r & 63) }
func (set *runeSet) mayHave(r rune) bool { return set[r>>6&63]&(1<<(r&63)) != 0 }

// next returns the next position at or after i of a character that the set may
// have, len(s) if there is none.
func (set *runeSet) next(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; {
		case c>>4 == 0xE && i+2 < len(s) && isRest(s[i+1]) && isRest(s[i+2]):
			// Most characters: these two bytes are the lowest 12 bits. What is no character
			// here, such as a surrogate, begins nothing.
			if set[s[i+1]&63]&(1<<(s[i+2]&63)) != 0 {
				return i
			}
			i += 3
		case c < utf8.RuneSelf:
			if set[c>>6]&(1<<(c&63)) != 0 {
				return i
			}
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if set.mayHave(r) {
				return i
			}
			i += size
		}
	}
	return i
}

// isRest reports whether a byte is one of a character in UTF-8 after its first.
func isRest(c byte) bool { return c>>6 == 2 }

// match applies the rules at s[i:]; text before from is replaced by slots already.
// It returns the slot and the end of the text it replaces, or "" and the end of the
// text to keep.
func (r *Replacer) match(s string, from, i int) (slot string, end int) {
	c, size := utf8.DecodeRuneInString(s[i:])
	if c == r.lead[0] || c == r.lead[1] || c == r.lead[2] {
		if end := r.name(s, i); end > i {
			return Name, end
		}
	}
	switch c {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '０', '１', '２', '３', '４', '５', '６', '７', '８', '９',
		'零', '〇', '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '幺', '十':
		return r.quantity(s, from, i)
	case '百', '千', '万', '亿':
		return r.unit(s, i)
	case '$', '￥', '¥', '＄':
		return price(s, i, size)
	case '{':
		return "", i + max(size, slotLen(s[i:]))
	case '周', '星', '礼':
		if end := r.weekday(s, i); end > i {
			return Date, end
		}
	case '凌', '清', '早', '上', '中', '下', '傍', '晚', '夜', '半':
		if end := r.partOfDay(s, i); end > i {
			return Time, end
		}
	}
	return "", i + size
}

// quantity matches text that begins with a digit or a numeral.
func (r *Replacer) quantity(s string, from, i int) (slot string, end int) {
	if end := date(s, i); end > i {
		return Date, end
	}
	if end := r.clock(s, i, false); end > i {
		return Time, end
	}
	return r.number(s, from, i)
}

// slotLen returns the length of the slot that text begins with, 0 without one.
func slotLen(text string) int {
	if text == "" || text[0] != '{' {
		return 0
	}
	return strings.IndexByte(text, '}') + 1
}
