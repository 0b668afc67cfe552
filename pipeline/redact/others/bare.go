package others

import (
	"slices"
	"strings"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/people"
	"callmill/pipeline/redact/span"
)

// What a name without a title must prove, in points; see weight.
const enough = 5

// bare finds names of people without a title: a surname and one or two characters
// of given names that are no words, where what is around them says that a person
// is meant.
func (f *Finder) bare() {
	l := &f.line
	f.titled, f.near = len(f.spans), 0
	for i := 0; i < len(l.runes); {
		if end := f.hesitant(i); end > 0 {
			f.add(span.Name, i, end)
			i = end
			continue
		}
		n, points := f.candidate(i)
		if n == 0 || points < enough && !f.listed(i, n, points) || f.isNobody(i, i+n, false) || f.isCompany(i+n) {
			i++
			continue
		}
		f.add(span.Name, i, i+n)
		i += n
	}
}

// isCompany reports whether what is at i goes on as the name of a company does: 花溪
// 消费金融.
func (f *Finder) isCompany(i int) bool {
	l := &f.line
	for k := i; k < i+6 && !l.edge(k); k++ {
		for _, w := range []string{"公司", "金融", "银行", "集团", "科技", "保险", "速运", "物流", "快运", "证券", "信贷", "贷款", "教育", "健康", "医美", "客服", "服务中心"} {
			if l.has(k, w) && (k == i || f.people.Word(l.rune(i), l.rune(i+1))) {
				return true
			}
		}
	}
	return false
}

// candidate returns the length of the name that may begin at i, and how much
// speaks for it; 0 if none can.
func (f *Finder) candidate(i int) (length, points int) {
	l := &f.line
	class := l.class(i)
	surname := 1
	switch {
	case class&people.Compound != 0 && f.people.Compound(l.runes[i], l.rune(i+1)):
		surname = 2
	case class&(people.Surname|people.SurnameWord) == 0 && l.rune(i) != '向' && (class&people.SurnameFunction == 0 || f.cue(i) < cueNaming):
		return 0, 0
	case l.class(i+1)&people.AnyGiven == 0:
		return 0, 0
	case f.people.Word(l.rune(i-1), l.runes[i]):
		return 0, 0
	}
	given := f.given(i, i+surname)
	if given == 0 || given == 2 && l.runes[i+surname] == '家' && l.class(i+surname+1)&people.Given == 0 {
		return 0, 0 // 李家沱 is a place
	}
	points = f.weigh(i, surname, given)
	if surname == 1 && f.people.Word(l.runes[i], l.runes[i+1]) {
		// 高兴, but 魏国庆, and 万家乐 where a name is asked for.
		if f.cue(i) == cueNaming && (l.edge(i+1+given) || f.line.mark(i+1+given)&follows != 0 && class&people.Surname != 0) {
			return surname + given, enough
		}
		switch sure := f.cue(i) >= cueSure || f.answers(i, i+1+given); {
		case f.explained(i, i+1+given):
		case given == 1 && !(sure && class&people.Surname != 0 && l.edge(i+2) && f.answers(i, i+2)),
			class&people.Surname == 0 && !(sure && (l.class(i+2)&people.Given != 0 || l.edge(i+3))) && f.behind(i+3) == 0:
			return 0, 0
		}
		points--
	}
	return surname + given, points
}

// given returns how many characters from g on are the given name, 0, 1 or 2, of
// the surname at i.
func (f *Finder) given(i, g int) int {
	l := &f.line
	one, two := l.class(g), l.class(g+1)
	if one&people.AnyGiven == 0 {
		return 0
	}
	ends := l.edge(g + 2)
	pair := two&(people.Given|people.GivenWeak|people.GivenRare) != 0 || two&people.GivenEarly != 0 && ends
	switch {
	case !pair:
	case f.people.Word(l.runes[i], l.runes[g], l.runes[g+1]):
		return 0
	case two&people.Given == 0 && f.people.Word(l.runes[g+1], l.rune(g+2)):
		// 王伟明天来: 明 belongs to what follows.
	case two&people.Given == 0 && l.mark(g+1)&follows != 0 && !ends:
	default:
		return 2
	}
	if one&people.GivenEarly != 0 && !l.edge(g+1) {
		return 0
	}
	return 1
}

