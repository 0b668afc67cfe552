package simulate

import (
	"strconv"
	"strings"

	"callmill/pipeline/simulate/script"
)

// speech puts lines together: it fills templates with what belongs to one job
// and remembers where personal data is.
type speech struct {
	dice     *dice
	person   *person
	campaign *script.Campaign
	values   []value

	buf   []byte
	spans []Span
	depth int // of entries that are personal data as a whole
}

func (s *speech) begin() { s.buf, s.spans, s.depth = s.buf[:0], s.spans[:0], 0 }

// text is the line put together so far; spans of it are the caller's to keep.
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

// plainText is an entry of a list that needs no job to be filled.
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
			// Somebody else's number, made up like all of them.
			s.personal(SpanNumber, spokenDigitRow(phoneOf(0, s.dice.below(phoneRange))))
		}
	}
}

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

func (s *speech) personal(kind, text string) {
	start := len(s.buf)
	s.buf = append(s.buf, text...)
	if kind != "" && s.depth == 0 {
		s.spans = append(s.spans, Span{Start: start, End: len(s.buf), Kind: kind})
	}
}

// replace puts other words in the place of the first ones found outside of
// personal data, and reports whether there were any.
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

func (s *speech) touches(start, end int) bool {
	for _, span := range s.spans {
		if start < span.End && span.Start < end {
			return true
		}
	}
	return false
}

// edit replaces a part of the line that holds no personal data.
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
