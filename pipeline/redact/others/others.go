// Package others finds personal data that nobody but the speakers knows of:
// addresses with a number, people with a title, and, as well as may be, people who
// are named without one.
//
// It works on forms and on lists of words, which are files below lists and in
// pipeline/redact/people. Every line is read once; what is dear is done only where
// something that costs nothing to see gives a reason: a number before the unit of
// an address, a surname before a title or before the character of a given name.
package others

import (
	"slices"

	"callmill/pipeline/redact/char"
	"callmill/pipeline/redact/people"
	"callmill/pipeline/redact/span"
)

// Finder finds addresses and people in conversations. It reuses its memory: it is
// not safe for concurrent use.
type Finder struct {
	people *people.Lists
	marks  *marks
	// characters are those from first to last, as people and marks have them.
	characters *[last - first + 1]character

	line           line
	before         line // the last line of the speaker of line, without the other's between
	cueAt, cueKind int  // what cue returned last, and of where in the line

	said   string // by the other speaker before
	hangs  bool   // what is found in line may hang on said
	spans  []span.Span
	titled int // how many of spans, the first, are names with a title
	near   int // the first of these that is not far left of what is searched

	one   [1]span.Line // the text of a Look
	alone []span.Span  // in it
}

// New returns a Finder.
func New() *Finder {
	f := &Finder{people: people.New(), marks: newMarks(), characters: new([last - first + 1]character)}
	for r := rune(first); r <= last; r++ {
		f.characters[r-first] = character{f.people.Class(r), f.marks.of(r)}
	}
	return f
}

// Find appends to dst what it finds in a conversation.
func (f *Finder) Find(dst []span.Span, call []span.Line) []span.Span {
	looks := make([]*Look, len(call))
	for i := range call {
		look := f.Look(call[i].Text)
		looks[i] = &look
	}
	return f.FindLooked(dst, call, looks)
}

// FindLooked is Find for a caller that has the Look of each line.
func (f *Finder) FindLooked(dst []span.Span, call []span.Line, looks []*Look) []span.Span {
	address, speaker := -3, "" // the last line that ended with an address, and whose it is
	for i := range call {
		look := looks[i]
		goesOn := i-address <= 2 && speaker == call[i].Speaker
		if look.triggers == 0 && !goesOn {
			continue
		}
		from := len(dst)
		if look.known && !goesOn {
			for _, s := range look.found[:look.n] {
				dst = append(dst, span.Span{Line: i, Start: int(s.start), End: int(s.end), Kind: kinds[s.kind], Layer: span.Others})
			}
		} else {
			dst = f.search(dst, call, i, look.triggers, goesOn)
		}
		said := -1 // bytes of the text without what says nothing at its end
		for _, s := range dst[from:] {
			if s.Line != i || s.Kind != span.Address {
				continue
			}
			if said < 0 {
				said = len(withoutEnd(call[i].Text))
			}
			if s.End >= said {
				address, speaker = i, call[i].Speaker
			}
		}
	}
	return dst
}

// search appends what is in a line, and in lines before it that are about the same
// address.
func (f *Finder) search(dst []span.Span, call []span.Line, i int, triggers triggers, goesOn bool) []span.Span {
	f.spans = f.spans[:0]
	f.line.read(f, call[i].Text)
	f.said, f.hangs, f.cueAt = f.saidBefore(call, i), false, -1
	if triggers&nameTrigger != 0 {
		f.titles()
		f.bare()
		f.peoples()
	}
	if triggers&unitTrigger != 0 {
		f.addresses()
	}
	if goesOn || triggers&unitTrigger != 0 {
		dst = f.joined(dst, call, i, goesOn)
	}
	if triggers&crossTrigger != 0 {
		f.crossings()
	}
	for _, s := range f.spans {
		s.Line, s.Start, s.End, s.Layer = i, f.line.at[s.Start], f.line.at[s.End], span.Others
		dst = append(dst, s)
	}
	return dst
}

// Look is what one look at a text finds: whether there is a reason to search it, and,
// if lines before do not matter, what is in it.
type Look struct {
	triggers triggers
	known    bool // found is all there is
	n        int8
	found    [2]found
}

// found is a span in a Look.
type found struct {
	start, end uint16
	kind       uint8 // an index of kinds
}

// kinds are those that are found.
var kinds = [...]span.Kind{span.Name, span.Address}

// Look looks at a text.
func (f *Finder) Look(text string) (look Look) {
	if look.triggers = f.scan(text); look.triggers == 0 || look.triggers&unitTrigger != 0 {
		return look
	}
	f.one[0].Text = text
	f.alone = f.search(f.alone[:0], f.one[:], 0, look.triggers, false)
	f.one[0].Text = "" // it may be of a larger text
	if !f.hangs && len(f.alone) <= len(look.found) && len(text) < 1<<16 {
		look.known, look.n = true, int8(len(f.alone))
		for i, s := range f.alone {
			look.found[i] = found{uint16(s.Start), uint16(s.End), uint8(slices.Index(kinds[:], s.Kind))}
		}
	}
	return look
}

