package others

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"

	"callmill/pipeline/redact/people"
)

// mark is what a character may be around names and addresses.
type mark uint16

const (
	numeral  mark = 1 << iota // of a number, in figures or in words
	unit                      // begins what a number in an address counts
	placeEnd                  // ends what names of places end with
	stop                      // ends the name of a place on its left
	stopEnd                   // ends a word that does
	cueEnd                    // ends a word that a name may follow
	follows                   // may follow a name
	cross                     // may begin 路口
	measure                   // counts what no address holds
	misheard                  // sounds like a numeral
	nobody                    // begins what only looks like a name
	memorial                  // begins what is named after somebody: 纪念馆
	behind                    // begins a word behind a name that says so
	peopled                   // of the names of some peoples, by sound; and the dot in them
	lead                      // is in leads
)

//go:embed lists/cues.txt
var cues string

//go:embed lists/peoples.txt
var peoples string

//go:embed lists/nobody.txt
var nobodies string

//go:embed lists/units.txt
var units string

//go:embed lists/places.txt
var places string

//go:embed lists/stops.txt
var stops string

// numerals are the characters of numbers but for letters.
const numerals = "0123456789零〇一二三四五六七八九十百千两幺廿卅"

// measures follow numbers that are no part of an address.
const measures = "个点元块天次月日年只件米公厘斤度岁分秒时折倍万亿人种项笔条张份周名位双套些折台辆平趟句遍站%．"

// sounds are what a recognizer writes for numerals in the number of a house.
const sounds = "零灵林另领腰妖要药衣依医移儿耳而山伞散是事似思死无舞武屋午流溜留刘期妻起奇其旗吧把爸巴就久酒救石时食拾易"

// dot is what stands between the parts of a name like 迪丽努尔·吐尔逊.
const dot = '·'

// first and last are the ideographs that can have a mark; see also marks.
const (
	first = 0x4e00
	last  = 0x9fff
)

// phrase is a word of a list, with what its section says of it.
type phrase struct {
	text []rune
	kind int
}

// Kinds of phrases. Those of one list are in the order of what they prove.
const (
	cueMaybe = iota + 1
	cueSure
	cueNaming
)

const (
	thingOfBare = iota + 1 // a name without a title before it is no person
	thingOfAny
)

const (
	unitNot = iota + 1
	unitWeak
	unitStrong
)

const (
	placeNone = iota + 1
	placeRegion
	placeEstate
	placeStreet
)

// marks are the lists, made ready to be looked up.
type marks struct {
	chars [last - first + 1]mark
	ascii [0x80]mark
	zero  mark // of 〇

	cues   map[rune][]phrase // by their last character
	behind map[rune][]phrase // by their first
	nobody map[rune][]phrase // by their first
	things map[rune][]phrase // by their first: what is named after somebody
	units  map[rune][]phrase // by their first
	places map[rune][]phrase // by their last
	stops  map[rune][]phrase // by their last
	keeps  map[rune][]keep   // by each of their characters
}

// keep is a word that holds, at an index, a character that ends the names of
// places otherwise.
type keep struct {
	text []rune
	at   int
}

