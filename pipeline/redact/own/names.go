package own

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/own/glance"
	"callmill/pipeline/redact/people"
	"callmill/pipeline/redact/sound"
	"callmill/pipeline/redact/span"
)

// bySound are indexes of a list, in order, by a sound.
type bySound struct {
	lists [8 * 64][]int
	used  []sound.Syllable
}

func (b *bySound) reset() {
	for _, s := range b.used {
		b.lists[s] = b.lists[s][:0]
	}
	b.used = b.used[:0]
}

// add notes an index, the highest so far, for what a character sounds like.
func (b *bySound) add(c *glance.Reading, k int) {
	for _, s := range c.Classes[:c.N] {
		list := &b.lists[s]
		switch n := len(*list); {
		case n == 0:
			b.used = append(b.used, s)
		case (*list)[n-1] == k:
			continue
		}
		*list = append(*list, k)
	}
}

// name is the name of a person as the job has it.
type name struct {
	text    []rune
	chars   []glance.Reading
	surname int // how many of chars are the surname; 0 for a name that has none known
	latin   bool
}

// surname is a surname by itself, which a title may follow.
type surname struct{ chars []glance.Reading }

// learnName takes in what stands in the field of a name: 王伟, 王伟先生, 王先生, 王**.
// What an extra names may be anything, and must look like a name.
func (f *Finder) learnName(value string, extra bool) {
	if value == "" || masked(value) || len(value) > 120 {
		return
	}
	whole := f.clean(value)
	text := whole
	for i := 1; i < len(text); i++ { // a title at the end
		if n, _ := f.people.Title(text[i:]); n > 0 && n == len(text)-i {
			text = text[:i]
			break
		}
	}
	if len(text) == 0 || f.isUnnamed(text) || len(text) < len(whole) && f.isUnnamed(whole) {
		return
	}
	n := f.people.SurnameOf(text)
	switch {
	case !char.Ideograph(text[0]):
		if len(text) >= 3 && char.Letter(text[0]) {
			f.addName(name{text: text, latin: true})
		}
	case len(text) == 1 || n == len(text):
		if n > 0 {
			f.addSurname(text)
		}
	case !chinese(text):
		if n > 0 {
			f.addSurname(text[:n]) // 王**
		}
	case len(text) > 4 && !slices.Contains(text, '·'), n == 0 && extra:
		if len(text) >= 3 {
			f.addName(name{text: text})
		}
	default:
		f.addName(name{text: text, surname: n})
		if n > 0 {
			f.addSurname(text[:n])
		}
	}
}

// isUnnamed reports whether a text stands where a name is not known, in capitals or not.
func (f *Finder) isUnnamed(text []rune) bool {
	f.written = f.written[:0]
	for _, r := range text {
		f.written = utf8.AppendRune(f.written, unicode.ToLower(r))
	}
	return f.unnamed[string(f.written)]
}

// clean returns a name without white space and what stands in brackets, in memory that is
// reused for the next job.
func (f *Finder) clean(value string) []rune {
	start := len(f.letters)
	for _, r := range value {
		if r == '(' || r == '（' {
			break
		}
		if !unicode.IsSpace(r) && r != unicode.ReplacementChar {
			f.letters = append(f.letters, char.Half(r))
		}
	}
	return f.letters[start:len(f.letters):len(f.letters)]
}

func chinese(text []rune) bool {
	return !slices.ContainsFunc(text, func(r rune) bool { return !char.Ideograph(r) && r != '·' })
}

func (f *Finder) addName(n name) {
	for i := range f.names {
		if slices.Equal(f.names[i].text, n.text) {
			return
		}
	}
	n.chars = f.readingsOf(n.text)
	k := len(f.names)
	f.names = append(f.names, n)
	f.starting(n.chars[0])
	if n.latin {
		f.latin, f.foreign = true, append(f.foreign, k)
		return
	}
	f.whole.add(&n.chars[0], k)
	if given := n.chars[n.surname:]; n.surname > 0 {
		for _, c := range []*glance.Reading{&given[0], &given[len(given)-1]} {
			f.starting(*c)
			f.given.add(c, k)
		}
	}
}

