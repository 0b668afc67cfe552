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

// value finds where to go on behind damage in the value that text begins with:
// behind its closing bracket, unless a job or a document begins before that,
// for neither ever stands inside a job. It looks for these from from on.
func (r *resync) value(text []byte, from int, final bool) (resume, bool) {
	next, decided := r.next(text, from, final)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return next, decided
	}
	end, whole := r.skim(text[:next.at])
	if !whole {
		return next, decided
	}
	goesOn, ends := r.goesOn(text, end)
	switch {
	case ends && !final:
		return next, false
	case goesOn:
		return next, decided
	}
	return resume{end, afterValue}, true
}

// goesOn reports whether the value that skim found to end at end goes on there,
// for where a quote is lost skim takes strings for brackets: its next object
// lies inside a job, or a job follows it on the same line behind too many
// brackets. ends says that text ends before that is clear.
func (r *resync) goesOn(text []byte, end int) (goesOn, ends bool) {
	rest := bytes.TrimLeft(text[end:], " \t\r\n,]}")
	if len(rest) == 0 || rest[0] != '{' {
		return false, len(rest) == 0
	}
	at := len(text) - len(rest)
	between := text[end:at]
	if bytes.ContainsAny(between, "]}") {
		if bytes.IndexByte(between, '\n') >= 0 {
			return false, false
		}
		kind, ends := r.candidate(text, at)
		return kind == atJob, ends
	}
	s := &r.scan
	s.Reset(text)
	s.Pos, s.MaxDepth = at, 1
	s.Enter()
	name, ok := s.Member(true)
	return ok && r.g.Name(name) == Inner, s.Bad.Code == jsonscan.Truncated
}

// skim finds the end of the bracketed value that text begins with by brackets
// and quotes alone, however damaged it is inside. whole is false where a
// bracket closes another kind, or text ends first; then the stack holds what
// closes the brackets that are open.
func (r *resync) skim(text []byte) (end int, whole bool) {
	r.stack = r.stack[:0]
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			r.stack = append(r.stack, c+2) // the code of its closing bracket
		case '}', ']':
			n := len(r.stack)
			if r.stack[n-1] != c {
				return i, false
			}
			r.stack = r.stack[:n-1]
			if n == 1 {
				return i + 1, true
			}
		}
	}
	return len(text), false
}

// next finds the first object from from on that is certainly a job or a
// document. While that is not decided, it returns the first place where one may
// turn out to be.
func (r *resync) next(text []byte, from int, final bool) (resume, bool) {
	for from < len(text) {
		n := bytes.IndexByte(text[from:], '{')
		if n < 0 {
			break
		}
		from += n
		kind, ends := r.candidate(text, from)
		if kind != atEnd || ends && !final {
			return resume{from, kind}, !ends
		}
		from++
	}
	return resume{len(text), atEnd}, final
}

// candidate examines the object at start. A job must be whole, a document is
// known by its first telling name; ends says that text ends before there is one.
func (r *resync) candidate(text []byte, start int) (kind resumeKind, ends bool) {
	s := &r.scan
	s.Reset(text)
	s.Pos, s.MaxDepth = start, r.maxDepth
	hasID := false
	s.Enter()
	for first := true; ; first = false {
		name, more := s.Member(first)
		if !more {
			break
		}
		switch r.g.Name(name) {
		case Jobs, Response:
			return atDocument, false
		case Inner:
			return atEnd, false
		case JobID:
			hasID = s.Pos < len(text) && (text[s.Pos] == '"' || text[s.Pos]-'0' <= 9)
		}
		if !s.Skip() {
			break
		}
	}
	if hasID && s.Bad.Code == "" {
		return atJob, false
	}
	return atEnd, s.Bad.Code == jsonscan.Truncated
}
