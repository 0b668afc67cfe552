package own

import (
	"slices"
	"strings"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/own/glance"
	"callmill/pipeline/redact/sound"
	"callmill/pipeline/redact/span"
)

// place is an address, or a date, that may be said in parts and with its numbers in
// words.
type place struct {
	kind   span.Kind
	tokens []token
	starts []int // tokens at which a part may begin
}

// token is a character of a place, or a number in it.
type token struct {
	r       rune // 0: a number
	class   sound.Syllable
	number  uint64
	figures int // how many digits the number has; 0: any
}

// Bounds of what is compared.
const (
	mostTokens  = 80
	mostFigures = 9
	leastNamed  = 3 // characters of a part besides numbers
	fewPlaces   = 8 // that are searched for where the search is short
)

// parts are characters that end a part of an address, units those that follow a
// number in one.
const (
	parts = "省市区县州镇乡村路街道巷弄号栋幢座楼室元苑园城"
	units = "号弄栋幢座楼层室组期段门单区户院"
)

// learnPlace takes in an address.
func (f *Finder) learnPlace(value string) {
	if masked(value) {
		return
	}
	at, begins := len(f.tokens), len(f.firsts)
	f.firsts = append(f.firsts, 0)
	f.text = appendRunes(f.text[:0], value)
	for i := 0; i < len(f.text) && len(f.tokens)-at < mostTokens; {
		t, n := tokenAt(f.text, i)
		if n == 0 {
			i++ // a comma, a blank
			continue
		}
		f.tokens = append(f.tokens, t)
		if i += n; t.r != 0 && strings.ContainsRune(parts, t.r) {
			f.firsts = append(f.firsts, len(f.tokens)-at)
		}
	}
	f.addPlace(place{
		kind: span.Address, tokens: f.tokens[at:len(f.tokens):len(f.tokens)],
		starts: f.firsts[begins:len(f.firsts):len(f.firsts)],
	})
}

// learnDate takes in the date of a birthday.
func (f *Finder) learnDate(value string) {
	f.text = appendRunes(f.text[:0], value)
	runes := f.text
	p := place{kind: span.Birthday, starts: []int{0}}
	for i := 0; i < len(runes) && len(p.tokens) < 3; {
		if t, n := tokenAt(runes, i); n > 0 && t.r == 0 {
			p.tokens = append(p.tokens, t)
			i += n
			continue
		}
		i++
	}
	if len(p.tokens) == 1 && p.tokens[0].figures == 8 { // 19900503
		d := p.tokens[0].number
		p.tokens = []token{figure(d / 10000), figure(d / 100 % 100), figure(d % 100)}
	}
	if len(p.tokens) == 3 && p.tokens[0].figures == 4 {
		p.tokens[1].figures, p.tokens[2].figures = 0, 0 // 05 and 五
		f.addPlace(p)
	}
}

func (f *Finder) addPlace(p place) {
	numbers := 0
	for _, t := range p.tokens {
		if t.r == 0 {
			numbers++
		}
	}
	if numbers == 0 || slices.ContainsFunc(f.places, func(q place) bool { return slices.Equal(q.tokens, p.tokens) }) {
		return
	}
	f.places = append(f.places, p)
	f.dated = f.dated || p.kind == span.Birthday
	for _, s := range p.starts {
		if s < len(p.tokens) && p.tokens[s].class != 0 {
			f.fronts.Add(p.tokens[s].class)
		}
	}
}

// mayPlace reports whether a part of an address, or a birthday, may be in a text.
func (f *Finder) mayPlace(look *Look) bool {
	if look.Numerals == 0 {
		return false
	}
	if f.dated && look.Numerals >= 4 {
		return true // a year has four digits
	}
	if !look.Sounds.Meets(&f.fronts) {
		return false
	}
	if len(f.places) > fewPlaces {
		return true // it takes as long as the search
	}
	for i := range f.places {
		p := &f.places[i]
		for _, s := range p.starts {
			if mayName(look, p.tokens[s:]) {
				return true
			}
		}
	}
	return false
}

// mayName reports whether so many characters of a part of an address as it takes may be
// in the text, one after the other.
func mayName(look *Look, tokens []token) bool {
	named := 0
	for k := range tokens {
		t := &tokens[k]
		if t.r == 0 {
			continue
		}
		if t.class != 0 {
			if !look.Sounds.Has(t.class) || k > 0 && tokens[k-1].class != 0 && !look.Pairs.Has(tokens[k-1].class, t.class) {
				return false
			}
		}
		if named++; named == leastNamed {
			return true
		}
	}
	return false
}

