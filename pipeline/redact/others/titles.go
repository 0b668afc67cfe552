package others

import (
	"strings"

	"callmill/pipeline/redact/people"
	"callmill/pipeline/redact/span"
)

// leads are characters after which a phrase begins anew: before a surname that is
// a word, too, one of them or an edge must stand.
const leads = "的是找让请叫问位和跟给们对姓由为有与我你他她那这老小该向被把到您好啊嗯呃哦了说听个"

// titles finds surnames and full names before a title, and names after 老, 小
// and 阿.
func (f *Finder) titles() {
	l := &f.line
	for i := range l.runes {
		if l.classes[i]&people.Titled != 0 && l.nameBefore(i) {
			if n, kind := f.people.Title(l.runes[i:]); n > 0 {
				if start := f.givenBefore(i, n, kind); start < i && !f.isNobody(start, i+n, true) {
					f.add(span.Name, start, i+n)
				}
				if start, ok := f.named(i, n, kind); ok && !f.isNobody(start, i+n, kind <= people.Common) {
					f.add(span.Name, start, i+n)
				}
			}
		}
		if l.runes[i] == '姓' && f.surnameAfter(i+1) {
			f.add(span.Name, i+1, i+2)
		}
		if r := l.runes[i]; r == '老' || r == '小' || r == '阿' {
			if n := f.called(i); n > 0 && !f.isNobody(i, i+n, false) {
				f.add(span.Name, i, i+n)
			}
		}
	}
}

// nameBefore reports whether what is before i may be a surname, or one and a given name.
func (l *line) nameBefore(i int) bool {
	before := l.class(i - 1)
	return before&(people.AnySurname|people.Given) != 0 || l.class(i-2)&people.Compound != 0 ||
		before&people.GivenWeak != 0 && (l.edge(i-2) || l.leads(i-2) || l.class(i-2)&people.Given != 0) ||
		before&people.AnyGiven != 0 && (l.class(i-2)|l.class(i-3))&people.AnySurname != 0
}

// givenBefore returns where a given name begins that stands before the title at i of n
// characters: 丽姐, 建华哥; i if there is none.
func (f *Finder) givenBefore(i, n int, kind people.TitleKind) int {
	l := &f.line
	one, two := l.class(i-1), l.class(i-2)
	family := strings.ContainsRune("哥姐姨叔嫂婶爷伯", l.runes[i])
	if !family || kind != people.Short && kind != people.Plain && kind != people.Common || one&(people.Given|people.GivenWeak) == 0 {
		return i
	}
	if kind == people.Short && !f.short(i, kind) || !l.edge(i+n) && l.mark(i+n)&follows == 0 && !f.people.Word(l.rune(i+n), l.rune(i+n+1)) {
		return i
	}
	free := func(s int) bool {
		return l.edge(s-1) || l.leads(s-1) && !strings.ContainsRune("好老小该听", l.rune(s-1)) || f.cue(s) != 0
	}
	if longer, _ := f.people.Title(l.runes[i-1:]); longer > 1 {
		return i
	}
	switch {
	case two&(people.Given|people.GivenWeak) != 0 && (one|two)&people.Given != 0 && free(i-2) && !f.titleAt(i-2):
		return i - 2
	case one&people.Given != 0 && kind == people.Short && free(i-1), one&people.GivenWeak != 0 && kind == people.Short && l.edge(i-2) && l.mark(i+n)&follows != 0:
		return i - 1
	}
	return i
}

// titleAt reports whether a title of some characters begins at i.
func (f *Finder) titleAt(i int) bool {
	n, _ := f.people.Title(f.line.runes[i:])
	return n > 1
}

// named returns where the name before a title begins, which is n characters at i.
func (f *Finder) named(i, n int, kind people.TitleKind) (start int, ok bool) {
	l := &f.line
	if n == 2 && f.people.Word(l.runes[i+1], l.rune(i+2)) && f.people.Word(l.runes[i-1], l.runes[i]) && !l.edge(i+2) {
		return 0, false // 车主任何时候
	}
	if i >= 2 && f.people.Compound(l.runes[i-2], l.runes[i-1]) {
		return i - 2, true
	}
	if kind >= people.Short && !f.short(i, kind) {
		return 0, false
	}
	if start, ok := f.fullName(i, kind); ok {
		return start, true
	}
	s := i - 1
	if longer, _ := f.people.Title(l.runes[s:]); longer > 1 && s+longer >= i+n || !f.bounded(s, kind) {
		return 0, false // 班主任 is one title, 董秘书 has one
	}
	if kind != people.Plain && l.rune(s) == '谢' {
		if p := l.rune(s - 1); p == '谢' || p == '感' || p == '多' || l.edge(s-1) && l.edge(i+n) {
			return 0, false // thanks
		}
	}
	if p := l.rune(s - 1); p == '老' || p == '小' {
		s--
	}
	return s, true
}

// bounded reports whether the character at s is a surname, and not the end of a
// word.
func (f *Finder) bounded(s int, kind people.TitleKind) bool {
	l := &f.line
	class := l.class(s)
	if p := l.rune(s - 1); p != 0 && p != '老' && p != '小' && p != '姓' {
		if f.people.Word(p, l.rune(s)) || f.people.Word(l.rune(s-2), p, l.rune(s)) {
			return false
		}
	}
	switch {
	case class&people.Surname != 0:
		return true
	case class&people.SurnameWord != 0:
		return kind == people.Plain || l.edge(s-1) || l.leads(s-1) || f.people.Word(l.rune(s-2), l.rune(s-1))
	}
	return false
}

