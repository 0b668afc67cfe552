// Package span is what finders of personal data and what masks it share: the
// kinds, the lines of one conversation, the parts of them that are to go, and the
// labels that take their place.
//
// A label in a text is a wall: it was masked before, by callmill or by others. No
// finder looks into it or past it, and Mask keeps it byte for byte. So what masks
// until nothing more is found ends, and finds nothing in its own result.
package span

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Line is what one speaker said. A conversation is its lines in order.
type Line struct {
	Speaker, Text string
}

// Layer is the kind of knowledge a span rests on. The lower the stronger.
type Layer uint8

const (
	Own     Layer = iota // what the job says of its own person
	Numbers              // forms of numbers, accounts, plates
	Others               // addresses and other people
)

// Span is a part of a conversation that is personal data.
type Span struct {
	Line       int // of the conversation, from 0
	Start, End int // in bytes of the line's text
	Kind       Kind
	Layer      Layer
}

// Merge sorts spans by their places, in place, and makes one of those that
// overlap: it covers all of them and has kind and layer of the strongest, which is
// the one of the lowest layer, of these the longest, of these the first. Spans
// that only touch stay apart. Empty ones are dropped. It returns a prefix of the
// slice it was given.
func Merge(spans []Span) []Span {
	spans = slices.DeleteFunc(spans, func(s Span) bool { return s.Start >= s.End })
	slices.SortStableFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Layer, b.Layer))
	})
	merged := spans[:0]
	var strongest Span // the one that named the last of merged
	for _, s := range spans {
		if n := len(merged); n > 0 && merged[n-1].Line == s.Line && s.Start < merged[n-1].End {
			last := &merged[n-1]
			last.End = max(last.End, s.End)
			if stronger(s, strongest) {
				strongest, last.Kind, last.Layer = s, s.Kind, s.Layer
			}
			continue
		}
		merged, strongest = append(merged, s), s
	}
	return merged
}

func stronger(a, b Span) bool {
	return cmp.Or(cmp.Compare(b.Layer, a.Layer), cmp.Compare(a.End-a.Start, b.End-b.Start)) > 0
}

// Mask returns a text with a label in place of each span. The spans are those of
// this text, as Merge leaves them. Labels that are in the text already stay; a
// span that holds one masks what is around it. A span that begins or ends within a
// character covers all of it.
//
// A text without spans is returned as it is.
func Mask(text string, spans []Span) string {
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 8*len(spans))
	done := 0
	for _, s := range spans {
		start, end := whole(text, max(s.Start, done), s.End)
		for start < end {
			// A label that begins after the span is of no concern.
			wall, after := NextLabel(text[:min(len(text), end+longestLabel)], insideLabel(text, start, done))
			if wall <= start {
				b.WriteString(text[done:after])
				start, done = after, after
				continue
			}
			stop := min(end, wall)
			b.WriteString(text[done:start])
			b.WriteString(Label(s.Kind))
			start, done = stop, stop
		}
	}
	b.WriteString(text[done:])
	return b.String()
}

// whole extends a part of a text to whole characters.
func whole(text string, start, end int) (int, int) {
	start, end = max(0, start), min(end, len(text))
	for start > 0 && start < len(text) && !utf8.RuneStart(text[start]) {
		start--
	}
	for end > start && end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return start, end
}

// longestLabel is the length of the longest label in bytes.
const longestLabel = len("[身份证]")

// insideLabel returns where the label begins that byte i lies in, at or after
// floor; i if it lies in none.
func insideLabel(text string, i, floor int) int {
	for k := i - 1; k >= floor && k > i-longestLabel; k-- {
		if n := LabelAt(text, k); n > i-k {
			return k
		}
	}
	return i
}
