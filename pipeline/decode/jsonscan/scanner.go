package jsonscan

// A Scanner reads JSON from Text, from Pos on. Its methods return false at
// damage, which Bad then describes, and at the end of a container. Methods that
// step over a value expect Pos on its first byte, where Next leaves it.
//
// Not safe for concurrent use.
type Scanner struct {
	Text     []byte
	Pos      int
	Depth    int // brackets open at Pos
	MaxDepth int // brackets that may be open at once
	Bad      Damage

	stack    []byte // brackets open within Skip, reused
	unquoted []byte // a name that had escapes, reused
}

// Damage is the first place where a text stops being JSON.
type Damage struct {
	Code string // Syntax, Truncated or TooDeep; "" if there is none
	At   int    // offset in the text
	What string // for people
}

// Codes of damage.
const (
	Syntax    = "syntax"
	Truncated = "truncated" // the text ends inside a value
	TooDeep   = "too_deep"
)

// End is what Next returns at the end of the text. White space never is the
// next byte, so that no byte of a text can be taken for its end.
const End = ' '

// Reset makes text the next to be read and keeps the memory of the scanner.
func (s *Scanner) Reset(text []byte) {
	s.Text, s.Pos, s.Depth, s.Bad = text, 0, 0, Damage{}
}

// Fail records damage at Pos, unless there was some before, and returns false.
func (s *Scanner) Fail(code, what string) bool {
	if s.Bad.Code == "" {
		s.Bad = Damage{code, s.Pos, what}
	}
	return false
}

// Ends records that the text ends inside a value.
func (s *Scanner) Ends() bool { return s.Fail(Truncated, "the input ends in the middle") }

func (s *Scanner) syntax(what string) bool {
	if s.Pos >= len(s.Text) {
		return s.Ends()
	}
	return s.Fail(Syntax, what)
}

// Next skips white space and returns the byte at Pos, End at the end of the
// text.
func (s *Scanner) Next() byte {
	b, p := s.Text, s.Pos
	for p < len(b) {
		c := b[p]
		if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			s.Pos = p
			return c
		}
		p++
	}
	s.Pos = p
	return End
}

// Enter steps over an opening bracket.
func (s *Scanner) Enter() bool {
	if s.Depth >= s.MaxDepth {
		return s.Fail(TooDeep, "nested deeper than any response")
	}
	s.Depth++
	s.Pos++
	return true
}

// Member steps to the next member of the object that was entered; first says
// that none was read yet. It returns the name, valid until the next call, with
// Pos on the value, and false at the end of the object or at damage.
func (s *Scanner) Member(first bool) ([]byte, bool) {
	start, end, escaped, ok := s.name(first)
	if !ok {
		return nil, false
	}
	if !escaped {
		return s.Text[start:end], true
	}
	s.unquoted, _ = Unescape(s.unquoted[:0], s.Text[start:end])
	return s.unquoted, true
}

// Named is Member where the next member has this name, spelled without escapes
// and with at most a space before it. Else it returns false, and Pos stays.
func (s *Scanner) Named(first bool, name string) bool {
	b, p := s.Text, s.Pos
	if len(b)-p < len(name)+5 {
		return false
	}
	if !first {
		if b[p] != ',' {
			return false
		}
		p++
		if b[p] == ' ' {
			p++
		}
	}
	end := p + 1 + len(name)
	if b[p] != '"' || b[end] != '"' || b[end+1] != ':' || string(b[p+1:end]) != name {
		return false
	}
	s.Pos = end + 2
	s.Next()
	return true
}

// name is Member without resolving the escapes of the name.
func (s *Scanner) name(first bool) (start, end int, escaped, ok bool) {
	c := s.Next()
	if c == '}' {
		s.Pos++
		s.Depth--
		return 0, 0, false, false
	}
	if !first {
		if c != ',' {
			return 0, 0, false, s.syntax("a comma or } is missing")
		}
		s.Pos++
		c = s.Next()
	}
	if c != '"' {
		return 0, 0, false, s.syntax("the name of a member is missing")
	}
	start = s.Pos + 1
	escaped, ok = s.SkipString()
	if !ok {
		return 0, 0, false, false
	}
	end = s.Pos - 1
	if s.Next() != ':' {
		return 0, 0, false, s.syntax("a colon is missing")
	}
	s.Pos++
	s.Next()
	return start, end, escaped, true
}

// Element steps to the next element of the array that was entered, as Member
// does in objects.
func (s *Scanner) Element(first bool) bool {
	c := s.Next()
	if c == ']' {
		s.Pos++
		s.Depth--
		return false
	}
	if first {
		return c != End || s.Ends()
	}
	if c != ',' {
		return s.syntax("a comma or ] is missing")
	}
	s.Pos++
	switch s.Next() {
	case ']':
		return s.syntax("a comma before ]")
	case End:
		return s.Ends()
	}
	return true
}
