// Package speech composes the lines of simulated calls: it fills the templates of
// scripts with the data of a job, tells personal data in the manners of the phone,
// makes the mistakes of speech recognition, and keeps account of which bytes of a
// line are personal data.
package speech

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/identity"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/spoken"
)

// Composer composes lines. Not safe for concurrent use.
type Composer struct {
	Person   *Person // the contact of the job
	Campaign *script.Campaign
	Values   []Value // of the campaign's parameters
	Misheard int     // of a hundred spoken digits of contacts

	words   *Words
	dice    *dice.Dice
	telling *dice.Dice // how personal data is told; apart, so that it changes nothing else
	teller  spoken.Teller

	contact bool // who speaks is the contact, and may be misheard
	done    []Line
	buf     []byte // the line after those done
	spans   []Span
	acts    []string // what the line amounts to
	depth   int      // of nested entries that are personal data
	open    Span     // the outermost, so far
	heard   []heard
}

// Person is who says the lines of contacts.
type Person struct {
	Name, Surname    string
	Honorific, Phone string
	Chat             int // 0 to 99; the talkative ask and tell
	Dialect          *Dialect
}

// Line is a finished line.
type Line struct {
	Text  string
	Spans []Span
	Acts  []string // what saying it amounts to: promise, opt_out, …
	Robot string   // the list that a word of the robot is from, or "": the contact's line
}

// heard is personal data that the contact told, as written.
type heard struct{ kind, value string }

// nameMisheard is how many of a hundred names of contacts in their own mouths are
// written with a character that sounds alike.
const nameMisheard = 12

// New returns a composer that uses the words.
func New(words *Words) *Composer {
	return &Composer{words: words, teller: spoken.Teller{Homophones: words.digits}}
}

// Call begins a call. What is said is drawn with the first dice, how personal data
// is told with the second.
func (s *Composer) Call(said, told *dice.Dice) {
	s.dice, s.telling, s.heard = said, told, s.heard[:0]
}

// Robot returns a line of the robot: a prompt, if not nil, and the text.
func (s *Composer) Robot(prompt, text script.Template) (string, []Span) {
	s.begin()
	s.contact = false
	s.fill(prompt)
	s.fill(text)
	return s.Text()
}

// Say composes an entry of a list as the contact's.
func (s *Composer) Say(w *script.List) {
	s.begin()
	s.contact = true
	s.entry(w)
}

// Tell composes an entry of a list as the contact's, with the dice for what is told.
// All of its lines are done.
func (s *Composer) Tell(w *script.List) {
	dice := s.dice
	s.dice = s.telling
	s.Say(w)
	s.dice = dice
	s.endLine("")
}

// Done returns the lines that are done, before the one that Text returns. The
// caller owns what they hold, but the slice until the next line.
func (s *Composer) Done() []Line {
	done := s.done
	s.done = s.done[:0]
	return done
}

// Pending returns how many lines Done has.
func (s *Composer) Pending() int { return len(s.done) }

func (s *Composer) begin() {
	s.done, s.buf, s.spans, s.acts, s.depth = s.done[:0], s.buf[:0], s.spans[:0], nil, 0
}

