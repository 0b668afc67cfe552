package others

import (
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/span"
)

// part is a number in a line with what it counts: 3栋, 十七号院, 1201.
type part struct {
	start, end int // in characters, with the unit
	digits     int
	kind       int // of the unit; 0 without one
	floor      bool
	at         rune // the unit's first character
}

// chain is an address: the name of a place, and the numbers after it.
type chain struct {
	start, end int
	name       int // the kind of place it begins with, 0 for none
	parts      []part
}

// addresses finds addresses with a number in the line.
func (f *Finder) addresses() {
	for i := 0; i < len(f.line.runes); {
		if f.line.marks[i]&numeral == 0 && !f.numbersDoor(i) {
			i++
			continue
		}
		c, next := f.chain(i)
		if c.end > c.start && f.isAddress(c) {
			if s := f.leftOf(c.start); c.name == 0 && c.start-s >= 2 && c.start-s <= 8 && !f.noPlace(s, c.start) {
				c.start = s // whatever it is called
			}
			f.add(span.Address, c.start, c.end)
		}
		i = max(next, i+1)
	}
}

// numbersDoor reports whether a letter or 甲 at i begins the number of a house.
func (f *Finder) numbersDoor(i int) bool {
	l := &f.line
	r := l.runes[i]
	switch {
	case char.Letter(r):
		return !char.Letter(l.rune(i - 1))
	case stem(r):
		return l.mark(i+1)&numeral != 0 || f.strongAt(i+1) || l.rune(i+1) == '座'
	case l.marks[i]&misheard != 0:
		return (l.mark(i+1)&numeral != 0 || l.rune(i+1) == '号') && f.placeBefore(i) == placeStreet || f.strongAt(i+1) && f.placeBefore(i) == placeEstate
	}
	return false
}

// flatAt reports whether the number of a flat is at i: three or four digits.
func (f *Finder) flatAt(i int) bool {
	n := 0
	for f.line.mark(i+n)&numeral != 0 {
		n++
	}
	return n == 3 || n == 4
}

// stem reports whether a character counts like a letter: 甲六号, 乙单元.
func stem(r rune) bool { return r == '甲' || r == '乙' || r == '丙' || r == '丁' }

// strongAt reports whether what hardly anything but an address counts is at i.
func (f *Finder) strongAt(i int) bool {
	l := &f.line
	if l.mark(i)&unit == 0 {
		return false
	}
	_, kind := beginning(f.marks.units, l.runes[i:])
	return kind == unitStrong
}

// chain reads the address whose first number is at i, and says where the search
// goes on.
func (f *Finder) chain(i int) (c chain, next int) {
	first, ok := f.part(i)
	if !ok {
		return c, f.pastNumber(i)
	}
	c.start, c.name = f.placeName(first)
	c.end, c.parts = first.end, append(c.parts, first)
	for {
		p, ok := f.following(c.parts[len(c.parts)-1])
		if !ok {
			break
		}
		c.end, c.parts = p.end, append(c.parts, p)
	}
	return c, c.end
}

