package split

import (
	"bytes"

	"callmill/pipeline/decode/jsonscan"
)

// resync finds where an input is certainly whole again behind damage. Each of
// its methods looks at a prefix of the input and says whether a longer one
// could change its answer; an answer, once decided, is the same for all of
// them.
type resync struct {
	g        Grammar
	maxDepth int
	scan     jsonscan.Scanner // reused
	open     []container      // around the position in candidate, reused
	stack    []byte           // of skim, reused
}

// resume is a place to go on at.
type resume struct {
	at   int
	kind resumeKind
}

type resumeKind int

const (
	atEnd      resumeKind = iota // nothing was found
	afterValue                   // the damaged value ends here
	atJob                        // an object that can only be a job
	atDocument                   // what can only be a response or a raw line
)

// near is how far behind a damaged job another one shows that its brackets
// cannot be trusted.
const near = 64 << 10

// value finds where to go on behind damage in the value at 0: behind its
// closing bracket, unless a job or a document begins before that, for neither
// ever stands inside a job. Candidates are looked for from from on.
func (r *resync) value(text []byte, from int, final, markup bool) (resume, bool) {
	next, decided := r.next(text, from, final, markup)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return next, decided
	}
	switch end, state := r.skim(text[:next.at]); {
	case state == unclosed && !decided:
		return next, false
	case state != closed:
		return next, decided
	default:
		return r.behind(text, end, next, decided, final, markup)
	}
}

// behind decides whether the value that skim found to end at end does: it is
// followed by what may follow a job. Where a quote is lost, skim takes strings
// for brackets and brackets for strings.
func (r *resync) behind(text []byte, end int, next resume, decided, final, markup bool) (resume, bool) {
	here := resume{end, afterValue}
	s := &r.scan
	s.Reset(text)
	s.Pos, s.MaxDepth = end, 1
	if c := s.Next(); c == jsonscan.End && !final {
		return next, false
	} else if c != ',' {
		return r.alone(text, end, s.Pos, final, markup)
	}
	s.Pos++
	switch s.Next() {
	case jsonscan.End:
		return here, final
	case 'n':
		return here, true
	case '{':
		s.Enter()
		name, ok := s.Member(true)
		if !final && s.Bad.Code == jsonscan.Truncated {
			return next, false
		}
		if !ok || r.g.Name(name) != Inner {
			return here, true
		}
	}
	return next, decided
}

// alone decides on a value that no comma follows: it ends at end, unless
// another job is near on the same line.
func (r *resync) alone(text []byte, end, behind int, final, markup bool) (resume, bool) {
	here := resume{end, afterValue}
	if len(text) < end+near && !final {
		return here, false
	}
	text = text[:min(len(text), end+near)]
	next, _ := r.next(text, end, true, markup)
	if next.kind != atJob || next.at == behind || bytes.IndexByte(text[end:next.at], '\n') >= 0 {
		return here, true
	}
	return next, true
}

// Ways for skim to end.
const (
	closed   = iota // the value's brackets are closed
	crossed         // a bracket closes another kind
	unclosed        // the text ends first
)

// skim finds the end of the bracketed value at 0 by brackets and quotes alone,
// however damaged it is inside.
func (r *resync) skim(text []byte) (end, state int) {
	r.stack = r.stack[:0]
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			n := quoteEnd(text[i+1:])
			if n < 0 {
				return len(text), unclosed
			}
			i += 1 + n
		case '{', '[':
			r.stack = append(r.stack, c+2) // the code of its closing bracket
		case '}', ']':
			n := len(r.stack)
			if n == 0 || r.stack[n-1] != c {
				return i, crossed
			}
			r.stack = r.stack[:n-1]
			if n == 1 {
				return i + 1, closed
			}
		}
	}
	return len(text), unclosed
}

// quoteEnd is the index of the quote that ends the string whose inside text
// begins with, -1 if there is none.
func quoteEnd(text []byte) int {
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return -1
		}
		slashes := 0
		for k := i + n - 1; k >= 0 && text[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return i + n
		}
		i += n + 1
	}
}

// next finds the first object from from on that is certainly a job or a
// document, or the declaration or root of an XML document. While that is not
// decided, it returns the first place where one may turn out to be.
func (r *resync) next(text []byte, from int, final, markup bool) (resume, bool) {
	from = min(from, len(text))
	marker := -1
	if markup {
		marker = indexMarkup(text[from:])
	}
	if marker >= 0 {
		text, final = text[:from+marker], true
	}
	found, decided := r.candidates(text, from)
	if found.kind != atEnd && (decided || final) {
		return found, true
	}
	if marker >= 0 {
		return resume{from + marker, atDocument}, true
	}
	if final {
		return resume{len(text), atEnd}, true
	}
	if markup {
		found.at = min(found.at, max(from, len(text)-len(rootTag)))
	}
	return found, false
}