func (f *Finder) addSurname(text []rune) {
	for i := range f.titled {
		if len(f.titled[i].chars) == len(text) && f.titled[i].chars[0].R == text[0] {
			return
		}
	}
	s := surname{f.readingsOf(text)}
	f.titles.add(&s.chars[0], len(f.titled))
	f.titled = append(f.titled, s)
	f.starting(s.chars[0])
}

// readingsOf returns the readings of the characters of a name, in memory that is
// reused for the next job.
func (f *Finder) readingsOf(text []rune) []glance.Reading {
	start := len(f.room)
	for _, r := range text {
		if r != '·' {
			f.room = append(f.room, glance.Read(r))
		}
	}
	return f.room[start:len(f.room):len(f.room)]
}

// starting notes that a name may begin with what a character sounds like.
func (f *Finder) starting(c glance.Reading) {
	for _, s := range c.Classes[:c.N] {
		f.starts.Add(s)
	}
}

// How much of a character was heard.
const (
	other = iota
	alike // a syllable that cannot be told from its own on a telephone line
	same  // its syllable
	exact
)

// hears compares a character of the line with one of a name.
func (f *Finder) hears(i int, c *glance.Reading) int {
	l := &f.line
	switch r := l.rune(i); {
	case r == 0:
		return other
	case r == c.R:
		return exact
	case l.sounds[i] == 0 || !slices.Contains(c.Classes[:c.N], l.sounds[i]):
		return other
	case slices.Contains(c.Sounds[:c.N], sound.Of(r)):
		return same
	}
	return alike
}

// heard counts how the characters of a name were heard.
type heard struct {
	end                int // in the line
	alike, same, exact int
	gap                bool // something that says nothing was within
}

// hear compares characters of a name with the line from i on. Between them may be what
// says nothing; after the surname more of it than elsewhere.
func (f *Finder) hear(i int, chars []glance.Reading, surname int) (heard, bool) {
	h := heard{end: i}
	for k := range chars {
		if k > 0 {
			gap, limit := 0, 1
			if k == surname {
				limit = 6
			}
			for gap < limit && f.hears(h.end+gap, &chars[k]) == other {
				n := f.line.filler(h.end + gap)
				if n == 0 {
					break
				}
				gap += n
			}
			h.end += gap
			h.gap = h.gap || gap > 0
		}
		switch f.hears(h.end, &chars[k]) {
		case other:
			return h, false
		case alike:
			h.alike++
		case same:
			h.same++
		case exact:
			h.exact++
		}
		h.end++
	}
	return h, true
}

// findNames finds the person's names in the line: whole, the surname with a title, the
// given name where somebody is called by it.
func (f *Finder) findNames() {
	l := &f.line
	l.named = -1
	for i := 0; i < len(l.runes); {
		s := l.sounds[i]
		if s == 0 || !f.starts.Has(s) {
			if !char.Letter(l.runes[i]) {
				i++
				continue
			}
		}
		if start, end := f.nameAt(i); end > start {
			f.add(span.Name, start, end)
			i, l.named = end, end-1
			continue
		}
		i++
	}
	l.named = -1
}

// fewNames is how many names of one sound are compared where the search is short.
const fewNames = 8

// few returns the names to compare, and counts that they are.
func few(names []int, f *Finder) []int {
	if f.shortened() {
		names = names[:min(fewNames, len(names))]
	}
	f.work -= len(names)
	return names
}

// nameAt returns the name that begins at i, which may reach back to 老 or 小.
func (f *Finder) nameAt(i int) (start, end int) {
	c := f.line.sounds[i]
	if c == 0 {
		for _, k := range few(f.foreign, f) {
			if end := f.latinAt(i, f.names[k].text); end > i {
				return i, end
			}
		}
		return i, i
	}
	for _, k := range few(f.whole.lists[c], f) {
		n := &f.names[k]
		if h, ok := f.hear(i, n.chars, n.surname); ok && f.isName(i, n, h) {
			return i, f.withTitle(h.end)
		}
	}
	for _, k := range few(f.titles.lists[c], f) {
		if start, end := f.titledAt(i, f.titled[k].chars); end > start {
			return start, end
		}
	}
	for _, k := range few(f.given.lists[c], f) {
		n := &f.names[k]
		if start, end := f.givenAt(i, n.chars[n.surname:]); end > start {
			return start, end
		}
	}
	return i, i
}