// saidBefore returns the line that the other speaker said just before line i.
func (f *Finder) saidBefore(call []span.Line, i int) string {
	if i == 0 || call[i-1].Speaker == call[i].Speaker {
		return ""
	}
	return call[i-1].Text
}

// add notes the characters [start, end) of the line.
func (f *Finder) add(k span.Kind, start, end int) {
	f.spans = append(f.spans, span.Span{Start: start, End: end, Kind: k})
}

// line is a text, character by character. A label, and what is no character, is one
// character 0 of no class: nothing is found across it.
type line struct {
	runes   []rune
	at      []int // where each begins in the text, and the end of the text
	classes []people.Class
	marks   []mark
}

// triggers say what a line may hold.
type triggers uint8

const (
	nameTrigger triggers = 1 << iota
	unitTrigger
	crossTrigger
)

// character is the class and the marks of an ideograph.
type character struct {
	class people.Class
	mark  mark
}

// look returns what a character may be in names and addresses.
func (f *Finder) look(r rune) (people.Class, mark) {
	if first <= r && r <= last {
		c := f.characters[r-first]
		return c.class, c.mark
	}
	return 0, f.marks.of(r)
}

// scan says what a text may hold, at the cost of a look at each of its characters.
func (f *Finder) scan(text string) triggers {
	var found triggers
	var before, last mark // those of the last two characters
	var class people.Class
	var r rune
	for i := 0; i < len(text); {
		p, size := r, 3
		// Nearly all characters are ideographs of three bytes: they are decoded here.
		if c := text[i]; 0xe4 <= c && c <= 0xe9 && i+2 < len(text) {
			r = rune(c&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f)
		} else if r, size = char.Decode(text, i); r == 0 {
			before, last, class = 0, 0, 0
			i += size
			continue
		}
		i += size
		was, m := class, mark(0)
		class, m = f.look(r)
		const named = people.AnySurname | people.AnyGiven | people.Compound | people.Titled
		switch {
		case class&named == 0 && m&peopled == 0, found&nameTrigger != 0:
		case class&people.AnyGiven != 0 && was&(people.AnySurname|people.Compound) != 0, // 王伟
			class&people.Titled != 0 && was&(people.AnySurname|people.AnyGiven|people.Compound) != 0, // 王总
			class&(people.AnySurname|people.AnyGiven|people.Compound) != 0 && (p == '老' || p == '小' || p == '阿' || p == '姓'),
			class&people.Compound != 0, m&last&before&peopled != 0:
			found |= nameTrigger
		}
		// 3栋, B座; 安泰路88, 安泰路是十号 with a digit misheard.
		if m&unit != 0 && (last&numeral != 0 || char.Letter(p) || stem(p) || last&misheard != 0 && before&placeEnd != 0) ||
			m&(numeral|unit) != 0 && (last&placeEnd != 0 && m&numeral != 0 || last&misheard != 0 && before&placeEnd != 0) {
			found |= unitTrigger
		}
		if m&cross != 0 {
			found |= crossTrigger
		}
		before, last = last, m
	}
	return found
}

// read makes the line that of a text.
func (l *line) read(f *Finder, text string) {
	l.runes, l.at, l.classes, l.marks = l.runes[:0], l.at[:0], l.classes[:0], l.marks[:0]
	for i := 0; i < len(text); {
		r, size := char.Decode(text, i)
		if r == '[' {
			if n := span.LabelAt(text, i); n > 0 {
				r, size = 0, n
			}
		}
		class, m := f.look(r)
		l.runes, l.at = append(l.runes, r), append(l.at, i)
		l.classes, l.marks = append(l.classes, class), append(l.marks, m)
		i += size
	}
	l.at = append(l.at, len(text))
}

// within reports whether a character of the line exists.
func (l *line) within(i int) bool { return 0 <= i && i < len(l.runes) }

// class returns what a character may be in a name; 0 outside the line.
func (l *line) class(i int) people.Class {
	if !l.within(i) {
		return 0
	}
	return l.classes[i]
}

// mark returns what a character may be in an address; 0 outside the line.
func (l *line) mark(i int) mark {
	if !l.within(i) {
		return 0
	}
	return l.marks[i]
}

// rune returns a character; 0 outside the line.
func (l *line) rune(i int) rune {
	if !l.within(i) {
		return 0
	}
	return l.runes[i]
}

// edge reports whether nothing of a phrase is at i: the end of the line, a
// punctuation mark, white space, a label.
func (l *line) edge(i int) bool {
	if !l.within(i) {
		return true
	}
	r := l.runes[i]
	return !char.Ideograph(r) && !char.Letter(r) && !('0' <= r && r <= '9')
}