// part reads a number and its unit.
func (f *Finder) part(i int) (part, bool) {
	l := &f.line
	end := f.pastNumber(i)
	p := part{start: i, end: end}
	if l.rune(i-1) == '负' && l.marks[i]&numeral != 0 {
		p.start-- // 负一层
	}
	for k := i; k < end; k++ {
		if l.marks[k]&(numeral|misheard) != 0 {
			p.digits++
		}
	}
	n, kind := beginning(f.marks.units, l.runes[end:])
	switch {
	case kind == unitNot:
		n, kind = 0, 0
	case n > 0:
		if m, not := f.unitNot(end); not && m > n {
			n, kind = 0, 0
		}
	}
	if n == 0 && p.digits > 0 && char.Letter(l.rune(end)) && !char.Letter(l.rune(end+1)) && l.mark(end+1)&numeral == 0 && (i+1 < end || l.edge(end+1)) {
		p.end++ // 1203B, 7D
	}
	if n > 0 {
		p.kind, p.end, p.at = kind, end+n, l.runes[end]
		p.floor = n == 1 && (p.at == '楼' || p.at == '层')
		if l.rune(p.end) == '之' && l.mark(p.end+1)&numeral != 0 {
			p.end += 2 // 98号之二
		}
		if char.Letter(l.rune(p.end)) && p.digits > 0 && !char.Letter(l.rune(p.end+1)) && l.mark(p.end+1)&(numeral|unit) == 0 && (p.floor || p.at == '室') {
			p.end++ // 三十一楼A
		}
	}
	lettered := char.Letter(l.runes[i]) || stem(l.runes[i])
	switch {
	case p.start < i && !p.floor:
		return p, false
	case p.digits == 0 && !(lettered && (strings.ContainsRune("座区门楼塔", max(p.at, 1)) || p.kind == unitStrong)):
		return p, false
	case p.at == '号' && l.rune(i-1) == '月':
		return p, false // a date
	case l.rune(i-1) == '第' && !(strings.ContainsRune("号组队排社生大户栋幢", max(p.at, 1)) && f.placeBefore(i-1) >= placeEstate):
		return p, false
	case p.kind == 0 && p.digits < 1:
		return p, false
	}
	return p, true
}

// unitNot returns the longest phrase at i that says that the unit there is none.
func (f *Finder) unitNot(i int) (length int, not bool) {
	for _, p := range f.marks.units[f.line.runes[i]] {
		if p.kind == unitNot && hasPrefix(f.line.runes[i:], p.text) {
			return len(p.text), true
		}
	}
	return 0, false
}

func hasPrefix(text, prefix []rune) bool {
	return len(text) >= len(prefix) && slices.Equal(text[:len(prefix)], prefix)
}

// has reports whether a word is at i.
func (l *line) has(i int, word string) bool {
	for _, r := range word {
		if l.rune(i) != r {
			return false
		}
		i++
	}
	return true
}

// hasBefore reports whether a word ends before i.
func (l *line) hasBefore(i int, word string) bool {
	i -= utf8.RuneCountInString(word)
	return i >= 0 && l.has(i, word)
}

// pastNumber returns the end of the number at i: digits of any kind, with a letter
// or 甲 before them, hyphens between them, and what sounds like a digit between two
// of them or between one and its unit.
func (f *Finder) pastNumber(i int) int {
	l := &f.line
	if char.Letter(l.rune(i)) || stem(l.rune(i)) {
		i++
	}
	for l.within(i) {
		m := l.marks[i]
		switch r := l.runes[i]; {
		case m&numeral != 0:
		case (r == '-' || r == '—' || r == '之' || r == '/' || r == '杠' || r == '#') && l.mark(i+1)&numeral != 0 && l.mark(i-1)&numeral != 0:
		case m&misheard != 0 && (l.mark(i+1)&numeral != 0 || (l.mark(i-1)&numeral != 0 || l.mark(i-1)&placeEnd != 0) && l.rune(i+1) == '号' || f.strongAt(i+1)):
		default:
			return i
		}
		i++
	}
	return i
}