// isName decides whether what was heard at i is the name.
func (f *Finder) isName(i int, n *name, h heard) bool {
	l := &f.line
	runes := l.runes[i:h.end]
	word := !h.gap && (len(runes) == 2 || len(runes) == 3) && f.people.Word(runes...)
	broken := f.people.Word(l.rune(i-1), l.runes[i]) // 由于洋流
	if next := l.rune(h.end); len(runes) == 2 && (next == '市' || next == '省' || next == '县') {
		return false // the place
	}
	if h.exact == len(n.chars) {
		if h.gap && !f.cued(i, h.end) && !l.edge(i-1) {
			return false
		}
		return !word && !broken || f.cued(i, h.end)
	}
	if word {
		return false
	}
	if len(n.chars) >= 3 {
		if h.exact == 0 && f.people.Class(runes[0])&people.AnySurname == 0 {
			return false
		}
		return !h.gap && !broken && (h.exact > 0 || h.alike == 0) || f.cued(i, h.end) && h.exact+h.same > 0
	}
	// Two characters that only sound like the name: they must look like one, too, or be
	// where one is.
	first, last := f.people.Class(runes[0]), f.people.Class(runes[len(runes)-1])
	named := n.surname == 1 && first&people.AnySurname != 0 && (last&people.AnyGiven != 0 || runes[len(runes)-1] == n.chars[1].R)
	cued := f.cued(i, h.end)
	switch {
	case h.gap:
		return false
	case named && first&people.Surname != 0 && !broken && h.alike == 0:
		return cued || l.edge(i-1) && l.edge(h.end) || !f.people.Word(l.rune(h.end-1), l.rune(h.end)) && h.exact > 0 && last&people.Given != 0
	case named && !broken:
		return (cued || l.edge(i-1) && l.edge(h.end)) && (h.alike == 0 || h.exact > 0)
	}
	// 我就是锣梦 of 罗梦.
	return h.exact > 0 && h.alike == 0 && !broken && f.cuedBefore(i) && (l.edge(h.end) || f.cuedAfter(h.end))
}

// withTitle returns the end of a name with the title after it.
func (f *Finder) withTitle(end int) int {
	l := &f.line
	at := end
	if l.rune(at) == ' ' {
		at++
	}
	if at >= len(l.runes) {
		return end
	}
	if n, kind := f.people.Title(l.runes[at:]); kind == people.Plain || kind == people.Common {
		return at + n
	}
	return end
}

// titledAt returns the surname at i with what calls somebody by it: 王先生, 老王.
func (f *Finder) titledAt(i int, chars []glance.Reading) (start, end int) {
	l := &f.line
	h, ok := f.hear(i, chars, len(chars))
	if !ok || h.gap || h.alike > 0 {
		return i, i
	}
	sure := h.exact == len(chars)
	class := f.people.Class(l.runes[i])
	if len(chars) > 1 {
		class = people.Surname
	}
	broken := f.people.Word(l.rune(i-1), l.runes[i])
	n, kind := 0, people.NoTitle
	if h.end < len(l.runes) {
		n, kind = f.people.Title(l.runes[h.end:])
	}
	free := l.edge(i-1) || f.cuedBefore(i)
	switch {
	case n == 0:
	case kind >= people.Short:
		if next := l.rune(h.end + n); sure && class&people.SurnameFunction == 0 && !broken &&
			!f.people.Word(l.rune(h.end), next) && !f.people.Word(l.runes[i], l.rune(h.end)) &&
			(class&people.Surname != 0 || free) && (kind != people.Shy || l.edge(h.end+n) || next == '您' || next == '你') {
			return f.back(i), h.end + n
		}
	case sure && class&people.Surname != 0:
		if !broken || free {
			return f.back(i), h.end + n
		}
	case sure && class&people.SurnameWord != 0:
		if !broken && (kind == people.Plain || free) {
			return f.back(i), h.end + n
		}
	case sure:
		if free && (kind == people.Plain) && !followsSpeaker(l, h.end+n) {
			return i, h.end + n
		}
	case kind == people.Plain && class&people.Surname != 0 && !broken:
		return i, h.end + n
	case kind == people.Plain && free && !broken && !strings.ContainsRune(words, l.runes[i]):
		return i, h.end + n // 舟先生 of 周先生
	}
	if p := l.rune(i - 1); sure && p == '姓' && l.rune(i-2) != '百' {
		return i, h.end
	}
	// 老王, 小王: only as it is written.
	if p := l.rune(i - 1); sure && len(chars) == 1 && (p == '老' || p == '小') {
		next := l.rune(h.end)
		if f.people.Word(p, l.runes[i]) || f.people.Word(l.runes[i], next) || class&people.SurnameFunction != 0 {
			return i, i
		}
		if class&people.Surname != 0 || (l.edge(i-2) || f.cuedBefore(i-1)) && (l.edge(h.end) || f.cuedAfter(h.end)) {
			return i - 1, h.end
		}
	}
	return i, i
}