// weigh sums up what speaks for a name: that its characters are hardly anything
// else, and what is before and after it.
func (f *Finder) weigh(i, surname, given int) int {
	l := &f.line
	points := 0
	class := l.class(i)
	switch {
	case surname == 2:
		points += 3
	case class&people.Surname != 0:
		points += 2
	}
	strong := 0
	for _, class := range l.classes[i+surname : i+surname+given] {
		if class&people.Given != 0 {
			strong++
		}
	}
	points += strong
	if given == 2 {
		points += 2
	}
	cue := f.cue(i)
	end := i + surname + given
	if f.answers(i, end) || cue < cueSure && f.explained(i, end) {
		cue = cueSure
	}
	switch cue {
	case cueSure, cueNaming:
		points += 4
	case cueMaybe:
		points += 2
	default:
		if l.edge(i-1) || char.Sigh(l.runes[i-1]) {
			points++
		} else if !f.people.Word(l.rune(i-2), l.rune(i-1)) {
			points -= 2 // in the middle of something
		}
	}
	if given == 2 && f.stands(i, end) {
		points++
	}
	switch {
	case (cue != 0 || l.edge(i-1)) && f.behind(end) > 0:
		points += 2
	case points > 0 && cue != 0 && (l.rune(end) == '吗' || l.rune(end) == '本' && l.rune(end+1) == '人'):
		points += 2
	case l.edge(end), l.mark(end)&follows != 0:
		points++
	case f.people.Word(l.rune(end-1), l.rune(end)):
		points -= 2
	case l.class(end)&people.Titled != 0:
	case class&people.SurnameWord == 0 && f.people.Word(l.rune(end), l.rune(end+1)):
	default:
		points--
	}
	return points
}

// behind returns the length of the word at i that says that a name was before it: 名下.
func (f *Finder) behind(i int) int {
	if f.line.mark(i)&behind == 0 {
		return 0
	}
	n, _ := beginning(f.marks.behind, f.line.runes[i:])
	return n
}

// answers reports whether [i, end) is all that a speaker says who was asked for a
// name, but for 是, 叫 and the like.
func (f *Finder) answers(i, end int) bool {
	l := &f.line
	if !l.edge(end) && !strings.ContainsRune("啊呀的吧", l.rune(end)) {
		return false
	}
	for i > 0 {
		r := l.rune(i - 1)
		if !l.edge(i-1) && !char.Sigh(r) && !strings.ContainsRune("我是叫就他她姓", r) || r == 0 {
			return false
		}
		i--
	}
	f.hangs = true
	for _, w := range [...]string{"姓名", "名字", "叫什么", "称呼", "哪位", "贵姓", "是谁"} {
		if strings.Contains(f.said, w) {
			return true
		}
	}
	return false
}

// explained reports whether the speaker goes on to say with which characters [i, end)
// is written: 陈东，耳东陈，东方的东.
func (f *Finder) explained(i, end int) bool {
	l := &f.line
	if !l.edge(end) || !l.within(end) {
		return false
	}
	for k := end + 1; k < min(end+14, len(l.runes)); k++ {
		r := l.runes[k]
		switch {
		case r == l.runes[i] && (l.edge(k+1) && !l.edge(k-2) || l.rune(k+1) == '的'),
			r != 0 && char.Ideograph(r) && slices.Contains(l.runes[i:end], r) && l.rune(k-1) == '的':
			return true
		}
	}
	return false
}

// stands reports whether [i, end) is a phrase for itself and holds no word.
func (f *Finder) stands(i, end int) bool {
	l := &f.line
	particle := strings.ContainsRune("啊呀吗呢吧", l.rune(end)) && l.edge(end+1)
	if !l.edge(i-1) || !l.edge(end) && !particle {
		return false
	}
	for k := i; k+1 < end; k++ {
		if f.people.Word(l.runes[k], l.runes[k+1]) {
			return false
		}
	}
	return true
}