const rootTag = "<ListJobsResponse"

// indexMarkup is the index of what begins an XML document, -1 where there is
// none.
func indexMarkup(text []byte) int {
	at := bytes.Index(text, []byte("<?xml "))
	if at >= 0 {
		text = text[:at]
	}
	if root := bytes.Index(text, []byte(rootTag)); root >= 0 {
		return root
	}
	return at
}

// candidates examines the objects from from on. complete says that more text
// would not change what was found; else no object before found.at can be.
func (r *resync) candidates(text []byte, from int) (found resume, complete bool) {
	for from < len(text) {
		n := bytes.IndexByte(text[from:], '{')
		if n < 0 {
			break
		}
		start := from + n
		found, next, complete := r.candidate(text, start)
		if !complete && found.kind == atEnd {
			found.at = start
		}
		if found.kind != atEnd || !complete {
			return found, complete
		}
		from = next
	}
	return resume{len(text), atEnd}, false
}

// container is a bracket that is open.
type container struct {
	at     int
	object bool
	first  bool // no value in it was read yet
	hasID  bool
	dead   bool // it has a name that no job has
}

// candidate examines the object at start and those inside it, in one pass. A
// job must be whole, a document is known by its first telling name. Where none
// is found, next is where to look on. complete is false where the text ends
// inside the object.
func (r *resync) candidate(text []byte, start int) (found resume, next int, complete bool) {
	s := &r.scan
	s.Reset(text)
	s.Pos, s.MaxDepth = start, r.maxDepth
	r.open = r.open[:0]
	nested := resume{len(text), atEnd} // a job inside what may be one
	quote := start
	for {
		if c := s.Text[s.Pos]; c == '{' || c == '[' {
			if !s.Enter() {
				break
			}
			r.open = append(r.open, container{at: s.Pos - 1, object: c == '{', first: true})
		} else {
			if c == '"' {
				quote = s.Pos
			}
			if !s.Scalar() {
				break
			}
		}
		more, job := r.another(&quote)
		if job.kind == atDocument {
			if nested.kind != atEnd && nested.at < job.at {
				job = nested
			}
			return job, 0, true
		}
		if job.kind == atJob && (nested.kind == atEnd || job.at < nested.at) {
			nested = job
		}
		if nested.kind != atEnd && (!r.undecided(nested.at) || !more && s.Bad.Code == "") {
			return nested, 0, true
		}
		if !more {
			if s.Bad.Code == "" {
				return resume{len(text), atEnd}, s.Pos, true
			}
			break
		}
	}
	if s.Bad.Code == jsonscan.Truncated {
		return nested, 0, false
	}
	if nested.kind != atEnd {
		return nested, 0, true
	}
	return nested, max(start, quote) + 1, true
}

// another steps to the next value inside the open containers, closing those
// that end. It returns what it recognized on the way: a document by a name, or
// the first object that was closed and is a job.
func (r *resync) another(quote *int) (more bool, found resume) {
	s := &r.scan
	for len(r.open) > 0 {
		c := &r.open[len(r.open)-1]
		first := c.first
		c.first = false
		if !c.object {
			if s.Element(first) {
				return true, found
			}
		} else {
			if at := nextQuote(s, first); at >= 0 {
				*quote = at
			}
			if name, ok := s.Member(first); ok {
				switch r.g.Name(name) {
				case Jobs, Response:
					return true, resume{c.at, atDocument}
				case Inner:
					c.dead = true
				case JobID:
					c.hasID = s.Pos < len(s.Text) && (s.Text[s.Pos] == '"' || s.Text[s.Pos]-'0' <= 9)
				}
				if s.Pos >= len(s.Text) {
					s.Ends()
					return false, found
				}
				return true, found
			}
			if s.Bad.Code == "" && c.hasID && !c.dead {
				found = resume{c.at, atJob}
			}
		}
		if s.Bad.Code != "" {
			return false, found
		}
		r.open = r.open[:len(r.open)-1]
	}
	return false, found
}

// nextQuote is where the name of the next member begins, -1 where none does.
func nextQuote(s *jsonscan.Scanner, first bool) int {
	at := s.Pos
	defer func() { s.Pos = at }()
	c := s.Next()
	if !first && c == ',' {
		s.Pos++
		c = s.Next()
	}
	if c == '"' {
		return s.Pos
	}
	return -1
}

// undecided reports whether an object around at may still turn out to be a job.
func (r *resync) undecided(at int) bool {
	for i := range r.open {
		if c := &r.open[i]; c.at < at && c.hasID && !c.dead {
			return true
		}
	}
	return false
}
