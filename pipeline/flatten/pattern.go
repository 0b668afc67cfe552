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
// A line is read once from left to right. At each place the first rule that
// fits takes as much as it can; what no rule takes stays byte for byte.
//
//	rule     takes                                             not
//	slot     {name} {date} {time} {amount} {num}: left as they are
//	{name}   the call's contact name and form of address, of   a name without a letter
//	         2 characters or more, the longer first; a title
//	         (先生 女士 小姐) behind it; the name's first one or
//	         two characters where a title follows
//	{date}   2020年1月15日 2020年1月 1月15号 1月 2020年         15号 (a house number); 100年, 3个月
//	         2020-01-15 2020/1/15 2020.01.15, 15日             一日; 20.15日
//	         周三 星期三 礼拜天                                  周三次 (times a week)
//	{time}   15:30 15:30:00, 3点 3点半 3点15分 3点05 3点一刻     一点 一时, but for a part of the day
//	         8时 8时30分; a part of the day before it           before or 半 钟 整, minutes behind them
//	{amount} a number and 元 块 块钱 美元 …, also 5元3角、九块九   2020元旦
//	         ￥99 $99.5                                        三元桥 一块 (one numeral needs 钱 整,
//	                                                           the end of the phrase or 的 了 起 包)
//	{num}    digits, with . - or , between groups of them,     a single numeral: 一下 第一 三星 十分
//	         万 亿 … and % behind: 010-58109988 1,200 3.5万    一一 两两
//	         two numerals or more: 一百二十 幺三八 三点五        万一 千万 百… (no digit first)
//	         百分之二十
//
// Digits are those of ASCII and their full-width forms; numerals are
// 零〇一二两三四五六七八九幺十百千万亿. A pattern is its own pattern: no rule
// takes a brace, and a rule that looks at what follows takes a slot there for
// the worst (see follow). Names and looks ahead are bounded, so the time taken
// is linear in the length of the line.
type patterns struct {
	names [2]string // name and form of address, the longer first; "" for none
	short [2]string // the first one and two characters of the name
	lead  [3]byte   // their first bytes, one for both of short
}

// append appends the pattern of script to dst, nothing where the script has no
// slots and is its own pattern.
func (p *patterns) append(dst []byte, script string) []byte {
	done := 0
	for i := 0; i < len(script); {
		slot, end := p.match(script, i)
		if slot != "" {
			dst = append(dst, script[done:i]...)
			dst = append(dst, slot...)
			done = end
		}
		i = end
	}
	if done == 0 {
		return dst
	}
	return append(dst, script[done:]...)
}

// match applies the rules at s[i:]. It gives the slot and the end of what the
// slot takes; or "" and the end of what stays as it is.
func (p *patterns) match(s string, i int) (slot string, end int) {
	if end := p.name(s, i); end > i {
		return slotName, end
	}
	c := s[i]
	if c < utf8.RuneSelf {
		switch {
		case isDigit(c):
			return p.quantity(s, i)
		case c == '$':
			return price(s, i, 1)
		case c == '{':
			return "", i + max(1, slotLen(s[i:]))
		}
		return "", i + 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	switch r {
	case '０', '１', '２', '３', '４', '５', '６', '７', '８', '９',
		'零', '〇', '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '幺', '十':
		return p.quantity(s, i)
	case '百', '千', '万', '亿':
		return p.unit(s, i)
	case '￥', '¥', '＄':
		return price(s, i, size)
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