// following returns the next number of an address after a part of it.
func (f *Finder) following(after part) (part, bool) {
	l := &f.line
	i := after.end
	if l.rune(i) == '-' || l.rune(i) == ' ' || l.rune(i) == '负' {
		i++
	}
	if q, ok := f.directly(i, after, i == after.end); ok {
		return q, true
	}
	if after.kind == unitStrong && i == after.end && strings.ContainsRune("东西南北中", max(l.rune(i), 1)) && l.has(i+1, "单元") {
		return part{start: i, end: i + 3, kind: unitStrong, at: '单'}, true // 八号楼东单元
	}
	// A correction or a hesitation: 三百六，不对，三百八十号.
	if k := f.pastFillers(i); k > i && l.mark(k)&numeral != 0 {
		q, ok := f.part(k)
		flat := q.kind == 0 && (q.digits == 3 || q.digits == 4) && l.edge(q.end) && after.kind == unitStrong // 三号楼，四零二
		if ok && (q.kind != 0 && (!q.floor || l.edge(q.end) && after.kind != 0 && !after.floor) || flat) {
			return q, true
		}
	}
	if after.kind == 0 {
		return part{}, false
	}
	if k := f.pastConnector(i); k > i {
		if q, ok := f.directly(k, after, false); ok && (q.kind != 0 || (q.digits == 3 || q.digits == 4) && l.edge(q.end)) {
			return q, true
		}
	}
	// The name of an estate and its number: 88号翠苑小区3栋.
	for k := i; k < i+12 && l.within(k) && !l.edge(k); k++ {
		if k > i && (l.marks[k]&numeral != 0 || char.Letter(l.runes[k]) && l.mark(k+1)&(numeral|unit) != 0 || stem(l.runes[k]) && f.numbersDoor(k)) {
			q, ok := f.part(k)
			if !ok {
				return part{}, false
			}
			place := f.placeBefore(k)
			if q.kind == unitStrong && k-i >= 2 || q.at == '床' || q.kind != 0 && place >= placeEstate {
				return q, true
			}
			if l.mark(q.end)&placeEnd == 0 && q.kind != 0 {
				return part{}, false
			}
		}
		if l.marks[k]&stop != 0 && !f.kept(k) {
			break
		}
	}
	return part{}, false
}

// pastConnector returns where the word ends that joins two numbers of an address: 88号
// 附3号, 88号院内3号楼.
func (f *Finder) pastConnector(i int) int {
	for _, w := range []string{"附", "的", "底", "顶楼", "商铺楼上", "楼上", "院内", "院里", "里面", "里", "内", "后面", "后", "东", "西", "南", "北", "那个"} {
		if f.line.has(i, w) {
			return i + utf8.RuneCountInString(w)
		}
	}
	return i
}

// directly returns the part at i, which another one is before.
func (f *Finder) directly(i int, after part, touches bool) (part, bool) {
	l := &f.line
	lettered := char.Letter(l.rune(i)) && (l.mark(i+1)&numeral != 0 || strings.ContainsRune("座区栋幢门楼塔单", max(l.rune(i+1), 1))) ||
		l.mark(i)&misheard != 0 && after.kind == unitStrong && l.mark(i+1)&numeral != 0 && l.mark(i+2)&numeral != 0 || stem(l.rune(i)) && f.numbersDoor(i)
	if after.kind == 0 || l.mark(i)&numeral == 0 && !lettered {
		return part{}, false
	}
	q, ok := f.part(i)
	switch {
	case !ok:
		return q, false
	case q.kind != 0:
		return q, true
	case (q.digits >= 2 || q.digits == 1 && char.Letter(l.rune(q.end-1))) && (touches || after.kind == unitStrong) && l.mark(q.end)&measure == 0 && !char.Letter(l.rune(q.end)):
		return q, true // the number of a flat, also 12D
	}
	return q, false
}

// hesitates reports whether a word of pastFillers begins with a character.
func hesitates(r rune) bool {
	switch r {
	case '不', '那', '就', '来', '多', '应', '好', '然', '号', '我', '怎', '等':
		return true
	}
	return false
}

// hesitated reports whether a word of beforeFillers ends with a character.
func hesitated(r rune) bool {
	switch r {
	case '个', '着', '少', '该', '像', '后', '号', '想', '看', '说', '下', '是':
		return true
	}
	return false
}

