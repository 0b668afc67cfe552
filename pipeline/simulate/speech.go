package simulate

import (
	"strconv"
	"strings"

	"callmill/pipeline/simulate/script"
)

// speech composes lines: it fills templates with the data of a job and tracks
// personal data. Not safe for concurrent use.
type speech struct {
	dice     *dice
	person   *person
	campaign *script.Campaign
	values   []value

	buf   []byte
	spans []Span
	depth int // of nested entries that are personal data
}

func (s *speech) begin() { s.buf, s.spans, s.depth = s.buf[:0], s.spans[:0], 0 }

// text returns the line composed so far, and its personal data.
func (s *speech) text() (string, []Span) {
	text := string(s.buf)
	if len(s.spans) == 0 {
		return text, nil
	}
	spans := append([]Span(nil), s.spans...)
	for i := range spans {
		spans[i].Text = text[spans[i].Start:spans[i].End]
	}
	return text, spans
}

// plainText returns an entry of a list that needs no data of a job.
func (s *speech) plainText(w *script.List, d *dice) string {
	before := s.dice
	s.dice = d
	s.begin()
	s.fill(pick(w, d))
	s.dice = before
	return string(s.buf)
}

// pick draws an entry of a list by weight.
func pick(w *script.List, d *dice) script.Template { return w.At(d.below(w.Weight())) }

// fill appends a template.
func (s *speech) fill(t script.Template) {
	for i := range t {
		p := &t[i]
		switch p.Kind {
		case script.PieceLiteral:
			s.buf = append(s.buf, p.Text...)
		case script.PieceEntry:
			s.entry(p.List)
		case script.PieceChoice:
			s.fill(p.Choices[s.dice.below(len(p.Choices))])
		case script.PieceParameter:
			q := &s.campaign.Parameters[p.Index]
			s.personal(personal(q), s.values[p.Index].written)
		case script.PieceSpokenParameter:
			q := &s.campaign.Parameters[p.Index]
			s.personal(personal(q), spoken(q, s.values[p.Index]))
		case script.PieceSpokenCount:
			s.buf = append(s.buf, spokenCount(s.dice.between(p.Low, p.High))...)
		case script.PieceSpokenOrdinal:
			s.buf = append(s.buf, spokenNumber(s.dice.between(p.Low, p.High))...)
		case script.PieceDigits:
			s.buf = strconv.AppendInt(s.buf, int64(s.dice.between(p.Low, p.High)), 10)
		case script.PieceName:
			s.personal(SpanName, s.person.name)
		case script.PieceSurname:
			s.personal(SpanName, s.person.surname)
		case script.PieceHonorific:
			s.personal(SpanName, s.person.honorific)
		case script.PieceCompany:
			s.buf = append(s.buf, s.campaign.Company...)
		case script.PiecePhone:
			// Another made-up number.
			s.personal(SpanNumber, spokenDigitRow(phoneOf(0, s.dice.below(phoneRange))))
		}
	}
}

// entry appends an entry of a list.
func (s *speech) entry(w *script.List) {
	start := len(s.buf)
	if w.Span != "" {
		s.depth++
	}
	s.fill(pick(w, s.dice))
	if w.Span == "" {
		return
	}
	if s.depth--; s.depth == 0 {
		s.spans = append(s.spans, Span{Start: start, End: len(s.buf), Kind: w.Span})
	}
}

// personal appends text that is personal data if kind is not "".
func (s *speech) personal(kind, text string) {
	start := len(s.buf)
	s.buf = append(s.buf, text...)
	if kind != "" && s.depth == 0 {
		s.spans = append(s.spans, Span{Start: start, End: len(s.buf), Kind: kind})
	}
}

// replace replaces the first occurrence of old outside personal data and reports
// whether there is one.
func (s *speech) replace(old, new string) bool {
	text := string(s.buf)
	from := 0
	for {
		i := strings.Index(text[from:], old)
		if i < 0 {
			return false
		}
		if at := from + i; !s.touches(at, at+len(old)) {
			s.edit(at, at+len(old), new)
			return true
		}
		from += i + len(old)
	}
}

// touches reports whether a part of the line overlaps personal data.
func (s *speech) touches(start, end int) bool {
	for _, span := range s.spans {
		if start < span.End && span.Start < end {
			return true
		}
	}
	return false
}

// edit replaces a part of the line without personal data.
func (s *speech) edit(start, end int, text string) {
	tail := string(s.buf[end:])
	s.buf = append(append(s.buf[:start], text...), tail...)
	for i := range s.spans {
		if s.spans[i].Start >= end {
			s.spans[i].Start += len(text) - (end - start)
			s.spans[i].End += len(text) - (end - start)
		}
	}
}
