// Package people says how people are named: surnames, titles, the characters of
// given names, and the common words that look like one of them. The finders of
// personal data share it.
//
// The lists are files of their own below lists, written from general knowledge and
// not from any list of names. words2.txt, words3.txt and common.txt, the words and
// characters that names are told from, are made of the dictionary of gse, which a
// test holds them to.
package people

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"
)

// Class is what a character may be in a name.
type Class uint16

// The classes. Surname, SurnameWord and SurnameFunction exclude each other, and so
// do Given, GivenWeak, GivenEarly and GivenRare; see lists/surnames.txt and
// lists/given.txt.
const (
	Surname         Class = 1 << iota // hardly ever anything else
	SurnameWord                       // also a word, or a part of many
	SurnameFunction                   // a preposition or conjunction first of all
	Compound                          // begins a surname of two characters
	Given                             // hardly ever anything but a part of a name
	GivenWeak                         // a part of names and of words
	GivenEarly                        // such a part, but rarely the last
	GivenRare                         // rare in texts: what a name may have, not knowing any better
	Titled                            // begins a title
	TitleEnd                          // ends one

	AnySurname = Surname | SurnameWord | SurnameFunction
	AnyGiven   = Given | GivenWeak | GivenEarly | GivenRare
)

// TitleKind is what a title proves of the character before it.
type TitleKind uint8

// Kinds of titles; see lists/titles.txt. The zero value is no title.
const (
	NoTitle TitleKind = iota
	Plain             // stands after names more than alone
	Common            // is as often a noun of its own
	Short             // of one character, which begins other words, too
	Shy               // the same, and a title only where a phrase ends or somebody is spoken to
)

// The ideographs that have a class.
const (
	first = 0x4e00
	last  = 0x9fff
)

type title struct {
	text []rune
	kind TitleKind
}

// Lists are the lists, made ready to be looked up. They do not change: they are safe
// for concurrent use.
type Lists struct {
	classes  [last - first + 1]Class
	compound [][2]rune
	titles   map[rune][]title // by their first character, the longest first
	endings  map[rune][]title // the same by their last
	words2   wordIndex
	words3   wordIndex
}

//go:embed lists/surnames.txt
var surnames string

//go:embed lists/compound.txt
var compound string

//go:embed lists/titles.txt
var titles string

//go:embed lists/given.txt
var given string

// common are the characters that texts have most, a line.
//
//go:embed lists/common.txt
var common string

// unnamed are the radicals whose characters nobody is called, but for those in a list,
// as Unicode has them in a row: mouths and their sounds, dogs, diseases, food.
var unnamed = [][2]rune{{'口', '囖'}, {'犬', '玃'}, {'疒', '癶' - 1}, {'食', '饢'}, {'饣', '馕'}}

// New reads the lists.
func New() *Lists {
	l := &Lists{titles: map[rune][]title{}, endings: map[rune][]title{}}
	for section, words := range Sections(surnames) {
		l.mark(words, map[string]Class{"plain": Surname, "word": SurnameWord, "function": SurnameFunction}[section])
	}
	l.words2.index(words2, 2*cjk)
	l.words3.index(words3, 3*cjk)
	for r := rune(first); r <= last; r++ {
		if !slices.ContainsFunc(unnamed, func(rows [2]rune) bool { return rows[0] <= r && r <= rows[1] }) {
			l.classes[r-first] |= GivenRare
		}
	}
	for _, r := range common + given {
		if first <= r && r <= last {
			l.classes[r-first] &^= GivenRare
		}
	}
	for section, words := range Sections(given) {
		l.mark(words, map[string]Class{"strong": Given, "weak": GivenWeak, "early": GivenEarly}[section])
	}
	for _, words := range Sections(compound) {
		for _, w := range words {
			l.compound = append(l.compound, [2]rune([]rune(w)))
			l.mark([]string{w}, Compound)
		}
	}
	for section, words := range Sections(titles) {
		kind := map[string]TitleKind{"plain": Plain, "common": Common, "short": Short, "shy": Shy}[section]
		for _, w := range words {
			text := []rune(w)
			l.titles[text[0]] = append(l.titles[text[0]], title{text, kind})
			l.endings[text[len(text)-1]] = append(l.endings[text[len(text)-1]], title{text, kind})
			l.mark([]string{w}, Titled)
			l.mark([]string{string(text[len(text)-1])}, TitleEnd)
		}
	}
	for _, index := range []map[rune][]title{l.titles, l.endings} {
		for _, list := range index {
			slices.SortFunc(list, func(a, b title) int {
				return cmp.Or(cmp.Compare(len(b.text), len(a.text)), cmp.Compare(a.kind, b.kind), slices.Compare(a.text, b.text))
			})
		}
	}
	return l
}

// mark gives a class to the first character of each word.
func (l *Lists) mark(words []string, c Class) {
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); first <= r && r <= last {
			l.classes[r-first] |= c
		}
	}
}

// Sections reads a list: words by section, with "" for those before the first. A
// line is [section], or words with white space between them; # begins a comment.
func Sections(list string) map[string][]string {
	sections := map[string][]string{}
	section := ""
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok && strings.HasSuffix(name, "]") {
			section = strings.TrimSuffix(name, "]")
			continue
		}
		if words := strings.Fields(line); len(words) > 0 {
			sections[section] = append(sections[section], words...)
		}
	}
	return sections
}

// Class returns what a character may be in a name.
func (l *Lists) Class(r rune) Class {
	if r < first || r > last {
		return 0
	}
	return l.classes[r-first]
}

// Compound reports whether two characters are a compound surname.
func (l *Lists) Compound(a, b rune) bool {
	return l.Class(a)&Compound != 0 && slices.Contains(l.compound, [2]rune{a, b})
}

// SurnameOf returns how many characters of a name are its surname: 0 if it begins
// with none.
func (l *Lists) SurnameOf(name []rune) int {
	switch {
	case len(name) >= 2 && l.Compound(name[0], name[1]):
		return 2
	case len(name) >= 1 && l.Class(name[0])&AnySurname != 0:
		return 1
	}
	return 0
}

// Title returns the longest title that a text begins with, as its length in
// characters and its kind.
func (l *Lists) Title(text []rune) (int, TitleKind) {
	if len(text) == 0 || l.Class(text[0])&Titled == 0 {
		return 0, NoTitle
	}
	for _, t := range l.titles[text[0]] {
		if len(text) >= len(t.text) && slices.Equal(text[:len(t.text)], t.text) {
			return len(t.text), t.kind
		}
	}
	return 0, NoTitle
}

// TitleBefore returns the longest title that a text ends with, as Title does.
func (l *Lists) TitleBefore(text []rune) (int, TitleKind) {
	if len(text) == 0 || l.Class(text[len(text)-1])&TitleEnd == 0 {
		return 0, NoTitle
	}
	for _, t := range l.endings[text[len(text)-1]] {
		if n := len(text) - len(t.text); n >= 0 && slices.Equal(text[n:], t.text) {
			return len(t.text), t.kind
		}
	}
	return 0, NoTitle
}