// pastFillers returns where what says nothing ends: marks, 呃, 不对.
func (f *Finder) pastFillers(i int) int {
	l := &f.line
	for {
		switch r := l.rune(i); {
		case r == '，' || r == ',' || r == '、' || r == ' ' || r == '呃' || r == '嗯' || r == '啊' || r == '哦' || r == '额':
			i++
		case !hesitates(r):
			return i
		case l.has(i, "不对"), l.has(i, "不是"), l.has(i, "那个"), l.has(i, "就是"):
			i += 2
		case l.has(i, "来着"), l.has(i, "多少"), l.has(i, "应该"), l.has(i, "好像"), l.has(i, "然后"):
			i += 2
		case l.has(i, "号来着"), l.has(i, "我想想"), l.has(i, "我看看"), l.has(i, "怎么说"), l.has(i, "等一下"):
			i += 3
		default:
			return i
		}
	}
}

// beforeFillers returns where what says nothing before i begins.
func (f *Finder) beforeFillers(i int) int {
	l := &f.line
	for k := i; ; {
		switch r := l.rune(k - 1); {
		case r == ',' || r == '、' || r == ' ' || r == '呃' || r == '嗯' || r == '啊' || r == '哦' || r == '额':
			k--
		case !hesitated(r):
			return k
		case l.hasBefore(k, "那个"), l.hasBefore(k, "来着"), l.hasBefore(k, "多少"), l.hasBefore(k, "应该"), l.hasBefore(k, "好像"), l.hasBefore(k, "然后"):
			k -= 2
		case l.hasBefore(k, "多少号"), l.hasBefore(k, "我想想"), l.hasBefore(k, "我看看"), l.hasBefore(k, "怎么说"), l.hasBefore(k, "等一下"), l.hasBefore(k, "不对是"):
			k -= 3
		default:
			return k
		}
	}
}

// placeBefore returns the kind of place whose name ends before i; 0 if none does.
func (f *Finder) placeBefore(i int) int {
	_, kind := f.placeEnding(i)
	return kind
}

// placeEnding returns how many characters say that the name of a place ends before
// i, and what kind of place that is; 0 if none does, or only its kind is named.
func (f *Finder) placeEnding(i int) (length, kind int) {
	l := &f.line
	if l.mark(i-1)&placeEnd == 0 {
		return 0, 0
	}
	n, kind := ending(f.marks.places, l.runes[:i])
	start := f.leftOf(i)
	if n == 0 || i-n <= start-1 {
		return 0, 0
	}
	// 知道 and 小区 are no places, but 锦绣小区 is one.
	if f.noPlace(start, i) {
		return 0, 0
	}
	if kind == placeNone {
		n, kind = f.placeOfKind(i)
	}
	if i-n == start && n < 3 {
		return 0, 0
	}
	return n, kind
}

// noPlace reports whether the characters [start, end) are a word that is no place.
func (f *Finder) noPlace(start, end int) bool {
	l := &f.line
	for _, p := range f.marks.places[l.rune(end-1)] {
		if p.kind == placeNone && end-start == len(p.text) && slices.Equal(l.runes[start:end], p.text) {
			return true
		}
	}
	return false
}

// placeOfKind is ending without the words that are no place.
func (f *Finder) placeOfKind(i int) (length, kind int) {
	l := &f.line
	for _, p := range f.marks.places[l.runes[i-1]] {
		if p.kind != placeNone && i >= len(p.text) && slices.Equal(l.runes[i-len(p.text):i], p.text) {
			return len(p.text), p.kind
		}
	}
	return 0, 0
}

// longest is how many characters an address may have before its first number.
const longest = 24