// Text returns the line composed so far, and its personal data.
func (s *Composer) Text() (string, []Span) {
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

// Acts returns what saying the line that Text returns amounts to.
func (s *Composer) Acts() []string { return s.acts }

// act adds what saying the line amounts to.
func (s *Composer) act(name string) {
	if name != "" && !slices.Contains(s.acts, name) {
		s.acts = append(s.acts, name)
	}
}

// PlainText returns an entry of a list that needs no data of a job, in one line.
func (s *Composer) PlainText(w *script.List, d *dice.Dice) string {
	dice, telling := s.dice, s.telling
	s.dice, s.telling = d, d
	s.begin()
	s.fill(pick(w, d))
	s.dice, s.telling = dice, telling
	return string(s.buf)
}

// pick draws an entry of a list by weight.
func pick(w *script.List, d *dice.Dice) script.Template { return w.At(d.Below(w.Weight())) }

// fill appends a template.
func (s *Composer) fill(t script.Template) {
	for i := range t {
		p := &t[i]
		switch p.Kind {
		case script.PieceLiteral:
			s.buf = append(s.buf, p.Text...)
		case script.PieceEntry:
			s.entry(p.List)
		case script.PieceChoice:
			s.fill(p.Choices[s.dice.Below(len(p.Choices))])
		case script.PieceParameter:
			s.parameter(p.Index, p.Manner)
		case script.PieceSpokenParameter:
			s.parameter(p.Index, spoken.Spoken)
		case script.PieceSpokenCount:
			s.buf = append(s.buf, spoken.Count(s.dice.Between(p.Low, p.High))...)
		case script.PieceSpokenOrdinal:
			s.buf = append(s.buf, spoken.Number(s.dice.Between(p.Low, p.High))...)
		case script.PieceDigits:
			s.buf = strconv.AppendInt(s.buf, int64(s.dice.Between(p.Low, p.High)), 10)
		case script.PieceName:
			s.own("own", s.Person.Name)
		case script.PieceSurname:
			s.own("surname", s.Person.Surname)
		case script.PieceHonorific:
			s.own("own", s.Person.Honorific)
		case script.PieceCompany:
			s.buf = append(s.buf, s.Campaign.Company...)
		case script.PieceOwnPhone:
			s.tell(s.Person.Phone, p.Manner, Span{Kind: "phone", Of: "own"})
		case script.PieceMade:
			s.tell(identity.Make(p.Text, s.telling), p.Manner, Span{Kind: p.Text})
		case script.PieceHeard:
			s.personal(Span{Kind: p.Text}, s.lastHeard(p.Text))
		case script.PieceOf:
			s.open.Of = p.Text
		case script.PieceAct:
			s.act(p.Text)
		case script.PieceBreak:
			s.lineBreak(p.List)
		}
	}
}

// parameter appends a parameter of the job: as written, or told in a manner.
func (s *Composer) parameter(index int, manner string) {
	q, v := &s.Campaign.Parameters[index], s.Values[index]
	span := personal(q)
	switch {
	case manner == "":
		s.personal(span, v.Written)
	case q.Kind == script.ParameterDigits || q.Kind == script.ParameterMade:
		s.tell(v.Written, manner, span)
	default:
		s.personal(span, say(q, v))
	}
}

// tell appends a value in a manner, "" for any; it may take several lines.
func (s *Composer) tell(value, manner string, span Span) {
	s.teller.Misheard = 0
	if s.contact {
		s.teller.Misheard = s.Misheard
		s.heard = append(s.heard, heard{span.Kind, value})
	}
	var parts []spoken.Part
	span.Manner, parts = s.teller.Tell(span.Kind, value, manner, s.telling)
	for i, part := range parts {
		if i > 0 {
			between := s.words.listens
			if s.telling.Percent(50) {
				between = nil
			}
			s.lineBreak(between)
		}
		span.Misheard = part.Misheard
		s.personal(span, part.Text)
	}
}

// lastHeard returns what the contact told last of a kind. A robot that heard
// nothing made something of it.
func (s *Composer) lastHeard(kind string) string {
	for i := len(s.heard) - 1; i >= 0; i-- {
		if s.heard[i].kind == kind {
			return s.heard[i].value
		}
	}
	return identity.Make(kind, s.telling)
}

// own appends a name of the contact. In the contact's mouth it may be misheard.
func (s *Composer) own(of, name string) {
	span := Span{Kind: "name", Of: of}
	if s.contact && s.telling.Percent(nameMisheard) {
		at := s.telling.Below(utf8.RuneCountInString(name))
		for _, r := range name {
			if alike := s.words.names[r]; at == 0 && len(alike) > 0 {
				name = strings.Replace(name, string(r), alike[s.telling.Below(len(alike))], 1)
				span.Misheard = 1
			}
			at--
		}
	}
	s.personal(span, name)
}

// lineBreak ends the line; the next one is the same speaker's. between is what the
// other one says then, or nil.
func (s *Composer) lineBreak(between *script.List) {
	if len(s.buf) == 0 {
		return
	}
	depth, open := s.depth, s.open
	if depth > 0 && len(s.buf) > open.Start {
		s.open.End = len(s.buf)
		s.spans = append(s.spans, s.open)
	}
	s.endLine("")
	if between != nil {
		dice, contact := s.dice, s.contact
		s.dice, s.contact, s.depth = s.telling, false, 0
		s.entry(between)
		s.endLine(between.Name)
		s.dice, s.contact = dice, contact
	}
	open.Start = 0
	s.depth, s.open = depth, open
}

// endLine adds the line composed so far to those done.
func (s *Composer) endLine(robot string) {
	if text, spans := s.Text(); text != "" {
		s.done = append(s.done, Line{text, spans, s.acts, robot})
	}
	s.buf, s.spans, s.acts = s.buf[:0], s.spans[:0], nil
}

// entry appends an entry of a list.
func (s *Composer) entry(w *script.List) {
	s.act(w.Act)
	if w.Span == "" {
		s.fill(pick(w, s.dice))
		return
	}
	if s.depth++; s.depth == 1 {
		s.open = Span{Start: len(s.buf), Kind: w.Span, Of: w.Of}
	}
	s.fill(pick(w, s.dice))
	if s.depth--; s.depth == 0 && len(s.buf) > s.open.Start {
		s.open.End = len(s.buf)
		s.spans = append(s.spans, s.open)
	}
}

// personal appends text that is personal data unless the span's Kind is "".
func (s *Composer) personal(span Span, text string) {
	span.Start = len(s.buf)
	s.buf = append(s.buf, text...)
	if span.Kind != "" && s.depth == 0 {
		span.End = len(s.buf)
		s.spans = append(s.spans, span)
	}
}

// Replace replaces the first occurrence of old outside personal data and reports
// whether there is one.
func (s *Composer) Replace(old, new string) bool {
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
func (s *Composer) touches(start, end int) bool {
	for _, span := range s.spans {
		if start < span.End && span.Start < end {
			return true
		}
	}
	return false
}

// edit replaces a part of the line without personal data.
func (s *Composer) edit(start, end int, text string) {
	tail := string(s.buf[end:])
	s.buf = append(append(s.buf[:start], text...), tail...)
	for i := range s.spans {
		if s.spans[i].Start >= end {
			s.spans[i].Start += len(text) - (end - start)
			s.spans[i].End += len(text) - (end - start)
		}
	}
}