func figure(n uint64) token {
	t := token{number: n, figures: 1}
	for n >= 10 {
		n /= 10
		t.figures++
	}
	return t
}

func appendRunes(runes []rune, value string) []rune {
	for _, r := range value {
		runes = append(runes, char.Half(r))
	}
	return runes
}

// tokenAt returns the token at i and its length; 0 if nothing that counts is there.
func tokenAt(runes []rune, i int) (token, int) {
	if t, n := numberAt(runes, i); n > 0 {
		return t, n
	}
	r := runes[i]
	if char.Letter(r) {
		return token{r: r &^ 0x20}, 1
	}
	if !char.Ideograph(r) {
		return token{}, 0
	}
	return token{r: r, class: sound.Of(r).Class()}, 1
}

// numberAt reads the number at i: digits in a row, 88 and 八八 and 幺零八, or a number
// in words, 二十六 and 两百九十一.
func numberAt(runes []rune, i int) (token, int) {
	var value, section, last uint64
	n, figures, words := 0, 0, false
	for ; i+n < len(runes) && figures < mostFigures; n++ {
		r := runes[i+n]
		if d := glance.Digit(r); d >= 0 {
			figures++
			value, last = value*10+uint64(d), uint64(d)
			continue
		}
		unit := uint64(0)
		switch r {
		case '十':
			unit = 10
		case '百':
			unit = 100
		case '千':
			unit = 1000
		default:
			if !words {
				return token{number: value, figures: figures}, n
			}
			return figure(section + last), n
		}
		if n == 0 {
			last = 1
		}
		words = true
		section += max(last, 1) * unit
		last = 0
	}
	if words {
		return figure(section + last), n
	}
	return token{number: value, figures: figures}, n
}

// findPlaces finds addresses of the job in the line, and parts of them that hold a
// number.
func (f *Finder) findPlaces() {
	l := &f.line
	for k := range f.places {
		if k >= fewPlaces && f.shortened() {
			break
		}
		p := &f.places[k]
		f.work -= len(l.runes) / 4
		for i := 0; i < len(l.runes); {
			end := i
			if c := l.sounds[i]; p.kind == span.Address && (c == 0 || !f.fronts.Has(c)) {
				i++
				continue
			}
			for n, s := range p.starts {
				if n > 0 && f.shortened() {
					break
				}
				if s < len(p.tokens) {
					end = max(end, f.placeAt(p, s, i))
				}
			}
			if end > i {
				f.add(p.kind, i, end)
				i = end
				continue
			}
			i++
		}
	}
}

// placeAt compares the tokens of a place from s on with the line from i on, and returns
// where what is the same ends with a number or what it counts; i if that proves
// nothing.
func (f *Finder) placeAt(p *place, s, i int) int {
	l := &f.line
	end, numbers, named, exactly := i, 0, 0, 0
	at := i
	for k := s; k < len(p.tokens); {
		f.work--
		t := &p.tokens[k]
		n, isExact := f.sameToken(t, at)
		if n == 0 {
			gap := l.filler(at)
			if p.kind == span.Birthday && gap == 0 && strings.ContainsRune("年月日号", l.rune(at)) {
				gap = 1
			}
			if gap == 0 || at == i {
				break
			}
			at += gap
			continue
		}
		at += n
		switch {
		case t.r == 0:
			numbers++
			end = at
		default:
			named++
			if isExact {
				exactly++
			}
			if end == at-1 && strings.ContainsRune(units, t.r) || end > i && k > 0 && p.tokens[k-1].r == '单' && t.r == '元' {
				end = at
			}
		}
		k++
	}
	if p.kind == span.Birthday {
		if numbers < 3 {
			return i
		}
		if r := l.rune(end); r == '日' || r == '号' {
			end++
		}
		return end
	}
	if numbers == 0 || named < leastNamed || 2*exactly < named {
		return i
	}
	return end
}

// sameToken returns how many characters of the line at i are the token, and whether
// they are so as written.
func (f *Finder) sameToken(t *token, i int) (n int, exactly bool) {
	l := &f.line
	if !l.within(i) {
		return 0, false
	}
	if t.r == 0 {
		if got, n := numberAt(l.runes, i); n > 0 && got.number == t.number && (got.figures == t.figures || t.figures == 0) {
			return n, true
		}
		return 0, false
	}
	r := l.runes[i]
	switch {
	case r == t.r || char.Letter(r) && r&^0x20 == t.r:
		return 1, true
	case t.class != 0 && l.sounds[i] == t.class:
		return 1, false
	}
	return 0, false
}
