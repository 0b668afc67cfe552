package parquetio

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

// knownLine is a run of places: those of the texts that a line has for the
// column. Lines of several who count may have the same number.
type knownLine struct {
	line       *schema.Line
	start, end int32
}

// find gives the places of a line's texts.
func (l *linePlaces) find(line *schema.Line) ([]int32, bool) {
	if n := int(line.Number); uint(n) < uint(len(l.known)) && l.known[n].line == line {
		return l.places[l.known[n].start:l.known[n].end], true
	}
	return nil, false
}

// add keeps places for find.
func (l *linePlaces) add(line *schema.Line, places []int32) {
	n := int(line.Number)
	if n < 0 || n >= schema.MaxLines {
		return
	}
	if n >= len(l.known) {
		l.known = append(l.known, make([]knownLine, n+1-len(l.known))...)
	}
	start := len(l.places)
	l.places = append(l.places, places...)
	l.known[n] = knownLine{line, int32(start), int32(len(l.places))}
}

func (l *linePlaces) reset() {
	clear(l.known)
	l.places = l.places[:0]
}

// addAllOf adds texts that may be those the line has in the field at an offset.
// To compare addresses is enough: rows have them from there. Others are not
// worth remembering, and would hold on to the block they are part of.
func (t *texts) addAllOf(line *schema.Line, field uintptr, texts []string) {
	if line != nil && t.usesIt {
		if own := at[[]string](unsafe.Pointer(line), field); len(own) == len(texts) && unsafe.SliceData(own) == unsafe.SliceData(texts) {
			t.addKnown(line, texts)
			return
		}
	}
	t.addAll(texts)
}

// addOf is addAllOf for one text.
func (t *texts) addOf(line *schema.Line, field uintptr, s string) {
	if line != nil && t.usesIt {
		if own := at[string](unsafe.Pointer(line), field); len(own) == len(s) && unsafe.StringData(own) == unsafe.StringData(s) {
			t.addKnown(line, []string{s})
			return
		}
	}
	t.add(s)
}

func (t *texts) addKnown(line *schema.Line, texts []string) {
	if places, ok := t.lines.find(line); ok {
		t.indexes = append(t.indexes, places...)
		return
	}
	before := len(t.indexes)
	if t.addAll(texts); t.usesIt {
		t.lines.add(line, t.indexes[before:])
	}
}
