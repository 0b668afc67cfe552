package simulate

import "callmill/pipeline/simulate/script"
import "unicode/utf8"

// dialect maps standard words to those said in a region.
type dialect struct{ words [][2]string }

// utter composes what the contact says for an intent: with hesitation and dialect,
// and with the mistakes of speech recognition (ASR).
func (s *speech) utter(intent *script.List, words *commonWords) {
	s.begin()
	// Lines that no robot understands (children, noise) are not addressed to it.
	addressed := intent.Clear >= 30
	if addressed && s.dice.percent(14+s.person.chat/6) {
		s.entry(words.filler)
	}
	s.entry(intent)
	switch n := s.dice.below(1000); {
	case !addressed:
	case n < 25:
		s.again()
	case n < 60:
		s.entry(words.tail)
	case n < 60+s.person.chat:
		s.entry(words.aside)
	}
	if s.person.dialect != nil {
		for _, pair := range s.person.dialect.words {
			if s.dice.percent(60) {
				s.replace(pair[0], pair[1])
			}
		}
	}
	s.slip(words)
}

// again repeats a short line.
func (s *speech) again() {
	if len(s.buf) > 0 && len(s.buf) <= 18 && len(s.spans) == 0 {
		s.buf = append(s.buf, s.buf...)
	}
}

// slip makes mistakes of speech recognition: homophones, characters doubled or
// lost.
func (s *speech) slip(words *commonWords) {
	switch n := s.dice.below(1000); {
	case n < 70:
		// Most lines contain none of the words.
		at := s.dice.below(len(words.homophones))
		for i := range words.homophones {
			pair := words.homophones[(at+i)%len(words.homophones)]
			if s.replace(pair[0], pair[1]) {
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
func (s *speech) someCharacter() (start, end int) {
	at := s.dice.below(len(s.buf))
	for at > 0 && !utf8.RuneStart(s.buf[at]) {
		at--
	}
	_, size := utf8.DecodeRune(s.buf[at:])
	if size == 0 || s.touches(at, at+size) {
		return at, at
	}
	return at, at + size
}
