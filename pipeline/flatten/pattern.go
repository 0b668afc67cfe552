package flatten

import (
	"strings"
	"unicode/utf8"
)

// Slots of a pattern.
const (
	slotName   = "{name}"
	slotDate   = "{date}"
	slotTime   = "{time}"
	slotAmount = "{amount}"
	slotNum    = "{num}"
)

// patterns replaces what differs from call to call in a robot's line by slots,
// so that one node of the robot's flow reads the same in every call.
//
// A line is read once, from left to right. At each place the first rule that
// fits takes as much as it can; what no rule takes stays byte for byte.
//
//	slots     {name} {date} {time} {amount} {num} stay as they are
//	{name}    the call's contact name and form of address, from 2 characters on, the longer first;
//	          a title (先生 女士 小姐) behind them; the name's first one or two characters before a title
//	    not   a name without a letter
//	{date}    2020年1月15日 2020年1月 1月15号 1月 2020年 15日, the same in numerals
//	          2020-01-15 2020/1/15 2020.01.15; 周三 星期三 礼拜天
//	    not   15号 (a house number); 100年 3个月 (lengths); 一日; 周三次 (times a week)
//	{time}    15:30 15:30:00; 3点 3点半 3点15分 3点05 3点一刻; 8时 8时30分, the same in numerals;
//	          with a part of the day before it (下午)
//	    not   一点 一时 without a part of the day before or 半, 钟, minutes … behind; 三点五 (3.5)
//	{amount}  a number and 元 块 块钱 美元 …, with 5元3角 and 九块九; ￥99 $99.5
//	    not   2020元旦; one numeral and 元 or 块 (三元桥, 一块去), but before 钱, 整, 的, 了, 起, 包 or a pause
//	{num}     digits with . - or , between groups and 万 亿 … or % behind: 010-58109988 1,200 3.5万 20%
//	          two numerals or more: 一百二十 幺三八 三点五; 百分之二十
//	    not   one numeral (一下 第一 三星 十分); 一一 两两; 百 千 万 亿 without one before (万一 千万)
//
// Digits are those of ASCII and their full-width forms, numerals are
// 零〇一二两三四五六七八九幺十百千万亿. One numeral alone is mostly part of a word:
// 三天 stays where 十五天 is {num}天. In digits both have the slot.
//
// A pattern is its own pattern: no rule takes a brace, and one that looks at
// what follows takes a slot there for the worst (see follow). The time is
// linear in the length of the line: names are bounded, and a run of digits is
// read by a fixed number of rules.
type patterns struct {
	rules  runeSet   // what a rule may begin with, but for names
	starts runeSet   // and with them
	names  [2]string // name and form of address, the longer first; "" for none
	short  [2]string // the first one and two characters of the name
	lead   [3]rune   // their first characters, each once; -1 for none
}

// starts are the characters a rule of match begins with, but for names.
const starts = "{0123456789０１２３４５６７８９零〇一二两三四五六七八九幺十百千万亿$￥¥＄周星礼凌清早上中下傍晚夜半"

// append appends the pattern of script to dst, nothing where the script has no
// slots and is its own pattern.
func (p *patterns) append(dst []byte, script string) []byte {
	done := 0
	for i := p.next(script, 0); i < len(script); {
		slot, end := p.match(script, i)
		if slot != "" {
			dst = append(dst, script[done:i]...)
			dst = append(dst, slot...)
			done = end
		}
		i = p.next(script, end)
	}
	if done == 0 {
		return dst
	}
	return append(dst, script[done:]...)
}

// next gives the next place at or after i where a rule may fit, len(s) where
// there is none.
func (p *patterns) next(s string, i int) int {
	for at, r := range s[i:] {
		if p.starts.mayHave(r) {
			return i + at
		}
	}
	return len(s)
}

// runeSet holds characters by their lowest 12 bits, so it may seem to have some
// it has not. Most characters begin no rule: this passes them several times
// faster than the switch of match.
type runeSet [64]uint64

func (set *runeSet) add(r rune)          { set[r>>6&63] |= 1 << (r & 63) }
func (set *runeSet) mayHave(r rune) bool { return set[r>>6&63]&(1<<(r&63)) != 0 }

// match applies the rules at s[i:]. It gives the slot and the end of what the
// slot takes; or "" and the end of what stays as it is.
func (p *patterns) match(s string, i int) (slot string, end int) {
	r, size := utf8.DecodeRuneInString(s[i:])
	if r == p.lead[0] || r == p.lead[1] || r == p.lead[2] {
		if end := p.name(s, i); end > i {
			return slotName, end
		}
	}
	switch r {
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '０', '１', '２', '３', '４', '５', '６', '７', '８', '９',
		'零', '〇', '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '幺', '十':
		return p.quantity(s, i)
	case '百', '千', '万', '亿':
		return p.unit(s, i)
	case '$', '￥', '¥', '＄':
		return price(s, i, size)
	case '{':
		return "", i + max(size, slotLen(s[i:]))
	case '周', '星', '礼':
		if end := p.weekday(s, i); end > i {
			return slotDate, end
		}
	case '凌', '清', '早', '上', '中', '下', '傍', '晚', '夜', '半':
		if end := p.partOfDay(s, i); end > i {
			return slotTime, end
		}
	}
	return "", i + size
}

// quantity matches what begins with a digit or a numeral.
func (p *patterns) quantity(s string, i int) (slot string, end int) {
	if end := date(s, i); end > i {
		return slotDate, end
	}
	if end := p.clock(s, i, false); end > i {
		return slotTime, end
	}
	return p.number(s, i)
}

// slotLen is the length of the slot text begins with, 0 where it does not.
func slotLen(text string) int {
	for _, slot := range [...]string{slotName, slotDate, slotTime, slotAmount, slotNum} {
		if strings.HasPrefix(text, slot) {
			return len(slot)
		}
	}
	return 0
}

// What may follow a place in a line.
type following int

const (
	phraseEnds following = iota // the end, punctuation, white space, the contact's name
	phraseOn                    // a letter or a digit
	slotAhead                   // a slot, which may have been anything
)
