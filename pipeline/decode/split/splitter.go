package split

import (
	"fmt"
	"io"

	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// splitter walks over the documents of an input. Without yield it only surveys
// those that have to be outlined.
type splitter struct {
	o     Options
	g     Grammar
	yield func(Part) error
	w     window
	r     resync
	err   error // of yield or survey; ends the walk

	met     bool // something other than white space was met
	array   bool // inside an array of documents
	first   bool // before its first element
	adrift  bool // damage was met: separators between documents are left of it
	pending int  // where the documents begin that were passed and not yielded
	items   int64
	buffer  []byte // of a part, reused
	answer  Answer // that the document being sliced is; nil: none

	survey   func() ([]outline, error)
	surveyed bool
	outlines []outline // in a survey those met, else those to come
}

func newSplitter(o Options, g Grammar, in io.Reader) *splitter {
	chunk := 2 * o.PieceBytes
	return &splitter{
		o: o, g: g, r: resync{g: g, maxDepth: o.MaxDepth},
		w: window{in: in, chunk: chunk, limit: o.MaxJobBytes + chunk, Scanner: jsonscan.Scanner{MaxDepth: o.MaxDepth}},
	}
}

func (s *splitter) run() error {
	for s.err == nil && s.w.err == nil && s.next() {
		if s.w.Pos-s.pending >= s.o.PieceBytes {
			s.passed(s.w.Pos)
			s.pending -= s.w.drop()
		}
	}
	s.passed(s.w.Pos)
	if s.w.err != nil {
		return s.w.err
	}
	return s.err
}

// hand yields a part, unless the walk has failed or only surveys.
func (s *splitter) hand(p Part) {
	if s.yield == nil || s.err != nil || s.w.err != nil {
		return
	}
	if s.answer != nil {
		p.Slice = p.Text != nil
		s.answer.Part(p)
	}
	s.err = s.yield(p)
}

// endAnswer yields what the document was to hold and does not.
func (s *splitter) endAnswer() {
	if s.answer == nil {
		return
	}
	rest := s.answer.Rest()
	s.answer = nil
	if len(rest) > 0 {
		s.hand(Part{Expected: rest})
	}
}

// next passes one document, or what there is in the place of one. It returns
// false at the end of the input.
func (s *splitter) next() bool {
	w := &s.w
	c := w.peek()
	s.met = s.met || c != jsonscan.End
	if s.array {
		s.element()
		return true
	}
	w.Depth = 0
	switch {
	case c == jsonscan.End:
		return false
	case s.adrift && (c == ',' || c == ']' || c == '}'):
		w.Pos++
		s.blank(w.Pos - 1)
	case c == '{':
		s.document()
	case c == '[' && s.holdsDocuments():
		w.Pos++
		s.blank(w.Pos - 1)
		s.array, s.first = true, true
	case c == '<':
		s.whole()
	default:
		s.garbage()
	}
	return true
}

// blank takes the separators from from on out of what is passed, for a part has
// none.
func (s *splitter) blank(from int) {
	for i := from; i < s.w.Pos; i++ {
		s.w.Text[i] = ' '
	}
}

// holdsDocuments reports whether the array at Pos is one of documents, by its
// first element.
func (s *splitter) holdsDocuments() bool {
	w := &s.w
	at := w.Pos
	w.Pos++
	c := w.peek()
	w.Pos = at
	return c == '{' || c == 'n' || c == ']' || c == jsonscan.End
}

// element passes an element of an array of documents.
func (s *splitter) element() {
	w := &s.w
	from := w.Pos
	w.Depth = 1
	more := w.step(func() bool { return w.Element(s.first) })
	if w.Bad.Code != "" {
		w.Pos = min(w.Bad.At, len(w.Text))
	}
	s.blank(from)
	switch start := w.Pos; {
	case w.Bad.Code != "":
		s.damage(start)
	case !more:
		s.array = false
	case w.Text[start] == '{':
		s.document()
	case !w.step(w.Skip):
		s.damage(start)
	case w.Text[start] != 'n':
		s.notJobs(start, "an element is "+jsonscan.Kind(w.Text[start])+", not a job or a response")
	}
	s.first = false
}

// garbage rejects what begins like no document, up to where one begins.
func (s *splitter) garbage() {
	w := &s.w
	start := w.Pos
	if !w.step(w.Skip) {
		s.damage(start)
		return
	}
	end := w.Pos
	switch w.peek() {
	case jsonscan.End, '{', '[':
		w.Pos = end
		s.notJobs(start, "well-formed, but "+jsonscan.Kind(w.Text[start])+" is no response")
	default:
		w.Fail(jsonscan.Syntax, "neither JSON nor XML")
		s.damage(start)
	}
}

// notJobs rejects the value from start to Pos.
func (s *splitter) notJobs(start int, reason string) {
	s.passed(start)
	s.pending = s.w.Pos
	s.reject(s.o.Source, &schema.Reject{Code: schema.RejectNotJobs, Reason: reason, Raw: s.w.Text[start:s.w.Pos]}, true)
}

// passed yields the documents before start, and makes what follows not part of
// the next ones.
func (s *splitter) passed(start int) {
	text := jsonscan.Scanner{Text: s.w.Text[s.pending:start]}
	if text.Next() != jsonscan.End {
		s.hand(Part{Text: text.Text, Items: s.items})
	}
	s.pending, s.items = start, 0
}

// reject yields a reject of what was received from source.
func (s *splitter) reject(source Source, r *schema.Reject, document bool) {
	r.InstanceID, r.ObservedAt, r.Undated = source.InstanceID, source.ObservedAt, source.Undated
	s.hand(Part{Reject: r, Items: 1, Document: document})
}

// damage rejects the text from start on up to where the input is whole again,
// for the damage that a step stopped at.
func (s *splitter) damage(start int) {
	w := &s.w
	s.passed(start)
	bad := w.takeBad()
	at := bad.At - start
	w.record(start)
	kind := s.seek(max(bad.At, start+1))
	s.reject(s.o.Source, problem(s.o, bad, kind, w.recorded(), at), true)
	s.goAdrift()
}

// goAdrift goes on at Pos, outside of everything.
func (s *splitter) goAdrift() {
	s.adrift, s.array = true, false
	s.w.drop()
	s.pending = s.w.Pos
}

// seek reads on from from to the next job or document, and moves Pos there.
func (s *splitter) seek(from int) resumeKind {
	w := &s.w
	from = min(from, len(w.Text))
	for size := firstLook; ; size *= 2 {
		text, final := w.upTo(from, size)
		way, decided := s.r.next(text, 0, final)
		if decided {
			w.Pos = from + way.at
			return way.kind
		}
		if len(text) > w.limit {
			from += way.at
			if len(w.Text)-from > w.limit/2 {
				from = len(w.Text)
			}
			w.Pos = from
			w.dropNow()
			from, size = 0, firstLook
		}
	}
}

// firstLook is how many bytes are looked at first for where to go on.
const firstLook = 4 << 10

// document passes the document at Pos: at once where it is small and whole, else
// by its outline.
func (s *splitter) document() {
	w := &s.w
	text, final := w.upTo(w.Pos, w.chunk)
	if !s.stepOver(text, final) {
		s.outline()
	}
}

// stepOver passes the document that text, which begins at Pos, begins with. It
// returns false where that has no end.
func (s *splitter) stepOver(text []byte, final bool) bool {
	step := s.g.Step(text, s.w.Depth, final)
	s.w.Pos += step.Length
	s.items += step.Items
	return step.Length > 0
}

// whole passes the document at Pos, which must be held.
func (s *splitter) whole() {
	w := &s.w
	for size := w.chunk; ; size *= 2 {
		text, final := w.upTo(w.Pos, size)
		if s.stepOver(text, final) {
			return
		}
		if final || len(text) > s.o.MaxJobBytes {
			break
		}
	}
	w.Fail(tooLong, "")
	s.damage(w.Pos)
}

// problem is the reject of a damaged piece, behind which what kind says was
// found.
func problem(o Options, bad jsonscan.Damage, kind resumeKind, piece *Beginning, at int) *schema.Reject {
	r := &schema.Reject{Code: bad.Code, Reason: fmt.Sprintf("%s, at byte %d", bad.What, at)}
	switch {
	case bad.Code == tooLong || piece.length > int64(o.MaxJobBytes):
		r.Code = schema.RejectTooLarge
		r.Reason = fmt.Sprintf("%d bytes without an end, more than the %d a job may have", piece.length, o.MaxJobBytes)
	case bad.Code == jsonscan.Truncated && kind != atEnd:
		r.Code = schema.RejectSyntax // only what nothing whole follows is truncated
	}
	return piece.Keep(r)
}
