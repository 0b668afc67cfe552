package table

import (
	"unsafe"

	"callmill/schema"
)

// linePlaces remembers where a line's texts are in the dictionary of a column.
// Half of what is said has been said before, in rows that share a
// [schema.Line]: its words need not be looked for one by one.
type linePlaces struct {
	known  []knownLine // by number
	places []int32
}

// knownLine is a run of places. It is that of the texts at this address, which
// nobody changes, and which stay there as long as it points to them.
type knownLine struct {
	texts      unsafe.Pointer
	start, end int32
}

// find gives the places of a line's texts, which are at an address.
func (l *linePlaces) find(line *schema.Line, texts unsafe.Pointer) ([]int32, bool) {
	if n := int(line.Number); uint(n) < uint(len(l.known)) && l.known[n].texts == texts {
		return l.places[l.known[n].start:l.known[n].end], true
	}
	return nil, false
}

// add keeps places for find.
func (l *linePlaces) add(line *schema.Line, texts unsafe.Pointer, places []int32) {
	n := int(line.Number)
	if n < 0 || n >= schema.MaxLines {
		return
	}
	if n >= len(l.known) {
		l.known = append(l.known, make([]knownLine, n+1-len(l.known))...)
	}
	start := len(l.places)
	l.places = append(l.places, places...)
	l.known[n] = knownLine{texts, int32(start), int32(len(l.places))}
}

func (l *linePlaces) reset() {
	clear(l.known)
	l.places = l.places[:0]
}

// addOf adds texts that may be those of a line.
func (t *texts) addOf(line *schema.Line, texts []string) {
	if line == nil || !t.usesIt || len(texts) == 0 {
		t.addAll(texts)
		return
	}
	at := unsafe.Pointer(unsafe.SliceData(texts))
	t.addKnown(line, at, texts)
}

// addOneOf adds a text that may be one of a line.
func (t *texts) addOneOf(line *schema.Line, s string) {
	if line == nil || !t.usesIt || s == "" {
		t.add(s)
		return
	}
	t.addKnown(line, unsafe.Pointer(unsafe.StringData(s)), []string{s})
}

func (t *texts) addKnown(line *schema.Line, at unsafe.Pointer, texts []string) {
	if places, ok := t.lines.find(line, at); ok {
		t.indexes = append(t.indexes, places...)
		return
	}
	before := len(t.indexes)
	if t.addAll(texts); t.usesIt {
		t.lines.add(line, at, t.indexes[before:])
	}
}
