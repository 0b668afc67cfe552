package speech

import (
	"unicode/utf8"

	"callmill/pipeline/simulate/script"
)

// Dialect maps standard words to those said in a region.
type Dialect struct{ words [][2]string }

// Utter composes what the contact says for an intent: with hesitation and dialect,
// and with the mistakes of speech recognition (ASR).
func (s *Composer) Utter(intent *script.List) {
	words := s.words
	s.begin()
	s.contact = true
	// Lines that no robot understands (children, noise) are not addressed to it.
	addressed := intent.Clear >= 30
	if addressed && s.dice.Percent(14+s.Person.Chat/6) {
		s.entry(words.filler)
	}
	s.entry(intent)
	switch n := s.dice.Below(1000); {
	case !addressed:
	case n < 25:
		s.again()
	case n < 60:
		s.entry(words.Tail)
	case n < 60+s.Person.Chat:
		s.entry(words.aside)
	}
	if s.Person.Dialect != nil {
		for _, pair := range s.Person.Dialect.words {
			if s.dice.Percent(60) {
				s.Replace(pair[0], pair[1])
			}
		}
	}
	s.slip()
}

// again repeats a short line.
func (s *Composer) again() {
	if len(s.buf) > 0 && len(s.buf) <= 18 && len(s.spans) == 0 && len(s.done) == 0 {
		s.buf = append(s.buf, s.buf...)
	}
}

// slip makes mistakes of speech recognition: homophones, characters doubled or
// lost.
func (s *Composer) slip() {
	switch n := s.dice.Below(1000); {
	case n < 70:
		// Most lines contain none of the words.
		at := s.dice.Below(len(s.words.homophones))
		for i := range s.words.homophones {
			pair := s.words.homophones[(at+i)%len(s.words.homophones)]
			if s.Replace(pair[0], pair[1]) {
				return
			}
		}
	case n < 90:
		if start, end := s.someCharacter(); end > start {
			s.edit(end, end, string(s.buf[start:end]))
		}
	case n < 108:
		if start, end := s.someCharacter(); end > start && len(s.buf) > 9 {
			s.edit(start, end, "")
		}
	}
}

// someCharacter draws a character; an empty range if it is personal data.
func (s *Composer) someCharacter() (start, end int) {
	at := s.dice.Below(len(s.buf))
	for at > 0 && !utf8.RuneStart(s.buf[at]) {
		at--
	}
	_, size := utf8.DecodeRune(s.buf[at:])
	if size == 0 || s.touches(at, at+size) {
		return at, at
	}
	return at, at + size
}