// hesitant returns the end of a name whose speaker stops after the surname at i, or
// says it again: 我叫葛，葛红梅; 0 if there is none.
func (f *Finder) hesitant(i int) int {
	l := &f.line
	if l.class(i)&(people.Surname|people.SurnameWord) == 0 || l.mark(i-1)&cueEnd == 0 || !l.within(i+1) || !l.edge(i+1) && !char.Sigh(l.rune(i+1)) && l.rune(i+1) != '那' {
		return 0
	}
	if f.cue(i) < cueSure {
		return 0
	}
	g := f.pastFillers(i + 1)
	for g > i+1 && l.rune(g) == l.runes[i] && f.pastFillers(g+1) > g+1 {
		g = f.pastFillers(g + 1) // 邵，邵，邵文杰
	}
	if g == i+1 {
		return 0
	}
	if l.rune(g) == l.runes[i] {
		if n, _ := f.candidate(g); n > 0 {
			return g + n
		}
	}
	n := f.given(i, g)
	strong := false
	for k := g; k < g+n; k++ {
		strong = strong || l.class(k)&people.Given != 0
	}
	if n == 0 || !strong && !l.edge(g+n) || !l.edge(g+n) && l.mark(g+n)&follows == 0 || n == 1 && f.people.Word(l.runes[g], l.rune(g+1)) {
		return 0
	}
	return g + n
}

// peoples finds names that are written by sound: 迪丽努尔·吐尔逊.
func (f *Finder) peoples() {
	l := &f.line
	for i := 0; i < len(l.runes); {
		if l.marks[i]&peopled == 0 || l.runes[i] == dot {
			i++
			continue
		}
		end, dots, at := i, 0, 0
		for l.mark(end)&peopled != 0 && !(l.runes[end] == dot && l.mark(end+1)&peopled == 0) {
			if l.runes[end] == dot {
				if dots++; dots == 1 {
					at = end
				}
			}
			end++
		}
		n := end - i
		sure := f.cue(i) >= cueSure
		if dots > 0 && at-i >= 2 && end-at >= 3 && n <= 16 || dots == 0 && n <= 8 && (n >= 4 || n == 3 && !f.people.Word(l.runes[i], l.runes[i+1])) && sure && (l.edge(end) || l.mark(end)&follows != 0) {
			last := end
			if m, kind := f.people.Title(l.runes[end:]); m > 0 && kind <= people.Common {
				last += m
			}
			if !f.isNobody(i, last, false) {
				f.add(span.Name, i, last)
			}
		}
		i = end
	}
}

// cue returns what the words before i say: cueNaming, cueSure or cueMaybe that a name
// follows, 0 that they say nothing.
func (f *Finder) cue(i int) int {
	if f.cueAt != i {
		f.cueAt, f.cueKind = i, f.findCue(i)
	}
	return f.cueKind
}

// findCue is cue, without its memory.
func (f *Finder) findCue(i int) int {
	l := &f.line
	for i > 0 && (l.runes[i-1] == ':' || l.runes[i-1] == ' ') {
		i--
	}
	best := 0
	for range 2 { // 联系人是, 名字叫
		if l.mark(i-1)&cueEnd == 0 {
			break
		}
		n, kind := ending(f.marks.cues, l.runes[:i])
		best = max(best, kind)
		if kind >= cueSure || n == 0 {
			break
		}
		i -= n
	}
	if best < cueSure {
		switch n, kind := f.people.TitleBefore(l.runes[:i]); {
		case n < 2:
		case kind == people.Plain:
			return cueSure // 村支书雷大山
		default:
			return cueMaybe
		}
	}
	return best
}

// listed reports whether a name that does not prove enough by itself stands beside
// another one: 邓磊和宋佳. Both must be of hardly anything but names.
func (f *Finder) listed(i, n, points int) bool {
	l := &f.line
	if points < 3 || l.class(i)&people.Surname == 0 || l.class(i+1)&people.Given == 0 {
		return false
	}
	joins := func(k int) bool {
		r := l.rune(k)
		return r == '和' || r == '跟' || r == '与' || r == '、'
	}
	if joins(i + n) {
		s := i + n + 1
		if m, _ := f.candidate(s); m > 0 && l.class(s)&people.Surname != 0 && l.class(s+1)&people.Given != 0 {
			return true
		}
	}
	if !joins(i - 1) {
		return false
	}
	ends := func(s span.Span) bool { return s.Kind == span.Name && s.End == i-1 }
	// What was found last without a title, or near it of those with one.
	if n := len(f.spans); n > f.titled && ends(f.spans[n-1]) {
		return true
	}
	for f.near < f.titled && f.spans[f.near].Start < i-longest {
		f.near++
	}
	for _, s := range f.spans[f.near:f.titled] {
		if s.Start > i+longest {
			break
		}
		if ends(s) {
			return true
		}
	}
	return false
}