// leftOf returns where the name of a place that ends before i begins.
func (f *Finder) leftOf(i int) int {
	l := &f.line
	s := i
	for s > 0 && i-s < longest {
		k := s - 1
		r := l.runes[k]
		if !char.Ideograph(r) && !(('0' <= r && r <= '9' || char.Letter(r)) && s < i && char.Ideograph(l.rune(s))) {
			break
		}
		if l.marks[k]&stop != 0 && !f.kept(k) && !(and(r) && f.between(k)) {
			break
		}
		if l.marks[k]&measure != 0 && l.mark(k-1)&numeral != 0 && s < i && l.rune(k-2) != '第' && !(r == '人' && l.rune(k+1) == '民') && !(r == '条' && strings.ContainsRune("胡巷街", max(l.rune(k+1), 1))) {
			break // 两点, 三个
		}
		if l.marks[k]&stopEnd != 0 && !(r == '家' && strings.ContainsRune("园属", max(l.rune(k+1), 1))) {
			if n, _ := ending(f.marks.stops, l.runes[:k+1]); n > 0 {
				break
			}
		}
		s = k
	}
	return s
}

func and(r rune) bool { return r == '和' || r == '与' || r == '及' || r == '跟' }

// between reports whether 和 at i has the name of a place before it: it may join two
// places, or belong to the name of the second. Both are then one address.
func (f *Finder) between(i int) bool {
	l := &f.line
	return char.Ideograph(l.rune(i-1)) && l.mark(i-1)&stop == 0 || strings.ContainsRune("到在是住送寄去来往至从搬换改填写找回", l.rune(i-1)) || l.mark(i-1)&stop != 0 && !and(l.rune(i-1)) && f.kept(i-1) ||
		and(l.rune(i-1)) || char.Ideograph(l.rune(i+1)) && l.mark(i-1)&numeral == 0 && f.kept(i)
}

// kept reports whether the character at i is within a word that names of places
// hold, though it ends them otherwise.
func (f *Finder) kept(i int) bool {
	l := &f.line
	if strings.ContainsRune("省市区县镇乡", l.rune(i-1)) && !strings.ContainsRune("在的了是有吗吧", l.runes[i]) && l.mark(i-2)&stop == 0 && char.Ideograph(l.rune(i-2)) {
		return true // 河东区发祥路
	}
	if strings.ContainsRune("省市区县镇乡村", max(l.rune(i+1), 1)) && strings.ContainsRune("回来会进可有和出对着用或收还所说开放发要", l.runes[i]) && l.mark(i-1)&stop == 0 && char.Ideograph(l.rune(i-1)) && char.Ideograph(l.rune(i+2)) && !strings.ContainsRune("里上城内外", l.rune(i+2)) {
		return true // 隆回县六都寨镇
	}
	for _, k := range f.marks.keeps[l.runes[i]] {
		if start := i - k.at; start >= 0 && hasPrefix(l.runes[start:], k.text) {
			return true
		}
	}
	return false
}

// placeName returns where the name before the first number of an address begins,
// and the kind of place; the number's own place and 0 if none is there.
func (f *Finder) placeName(p part) (start, kind int) {
	l := &f.line
	i := p.start
	// 东 of 工业大道东88号.
	if r := l.rune(i - 1); strings.ContainsRune("东西南北中附第", r) && f.placeBefore(i-1) >= placeEstate {
		return f.wider(f.leftOf(i - 1)), placeStreet
	}
	if kind := f.placeBefore(i); kind != 0 {
		return f.wider(f.leftOf(i)), kind
	}
	// 解放路的88号, 解放路门牌号是88号.
	if p.kind != 0 && !p.floor {
		k := i
		for _, w := range []string{"是", "号", "门牌", "的", "那个", "就", "上"} {
			if l.hasBefore(k, w) {
				k -= utf8.RuneCountInString(w)
			}
		}
		if k < i && f.placeBefore(k) == placeStreet {
			return f.wider(f.leftOf(k)), placeStreet
		}
	}
	// Over a hesitation: 中山北路，呃，三百八十号.
	k := f.beforeFillers(i)
	if k < i && (p.kind != 0 || f.pastFillers(p.end) > p.end) {
		if kind := f.placeBefore(k); kind == placeStreet || kind == placeEstate && p.kind == unitStrong {
			return f.wider(f.leftOf(k)), kind
		}
		if s := f.leftOf(k); k-s >= 2 && p.kind == unitStrong && !f.noPlace(s, k) && f.wider(s) < s {
			return f.wider(s), placeEstate // 宏福苑、西区、二十六号楼
		}
	}
	// Whatever the estate is called.
	if s := f.leftOf(i); i-s >= 2 && (p.kind == unitStrong || p.at == '座' && (char.Letter(l.rune(i)) || f.flatAt(p.end))) && !f.noPlace(s, i) && !strings.ContainsRune("上这那每某另整同", l.rune(i-1)) {
		return f.wider(s), placeEstate
	}
	return i, 0
}

