package jsonscan

// Number steps over the number at Pos and returns its literal text.
func (s *Scanner) Number() ([]byte, bool) {
	b, p, start := s.Text, s.Pos, s.Pos
	if b[p] == '-' {
		p++
	}
	digits := func() bool {
		from := p
		for p < len(b) && b[p]-'0' <= 9 {
			p++
		}
		s.Pos = p
		return p > from
	}
	zero := p < len(b) && b[p] == '0'
	from := p
	if !digits() {
		return nil, s.syntax("a number without digits")
	}
	if zero && p > from+1 {
		s.Pos = from + 1
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

// Literal steps over word, which is true, false or null.
func (s *Scanner) Literal(word string) bool {
	if len(s.Text)-s.Pos >= len(word) && string(s.Text[s.Pos:s.Pos+len(word)]) == word {
		s.Pos += len(word)
		return true
	}
	if rest := s.Text[s.Pos:]; len(rest) < len(word) && string(rest) == word[:len(rest)] {
		s.Pos = len(s.Text)
		return s.Ends()
	}
	return s.syntax("a word that is not true, false or null")
}

// Scalar steps over the value at Pos, which is neither an object nor an array.
func (s *Scanner) Scalar() bool {
	if s.Pos >= len(s.Text) {
		return s.Ends()
	}
	switch c := s.Text[s.Pos]; {
	case c == '"':
		_, ok := s.SkipString()
		return ok
	case c == '-' || c-'0' <= 9:
		_, ok := s.Number()
		return ok
	case c == 't':
		return s.Literal("true")
	case c == 'f':
		return s.Literal("false")
	case c == 'n':
		return s.Literal("null")
	}
	return s.syntax("a value is missing")
}

// Skip steps over the value at Pos, of any kind. It does not recurse.
func (s *Scanner) Skip() bool {
	s.stack = s.stack[:0]
	for {
		c := s.Next()
		first := c == '{' || c == '['
		if first {
			if !s.Enter() {
				return false
			}
			s.stack = append(s.stack, c)
		} else if !s.Scalar() {
			return false
		}
		for {
			n := len(s.stack)
			if n == 0 {
				return true
			}
			if s.another(s.stack[n-1], first) {
				break
			}
			if s.Bad.Code != "" {
				return false
			}
			s.stack, first = s.stack[:n-1], false
		}
	}
}

// another steps to the next value of the container that bracket opened.
func (s *Scanner) another(bracket byte, first bool) bool {
	if bracket == '[' {
		return s.Element(first)
	}
	_, _, _, ok := s.name(first)
	return ok
}

// Kind names the kind of the value that begins with c, for reasons.
func Kind(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
