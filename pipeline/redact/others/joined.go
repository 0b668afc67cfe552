package others

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"callmill/pipeline/redact/span"
)

// mostLines is over how many lines of one speaker an address may be told besides the
// last one.
const mostLines = 3

// joined finds an address that the speaker of line i of the call began in the lines
// before: 地址是金水区花园路, then 五十一号院七号楼. Their parts, which have no number,
// are then of an address, too. goesOn says that the last of these lines ended with an
// address that is found: then the number of a flat is enough.
func (f *Finder) joined(dst []span.Span, call []span.Line, i int, goesOn bool) []span.Span {
	l := &f.line
	start := f.pastLead()
	if !l.within(start) || l.mark(start)&numeral == 0 && !f.numbersDoor(start) {
		for _, s := range f.spans {
			if s.Kind == span.Address && s.Start == start {
				dst, _ = f.begun(dst, call, i, placeRegion) // 邯郸市丛台区, then 联纺东路八十号
			}
		}
		return dst
	}
	c, _ := f.chain(start)
	if len(c.parts) == 0 || c.start != start {
		return dst
	}
	first := c.parts[0]
	flat := first.kind == 0 && (first.digits == 3 || first.digits == 4) && l.edge(first.end)
	if goesOn && (first.kind != 0 || flat) {
		f.add(span.Address, c.start, c.end)
		return dst
	}
	if first.kind == 0 || first.floor {
		return dst
	}
	dst, found := f.begun(dst, call, i, placeEstate)
	if found {
		f.add(span.Address, c.start, c.end)
	}
	return dst
}

// begun finds the parts in the lines before line i of the call of an address that goes
// on there; the one just before must name a place of some kind, and reports whether
// there are any.
func (f *Finder) begun(dst []span.Span, call []span.Line, i, least int) (_ []span.Span, found bool) {
	for k, n := i, 0; n < mostLines; n++ {
		k = lineBefore(call, k)
		if k < 0 {
			break
		}
		from, to := f.endingPlace(call[k].Text, least)
		if to == 0 {
			break
		}
		least = placeRegion
		dst = append(dst, span.Span{Line: k, Start: from, End: to, Kind: span.Address, Layer: span.Others})
		if found = true; from > 0 {
			break
		}
	}
	return dst, found
}

// lineBefore returns the line before i of the same speaker, with at most one of the
// other between; -1 if there is none.
func lineBefore(call []span.Line, i int) int {
	for k := i - 1; k >= 0 && k >= i-2; k-- {
		if call[k].Speaker == call[i].Speaker {
			return k
		}
	}
	return -1
}

// endingPlace returns the part of a text that names a place at its end, which another
// line goes on about, of a kind at least; 0, 0 if none does.
func (f *Finder) endingPlace(text string, least int) (from, to int) {
	f.before.read(f, withoutEnd(text))
	f.line, f.before = f.before, f.line
	defer func() { f.line, f.before = f.before, f.line }()
	end := len(f.line.runes)
	if kind := f.placeBefore(end); kind < least {
		return 0, 0
	}
	return f.line.at[f.leftOf(end)], f.line.at[end]
}

// withoutEnd returns a text without the marks and particles at its end, and without
// what says no more than there: 那边.
func withoutEnd(text string) string {
	for {
		short := strings.TrimRight(text, "，。,. ？?！!呀啊吧呢哈的上")
		for _, w := range []string{"那边", "那里", "这边", "那块"} {
			short = strings.TrimSuffix(short, w)
		}
		if short == text {
			return text
		}
		text = short
	}
}

// pastLead returns where in the line the number begins that somebody gives who was
// asked for it: after 是, 门牌号是 and what says nothing.
func (f *Finder) pastLead() int {
	i := f.pastFillers(0)
	for _, w := range []string{"对，我是", "对，是", "对，", "嗯，", "对对，", "我是", "应该是", "具体是", "门牌号是", "门牌是", "门牌号", "门牌", "是", "在"} {
		if f.line.has(i, w) {
			return f.pastFillers(i + utf8.RuneCountInString(w))
		}
	}
	return i
}

// crossings finds addresses by a crossing: 文昌路和建国路路口, and an estate there.
func (f *Finder) crossings() {
	l := &f.line
	var found []span.Span // addresses, from the first crossing on
	at := -1
	for i := range l.runes {
		if l.marks[i]&cross == 0 {
			continue
		}
		n := l.crossing(i)
		if n == 0 || f.placeBefore(i) != placeStreet {
			continue
		}
		for k := i - 2; k > f.leftOf(i); k-- {
			if and(l.runes[k]) && f.placeBefore(k) == placeStreet {
				end := f.estateAfter(i + n)
				if at < 0 {
					found, at = f.found(), 0
				}
				for at < len(found) && found[at].Start < i+n {
					at++
				}
				for _, s := range found[at:] { // 路口那个丰泽花园八栋
					if s.Start > i+n+3 {
						break
					}
					end = s.End
				}
				f.add(span.Address, f.leftOf(k), end)
				break
			}
		}
	}
}

// found returns the addresses that were found in the line, by their places.
func (f *Finder) found() (addresses []span.Span) {
	for _, s := range f.spans {
		if s.Kind == span.Address {
			addresses = append(addresses, s)
		}
	}
	slices.SortStableFunc(addresses, func(a, b span.Span) int { return cmp.Compare(a.Start, b.Start) })
	return addresses
}

// crossing returns the length of the word for a crossing at i.
func (l *line) crossing(i int) int {
	for _, w := range []string{"交叉路口", "交叉口", "交汇处", "交会处", "交界处", "交叉", "路口", "拐角"} {
		if l.has(i, w) {
			return utf8.RuneCountInString(w)
		}
	}
	return 0
}

// estateAfter returns the end of the name of an estate at i, maybe after 那个 or
// 的; i if there is none.
func (f *Finder) estateAfter(i int) int {
	l := &f.line
	s := i
	if l.has(i, "那个") || l.has(i, "这个") || l.has(i, "那边") {
		s += 2
	}
	if l.rune(s) == '的' {
		s++
	}
	after := i
	for end := s + 2; end <= min(len(l.runes), s+8); end++ {
		if l.edge(end-1) || l.marks[end-1]&stop != 0 && !f.kept(end-1) {
			break
		}
		if _, kind := f.placeOfKind(end); kind >= placeEstate {
			after = end
		}
	}
	return after
}
