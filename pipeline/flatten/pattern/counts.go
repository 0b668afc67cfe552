package pattern

import (
	"strings"
	"unicode/utf8"
)

// Units before which a single numeral is a number and no part of a word. Where one
// begins with another, the longer is first.
var (
	// Time, and parts of an address: also after 一.
	timesAndPlaces = [...]string{
		"个月", "个星期", "个礼拜", "个季度", "个小时", "个钟头", "个工作日", "个半月", "个半小时", "工作日",
		"星期", "礼拜", "季度", "小时", "分钟", "秒钟", "周岁", "天", "年", "周", "秒", "岁", "期",
		"单元", "号楼", "号线", "号院", "楼", "层", "栋", "幢",
	}
	// Things: 一 before them means "a" (一位客户, 再说一次).
	things = [...]string{
		"次", "遍", "位", "名", "张", "件", "份", "台", "套", "笔", "条", "项", "辆", "封", "箱", "袋", "盒",
		"倍", "折", "公里", "公斤", "米", "斤", "号", "个",
	}

	// Words and names of a single numeral and what looks like a unit.
	singleWords = [...]string{
		"一年四季", "一年到头", "一年级", "一层楼", "二次元", "三天两头", "三位一体", "三张嘴",
		"四周", "五台山", "五笔字", "五笔输", "六张犁", "九天银河", "两个人", "三个人", "四个人", "五个人", "十个人",
	}
)

// unitLeads are what the units begin with: few numerals have one after them.
var unitLeads = func() (set runeSet) {
	for _, list := range [...][]string{timesAndPlaces[:], things[:]} {
		for _, unit := range list {
			c, _ := utf8.DecodeRuneInString(unit)
			set.add(c)
		}
	}
	return set
}()

// count returns the end of the single numeral at s[i:end] if a unit makes it a
// number (三天, 两次), else i. Text before from is not looked at: a slot replaces it.
func (r *Replacer) count(s string, from, i, end int) int {
	next, _ := utf8.DecodeRuneInString(s[end:])
	value, _ := numeralAt(s, i)
	if !unitLeads.mayHave(next) || value == 0 || value > ten || strings.HasPrefix(s[i:], "幺") {
		return i
	}
	before, _ := utf8.DecodeLastRuneInString(s[from:i])
	after := skip(s, end, timesAndPlaces[:]...)
	if value == 1 {
		// 第一天, 有一年, 统一层高; but 第一期.
		if strings.ContainsRune("第这那哪有每某另同上下前后头再统唯单专逐之", before) && skip(s, end, "期") == end {
			return i
		}
	} else if after == end && !strings.HasPrefix(s[i:], "二") { // two things are 两, 二条 is a street
		after = skip(s, end, things[:]...)
	}
	switch {
	case after == end,
		value == 2 && before == '第' && after == end+len("天"), // 第二天 is the next day
		value == ten && (before == '几' || before == '数'):
		return i
	}
	for _, word := range singleWords {
		if strings.HasPrefix(s[i:], word) && !r.nameWithin(s, end, i+len(word)) {
			return i
		}
	}
	return end
}

// nameWithin reports whether the contact's name begins in s[i:end]: it will be a
// slot, so that the text there says nothing.
func (r *Replacer) nameWithin(s string, i, end int) bool {
	for at := range s[i:end] {
		if r.name(s, i+at) > i+at {
			return true
		}
	}
	return false
}
