package decode

import "bytes"

// skip steps over the value at p, whatever it is, as strictly as one that is
// wanted. It allocates nothing and does not recurse.
func (s *scanner) skip() bool {
	s.stack = s.stack[:0]
	for {
		c := s.next()
		first := c == '{' || c == '['
		if first {
			if !s.enter() {
				return false
			}
			s.stack = append(s.stack, c)
		} else if !s.scalar() {
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
			if s.bad.code != "" {
				return false
			}
			s.stack, first = s.stack[:n-1], false
		}
	}
}

// another steps to the next value of the container that bracket opened.
func (s *scanner) another(bracket byte, first bool) bool {
	if bracket == '[' {
		return s.element(first)
	}
	_, _, _, ok := s.name(first)
	return ok
}

// skim finds the end of the bracketed value at start by brackets and quotes
// alone, however damaged it is inside. It reports false where a bracket closes
// another kind, or none is left to close it.
func (s *scanner) skim(start int) (end int, ok bool) {
	b, stack := s.b, s.stack[:0]
	defer func() { s.stack = stack }()
	for i := start; i < len(b); i++ {
		switch c := b[i]; c {
		case '"':
			for {
				n := bytes.IndexByte(b[i+1:], '"')
				if n < 0 {
					return len(b), false
				}
				text := b[i+1 : i+1+n]
				i += 1 + n
				if !endsEscaped(text) {
					break
				}
			}
		case '{', '[':
			stack = append(stack, c+2) // the code of its closing bracket
		case '}', ']':
			n := len(stack)
			if n == 0 || stack[n-1] != c {
				return i, false
			}
			stack = stack[:n-1]
			if n == 1 {
				return i + 1, true
			}
		}
	}
	return len(b), false
}

// endsEscaped reports whether the quote after text belongs to an escape.
func endsEscaped(text []byte) bool {
	n := len(text)
	for n > 0 && text[n-1] == '\\' {
		n--
	}
	return (len(text)-n)%2 == 1
}