func newMarks() *marks {
	m := &marks{
		cues: map[rune][]phrase{}, behind: map[rune][]phrase{}, nobody: map[rune][]phrase{}, things: map[rune][]phrase{}, units: map[rune][]phrase{},
		places: map[rune][]phrase{}, stops: map[rune][]phrase{}, keeps: map[rune][]keep{},
	}
	m.set(numerals, numeral)
	m.set(measures, measure)
	m.set(sounds, misheard)
	m.set("路交拐", cross)
	m.set(leads, lead)
	for _, words := range people.Sections(peoples) {
		m.set(strings.Join(words, ""), peopled)
	}
	for section, words := range people.Sections(cues) {
		switch section {
		case "before":
			m.byLast(m.cues, words, cueSure, cueEnd)
		case "naming":
			m.byLast(m.cues, words, cueNaming, cueEnd)
		case "maybe":
			m.byLast(m.cues, words, cueMaybe, cueEnd)
		case "behind":
			m.byFirst(m.behind, words, 1, behind)
		case "after":
			m.set(strings.Join(words, ""), follows)
		}
	}
	for section, words := range people.Sections(nobodies) {
		switch section {
		case "names":
			m.byFirst(m.nobody, words, 1, nobody)
		case "things":
			m.byFirst(m.things, words, thingOfAny, memorial)
		case "places":
			m.byFirst(m.things, words, thingOfBare, memorial)
		}
	}
	for section, words := range people.Sections(units) {
		kind := map[string]int{"strong": unitStrong, "weak": unitWeak, "not": unitNot}[section]
		m.byFirst(m.units, words, kind, unit)
	}
	for section, words := range people.Sections(places) {
		kind := map[string]int{"street": placeStreet, "estate": placeEstate, "region": placeRegion, "none": placeNone}[section]
		m.byLast(m.places, words, kind, placeEnd)
	}
	for section, words := range people.Sections(stops) {
		switch section {
		case "char":
			m.set(strings.Join(words, ""), stop)
		case "word":
			m.byLast(m.stops, words, 1, stopEnd)
		case "keep":
			for _, w := range words {
				text := []rune(w)
				for i, r := range text {
					m.keeps[r] = append(m.keeps[r], keep{text, i})
				}
			}
		}
	}
	for _, list := range []map[rune][]phrase{m.cues, m.behind, m.nobody, m.things, m.units, m.places, m.stops} {
		for _, words := range list {
			slices.SortFunc(words, func(a, b phrase) int {
				return cmp.Or(cmp.Compare(len(b.text), len(a.text)), cmp.Compare(b.kind, a.kind), slices.Compare(a.text, b.text))
			})
		}
	}
	return m
}

func (m *marks) set(chars string, bit mark) {
	for _, r := range chars {
		m.add(r, bit)
	}
}

func (m *marks) add(r rune, bit mark) {
	switch {
	case 0 <= r && int(r) < len(m.ascii):
		m.ascii[r] |= bit
	case first <= r && r <= last:
		m.chars[r-first] |= bit
	case r == '〇':
		m.zero |= bit
	}
}

func (m *marks) byLast(list map[rune][]phrase, words []string, kind int, bit mark) {
	for _, w := range words {
		text := []rune(w)
		r := text[len(text)-1]
		list[r] = append(list[r], phrase{text, kind})
		m.add(r, bit)
	}
}

func (m *marks) byFirst(list map[rune][]phrase, words []string, kind int, bit mark) {
	for _, w := range words {
		text := []rune(w)
		list[text[0]] = append(list[text[0]], phrase{text, kind})
		m.add(text[0], bit)
	}
}

// of returns the marks of a character.
func (m *marks) of(r rune) mark {
	switch {
	case 0 <= r && int(r) < len(m.ascii):
		return m.ascii[r]
	case first <= r && r <= last:
		return m.chars[r-first]
	case r == '〇':
		return m.zero
	case r == dot:
		return peopled
	}
	return 0
}

// ending returns the longest phrase that a text ends with.
func ending(list map[rune][]phrase, text []rune) (length, kind int) {
	if len(text) == 0 {
		return 0, 0
	}
	for _, p := range list[text[len(text)-1]] {
		if len(text) >= len(p.text) && slices.Equal(text[len(text)-len(p.text):], p.text) {
			return len(p.text), p.kind
		}
	}
	return 0, 0
}

// beginning returns the longest phrase that a text begins with.
func beginning(list map[rune][]phrase, text []rune) (length, kind int) {
	if len(text) == 0 {
		return 0, 0
	}
	for _, p := range list[text[0]] {
		if len(text) >= len(p.text) && slices.Equal(text[:len(p.text)], p.text) {
			return len(p.text), p.kind
		}
	}
	return 0, 0
}