// wider returns where an address begins whose part from s on is known, with what is
// named before a mark or a blank: 青州市，河东区，安泰路88号.
func (f *Finder) wider(s int) int {
	for range 4 {
		k := f.beforeFillers(s)
		if k == s || f.placeBefore(k) == 0 {
			break
		}
		s = f.leftOf(k)
	}
	return s
}

// isAddress decides whether a place and numbers are an address.
func (f *Finder) isAddress(c chain) bool {
	l := &f.line
	first := c.parts[0]
	strong, phases := false, true
	for _, p := range c.parts {
		phases = phases && p.at == '期'
		strong = strong || p.kind == unitStrong
	}
	if phases {
		return false // 幸福里一期二期
	}
	switch c.name {
	case placeStreet:
		if first.kind != 0 {
			return !first.floor || len(c.parts) > 1
		}
		// 天河北路369: nothing counted follows.
		return len(c.parts) > 1 || l.mark(first.end)&measure == 0 && first.digits <= 5 &&
			(l.edge(first.end) || l.rune(first.end) == '楼' || l.mark(first.end)&stop != 0)
	case placeEstate:
		switch {
		case strong || len(c.parts) > 1 || first.kind == unitWeak && !first.floor:
			return true
		case first.floor:
			return f.isHouse(first.start)
		}
		// 翠湖花园3-2-501.
		return first.kind == 0 && l.mark(first.end)&measure == 0 && (hyphened(l.runes[first.start:first.end]) || first.digits >= 3 && first.digits <= 5 && l.edge(first.end) && f.isHouse(first.start))
	case placeRegion:
		return strong
	}
	if house(l.runes[first.start:first.end]) && first.kind == 0 && l.edge(first.end) && f.leftOf(first.start) <= first.start-2 && !strings.ContainsRune("码号是", l.rune(first.start-1)) {
		return true // 橡树湾23-1-602
	}
	last := c.parts[len(c.parts)-1]
	return len(c.parts) > 1 && (strong || (first.floor || first.at == '号' || first.at == '区') && (last.at == '室' || last.at == '床' || last.kind == 0 && last.digits >= 3))
}

// isHouse reports whether the name of a place before i is one of a house where people
// live or work, and not of one they visit.
func (f *Finder) isHouse(i int) bool {
	for _, w := range []string{"大厦", "大楼", "写字楼", "公寓", "宿舍", "小区", "花园", "家园", "新村", "苑", "名邸", "华庭", "公馆", "家属院", "座", "塔"} {
		if f.line.hasBefore(i, w) {
			return true
		}
	}
	return false
}

// hyphened reports whether a number has parts: 3-2-501.
// house reports whether a number is of a building, an entrance and a flat: 23-1-602.
func house(number []rune) bool {
	var digits [3]int
	groups := 0
	for _, r := range number {
		if r == '-' || r == '—' || r == '杠' {
			if groups++; groups > 2 {
				return false
			}
			continue
		}
		digits[groups]++
	}
	return groups == 2 && digits[0] >= 1 && digits[0] <= 3 && digits[1] >= 1 && digits[1] <= 2 && (digits[2] == 3 || digits[2] == 4)
}

func hyphened(number []rune) bool {
	for _, r := range number {
		if r == '-' || r == '—' || r == '杠' || r == '#' {
			return true
		}
	}
	return false
}