// leads reports whether a phrase may begin after the character at i.
func (l *line) leads(i int) bool { return l.mark(i)&lead != 0 }

// short reports whether the title of one character at i is one, and does not begin
// another word, nor ends one.
func (f *Finder) short(i int, kind people.TitleKind) bool {
	l := &f.line
	r, next := l.runes[i], l.rune(i+1)
	if next == '俩' || next == '们' || f.people.Word(r, next) || f.people.Word(l.rune(i-1), r) {
		return false
	}
	if kind == people.Shy {
		return l.edge(i+1) || (l.class(i-1)&people.Surname != 0 || l.class(i-1)&people.SurnameWord != 0 && strings.ContainsRune("队局处导", r)) && (f.placedBefore(i+1) || l.edge(i-2) || l.leads(i-2) || f.cue(i-1) != 0)
	}
	return true
}

// fullName returns where the surname and given name before a title begin.
func (f *Finder) fullName(i int, kind people.TitleKind) (start int, ok bool) {
	l := &f.line
	if kind >= people.Short {
		return 0, false
	}
	for given := 2; given >= 1; given-- {
		s := i - given - 1
		if s < 0 || l.class(s+1)&people.AnyGiven == 0 || l.class(i-1)&people.AnyGiven == 0 {
			continue
		}
		if s > 0 && f.people.Compound(l.runes[s-1], l.runes[s]) {
			return s - 1, true
		}
		if f.bounded(s, people.Common) && given == 1 && kind == people.Plain && l.classes[s]&people.SurnameFunction == 0 && f.cue(s) != 0 &&
			(l.has(i, "先生") || l.has(i, "女士") || l.has(i, "小姐")) {
			return s, true // 请问高远先生在吗
		}
		if !f.bounded(s, people.Common) || f.people.Word(l.runes[s], l.runes[s+1]) ||
			given == 2 && f.people.Word(l.runes[s:i]...) {
			continue
		}
		// Of 高林老师 and 就林老师 the character before the title decides.
		if l.class(s)&people.Surname == 0 && l.class(i-1)&people.Given == 0 && !(kind == people.Plain && f.placedAfter(s)) {
			continue
		}
		return s, true
	}
	return 0, false
}

// surnameAfter reports whether a surname is what 姓 before i is said of: 免贵姓谭.
func (f *Finder) surnameAfter(i int) bool {
	l := &f.line
	if p := l.rune(i - 2); p == '百' || p == '同' || l.class(i)&(people.Surname|people.SurnameWord) == 0 {
		return false
	}
	return l.edge(i+1) || l.class(i)&people.Surname != 0 && !f.people.Word(l.runes[i], l.rune(i+1)) && l.class(i+1)&people.AnyGiven == 0
}

// called returns the length of what calls somebody by 老, 小 or 阿 at i and a name: a
// surname, after 阿 a given name, too; 0 if nobody is called.
func (f *Finder) called(i int) int {
	l := &f.line
	if i+2 < len(l.runes) && f.people.Compound(l.runes[i+1], l.runes[i+2]) {
		return 3
	}
	class, next := l.class(i+1)&^people.SurnameFunction, l.rune(i+2)
	if f.people.Word(l.rune(i+1), next) || f.people.Word(l.rune(i+1), next, l.rune(i+3)) {
		return 0
	}
	switch p := l.rune(i - 1); p {
	case '大', '古', '年', '最', '太', '很', '更', '较', '越', '从', '变', '缩', '减', '胆', '矮', '短', '狭', '微', '细', '弱':
		return 0
	}
	for _, w := range []string{"助理", "助手", "机器人"} {
		if l.hasBefore(i, w) {
			return 0 // a machine
		}
	}
	alone := f.people.Word(l.runes[i], l.rune(i+1)) // 小时 is a word
	switch {
	case class&people.Surname != 0 && l.runes[i] != '阿' && !alone:
		return 2
	case l.runes[i] == '小' && class&people.Given != 0 && !alone && f.placedAfter(i) && f.placedBefore(i+2):
		return 2 // 小敏
	case class&people.AnySurname == 0 && (l.runes[i] != '阿' || class&(people.Given|people.GivenWeak) == 0):
	case f.placedAfter(i) && (!alone || f.placedBefore(i+2)):
		return 2
	}
	return 0
}

// placedAfter reports whether what is before i ends where a name may begin.
func (f *Finder) placedAfter(i int) bool {
	l := &f.line
	return l.edge(i-1) || l.leads(i-1) || f.cue(i) != 0 || f.people.Word(l.rune(i-2), l.rune(i-1))
}

// placedBefore reports whether what is at i goes on after a name.
func (f *Finder) placedBefore(i int) bool {
	l := &f.line
	return l.edge(i) || l.mark(i)&follows != 0 || f.people.Word(l.rune(i), l.rune(i+1))
}

// isNobody reports whether the characters [start, end) are, or are within, what
// only looks like a name, or the name of what follows them. What may follow a name
// with a title is another matter than what may follow one without: titled says so.
func (f *Finder) isNobody(start, end int, titled bool) bool {
	l := &f.line
	if l.mark(end)&memorial != 0 {
		if n, kind := beginning(f.marks.things, l.runes[end:]); n > 0 && (kind == thingOfAny || !titled) {
			return true
		}
	}
	for s := start; s >= 0 && s > start-3; s-- {
		if l.marks[s]&nobody == 0 {
			continue
		}
		if n, _ := beginning(f.marks.nobody, l.runes[s:]); n > 0 && s+n > start && (s == start || s+n >= end) {
			return true
		}
	}
	return false
}