// words are characters that stand before a title and are no surname that was misheard.
const words = "是有位和与跟给让找请问用在对到的了个名男女老好这那哪由同向为于从被叫说您你我他她"

// followsSpeaker reports whether a pronoun is near: 和先生您 is no name.
func followsSpeaker(l *line, i int) bool { return l.rune(i) == '一' || l.rune(i) == '都' }

// back returns where a name begins before whose surname 老 or 小 may stand.
func (f *Finder) back(i int) int {
	if r := f.line.rune(i - 1); r == '老' || r == '小' {
		return i - 1
	}
	return i
}

func (f *Finder) cuedBefore(i int) bool { return f.cued(i, len(f.line.runes)) }
func (f *Finder) cuedAfter(i int) bool  { return f.cued(0, i) }

// givenAt returns the given name at i where somebody is called by it, or its last
// character after 小 or 阿, or doubled: 志强啊; 叫我小雪.
func (f *Finder) givenAt(i int, given []glance.Reading) (start, end int) {
	l := &f.line
	last := given[len(given)-1].R
	if h, ok := f.hear(i, given, 0); ok && len(given) >= 2 && !h.gap && h.exact > 0 {
		called := f.calledBefore(i)
		begins := l.edge(i-1) || f.cuedBefore(i)
		word := f.people.Word(l.runes[i:h.end]...)
		switch {
		case word && !called && !(l.edge(i-1) && f.cuedAfter(h.end)), f.people.Word(l.rune(i-1), l.runes[i]):
		case called, h.exact == len(given) && begins, h.alike == 0 && begins && (l.edge(h.end) || f.cuedAfter(h.end)) && !word:
			return i, f.withTitle(h.end)
		}
	}
	// 小雪, 阿雪, 雪雪 of 李雪.
	if l.runes[i] != last || f.people.Word(last, l.rune(i+1)) && l.rune(i+1) != last {
		return i, i
	}
	start, end = i, i+1
	switch p := l.rune(i - 1); {
	case p == '小' || p == '阿':
		start--
	case l.rune(i+1) == last:
		end++
	default:
		return i, i
	}
	if f.calledBefore(start) || (l.edge(start-1) || f.cuedBefore(start)) && (l.edge(end) || f.cuedAfter(end)) && !f.people.Word(l.runes[start:end]...) {
		return start, end
	}
	return i, i
}

// calledBefore reports whether somebody is called what is at i.
func (f *Finder) calledBefore(i int) bool {
	l := &f.line
	switch p := l.rune(i - 1); {
	case p == '叫' || p == '喊' || p == '名':
		return true
	case p == '我' && (l.rune(i-2) == '叫' || l.rune(i-2) == '喊'):
		return true
	}
	return false
}

// latinAt returns the end of a name in Latin letters at i, i if there is none.
func (f *Finder) latinAt(i int, text []rune) int {
	l := &f.line
	if char.Letter(l.rune(i - 1)) {
		return i
	}
	k := i
	for _, r := range text {
		if l.rune(k) == ' ' {
			k++
		}
		if unicode.ToLower(l.rune(k)) != unicode.ToLower(r) {
			return i
		}
		k++
	}
	if char.Letter(l.rune(k)) {
		return i
	}
	return k
}
