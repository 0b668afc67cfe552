package decode

import (
	"callmill/schema"
)

// A scanner reads JSON strictly from b, from p on. Its methods return false
// at damage, which is then described by bad.
type scanner struct {
	b     []byte
	p     int
	depth int // brackets open at p

	maxDepth int
	bad      damage
	stack    []byte // brackets open within skip and skim, reused
	unquoted []byte // a name that had escapes, reused
}

// damage is the first place where the text stops being JSON or XML.
type damage struct {
	code string // schema.Reject…; "" where there is none
	at   int
	what string
}

func (s *scanner) fail(code, what string) bool {
	if s.bad.code == "" {
		s.bad = damage{code, s.p, what}
	}
	return false
}

// ends is the failure of a text that stops in the middle of something.
func (s *scanner) ends() bool { return s.fail(schema.RejectTruncated, "the input ends in the middle") }

func (s *scanner) syntax(what string) bool {
	if s.p >= len(s.b) {
		return s.ends()
	}
	return s.fail(schema.RejectSyntax, what)
}

// next skips white space and returns the byte at p, 0 at the end of the text.
func (s *scanner) next() byte {
	b, p := s.b, s.p
	for p < len(b) {
		c := b[p]
		if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			s.p = p
			return c
		}
		p++
	}
	s.p = p
	return 0
}

// enter steps over an opening bracket.
func (s *scanner) enter() bool {
	if s.depth >= s.maxDepth {
		return s.fail(schema.RejectTooDeep, "nested deeper than any response")
	}
	s.depth++
	s.p++
	return true
}

// member steps to the next member of the object that was entered; first says
// that none was read yet. It returns the name, valid until the next call, with
// p on the value, and false at the end of the object or at damage.
func (s *scanner) member(first bool) ([]byte, bool) {
	start, end, escaped, ok := s.name(first)
	if !ok {
		return nil, false
	}
	if !escaped {
		return s.b[start:end], true
	}
	s.unquoted, _ = unescape(s.unquoted[:0], s.b[start:end])
	return s.unquoted, true
}

// name is member for those who may not want the name.
func (s *scanner) name(first bool) (start, end int, escaped, ok bool) {
	c := s.next()
	if c == '}' {
		s.p++
		s.depth--
		return 0, 0, false, false
	}
	if !first {
		if c != ',' {
			return 0, 0, false, s.syntax("a comma or } is missing")
		}
		s.p++
		c = s.next()
	}
	if c != '"' {
		return 0, 0, false, s.syntax("the name of a member is missing")
	}
	start = s.p + 1
	escaped, ok = s.skipString()
	if !ok {
		return 0, 0, false, false
	}
	end = s.p - 1
	if s.next() != ':' {
		return 0, 0, false, s.syntax("a colon is missing")
	}
	s.p++
	s.next()
	return start, end, escaped, true
}

// element steps to the next element of the array that was entered, as member
// does in objects.
func (s *scanner) element(first bool) bool {
	c := s.next()
	if c == ']' {
		s.p++
		s.depth--
		return false
	}
	if first {
		return c != 0 || s.ends()
	}
	if c != ',' {
		return s.syntax("a comma or ] is missing")
	}
	s.p++
	switch s.next() {
	case ']':
		return s.syntax("a comma before ]")
	case 0:
		return s.p < len(s.b) || s.ends()
	}
	return true
}

// number steps over the number at p and returns its literal text.
func (s *scanner) number() ([]byte, bool) {
	b, p, start := s.b, s.p, s.p
	if b[p] == '-' {
		p++
	}
	digits := func() bool {
		from := p
		for p < len(b) && b[p]-'0' <= 9 {
			p++
		}
		s.p = p
		return p > from
	}
	zero := p < len(b) && b[p] == '0'
	from := p
	if !digits() {
		return nil, s.syntax("a number without digits")
	}
	if zero && p > from+1 {
		s.p = from + 1
		return nil, s.syntax("a number with a leading zero")
	}
	if p < len(b) && b[p] == '.' {
		p++
		if !digits() {
			return nil, s.syntax("a number without digits after its point")
		}
	}
	if p < len(b) && b[p]|0x20 == 'e' {
		p++
		if p < len(b) && (b[p] == '+' || b[p] == '-') {
			p++
		}
		if !digits() {
			return nil, s.syntax("a number without exponent")
		}
	}
	return b[start:p], true
}

// literal steps over true, false or null.
func (s *scanner) literal(word string) bool {
	if len(s.b)-s.p >= len(word) && string(s.b[s.p:s.p+len(word)]) == word {
		s.p += len(word)
		return true
	}
	if rest := s.b[s.p:]; len(rest) < len(word) && string(rest) == word[:len(rest)] {
		s.p = len(s.b)
		return s.ends()
	}
	return s.syntax("a word that is not true, false or null")
}

// scalar steps over the value at p, which is no object and no array.
func (s *scanner) scalar() bool {
	if s.p >= len(s.b) {
		return s.ends()
	}
	switch c := s.b[s.p]; {
	case c == '"':
		_, ok := s.skipString()
		return ok
	case c == '-' || c-'0' <= 9:
		_, ok := s.number()
		return ok
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.literal("null")
	}
	return s.syntax("a value is missing")
}
