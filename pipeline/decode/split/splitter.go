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

	array   bool // inside an array of documents
	first   bool // before its first element
	met     bool // something other than white space was met
	adrift  bool // damage was met: separators between documents are left of it
	markup  bool // an XML document was met
	pending int  // where the documents begin that were passed and not yielded
	items   int64
	buffer  []byte // of a part, reused

	survey    func() ([]around, error)
	surveyed  bool
	documents []around // in a survey those met, else those to come
}

func newSplitter(o Options, g Grammar, in io.Reader) *splitter {
	chunk := 2 * o.PieceBytes
	return &splitter{
		o: o, g: g, r: resync{g: g, maxDepth: o.MaxDepth}, array: o.Array, markup: o.Markup,
		w: window{in: in, chunk: chunk, limit: o.MaxJobBytes + chunk, Scanner: jsonscan.Scanner{MaxDepth: o.MaxDepth}},
	}
}

func (s *splitter) run() error {
	for s.err == nil && s.w.err == nil && s.next() {
		if s.w.Pos-s.pending >= s.o.PieceBytes {
			s.flush()
		}
	}
	if s.w.err != nil {
		return s.w.err
	}
	s.flush()
	return s.err
}

// flush yields the documents that were passed, and lets go of them.
func (s *splitter) flush() {
	s.passed(s.w.Pos)
	s.w.Depth = 0
	s.pending -= s.w.drop(s.w.Pos)
}

func blank(text []byte) bool {
	s := jsonscan.Scanner{Text: text}
	return s.Next() == jsonscan.End
}

// next passes one document, or what there is in the place of one. It returns
// false at the end of the input.
func (s *splitter) next() bool {
	w := &s.w
	c := w.peek()
	s.met = s.met || c != jsonscan.End
	if s.array {
		return s.element()
	}
	switch {
	case c == jsonscan.End:
		return false
	case s.adrift && (c == ',' || c == ']' || c == '}'):
		s.blank(w.Pos, w.Pos+1)
		w.Pos++
	case c == '{':
		s.document(0)
	case c == '[' && s.holdsDocuments():
		s.blank(w.Pos, w.Pos+1)
		w.Pos++
		s.array, s.first = true, true
	case c == '<':
		s.markup = true
		s.whole(s.o.MaxJobBytes, 0)
	default:
		s.garbage()
	}
	return true
}

// blank takes separators out of what is passed, for a part has none.
func (s *splitter) blank(from, to int) {
	for i := from; i < to; i++ {
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
func (s *splitter) element() bool {
	w := &s.w
	from := w.Pos
	w.Depth = 1
	more := w.step(func() bool { return w.Element(s.first) })
	if bad := w.Bad; bad.Code != "" {
		w.Bad = jsonscan.Damage{}
		w.Pos = min(bad.At, len(w.Text))
		s.blank(from, w.Pos)
		s.damage(w.Pos, bad)
		return true
	}
	s.blank(from, w.Pos)
	s.first = false
	if !more {
		s.array = false
		return true
	}
	switch w.Text[w.Pos] {
	case '{':
		s.document(1)
	case 'n':
		from = w.Pos
		if !w.step(func() bool { return w.Literal("null") }) {
			s.lost(from)
			return true
		}
		s.blank(from, w.Pos)
	default:
		s.stray()
	}
	return true
}

// stray rejects an element of an array of documents that is not a document.
func (s *splitter) stray() {
	w := &s.w
	start := w.Pos
	if !w.step(w.Skip) {
		s.lost(start)
		return
	}
	s.rejectValue(start, "an element is "+jsonscan.Kind(w.Text[start])+", not a job or a response")
}

// garbage rejects what begins like no document, up to where one begins.
func (s *splitter) garbage() {
	w := &s.w
	start := w.Pos
	w.Depth = 0
	if !w.step(w.Skip) {
		s.lost(start)
		return
	}
	end := w.Pos
	switch w.peek() {
	case jsonscan.End, '{', '[':
		w.Pos = end
		s.rejectValue(start, "well-formed, but "+jsonscan.Kind(w.Text[start])+" is no response")
	default:
		w.Fail(jsonscan.Syntax, "neither JSON nor XML")
		s.lost(start)
	}
}

// rejectValue rejects the value from start to Pos.
func (s *splitter) rejectValue(start int, reason string) {
	end := s.w.Pos
	s.passed(start)
	s.reject(sourced(&schema.Reject{Code: schema.RejectNotJobs, Reason: reason, Raw: s.w.Text[start:end]}, s.o.Source), true)
	s.w.Pos, s.pending = end, end
}

// passed yields the documents before start, and makes what follows not part of
// the next ones.
func (s *splitter) passed(start int) {
	w := &s.w
	if text := w.Text[s.pending:start]; s.yield != nil && s.err == nil && w.err == nil && !blank(text) {
		s.err = s.yield(Part{Text: text, Items: s.items})
	}
	s.pending, s.items = start, 0
}

// reject yields a reject.
func (s *splitter) reject(r *schema.Reject, document bool) {
	if s.yield == nil || s.err != nil || s.w.err != nil {
		return
	}
	s.err = s.yield(Part{Reject: r, Items: 1, Document: document})
}

// sourced notes on a reject where and when its document was received.
func sourced(r *schema.Reject, from Source) *schema.Reject {
	r.InstanceID, r.ObservedAt, r.Undated = from.InstanceID, from.ObservedAt, from.Undated
	return r
}

// lost takes the damage the scanner stopped at for that of the value at start.
func (s *splitter) lost(start int) {
	bad := s.w.Bad
	s.w.Bad = jsonscan.Damage{}
	s.damage(start, bad)
}

// damage rejects the text from start on up to where the input is whole again.
func (s *splitter) damage(start int, bad jsonscan.Damage) {
	s.passed(start)
	at := bad.At - start
	b, kept := &Beginning{}, start
	way := s.pass(max(bad.At, start+1), b, &kept)
	b.Add(s.w.Text[kept:s.w.Pos])
	s.reject(sourced(b.reject(s.o, bad, way.kind, at), s.o.Source), true)
	s.goAdrift()
}

// goAdrift goes on at Pos, outside of everything.
func (s *splitter) goAdrift() {
	s.adrift, s.array = true, false
	s.w.Depth, s.pending = 0, s.w.Pos
	s.pending -= s.w.drop(s.w.Pos)
}

// pass reads on from from until the input is whole again, and moves Pos there.
// What it has to let go of meanwhile is added to b, from kept on, which moves
// along; a nil b takes nothing.
func (s *splitter) pass(from int, b *Beginning, kept *int) resume {
	w := &s.w
	from = min(from, len(w.Text))
	for size := 4 << 10; ; size *= 2 {
		text, final := w.upTo(from, size)
		way, decided := s.r.next(text, 0, final, s.markup)
		if decided {
			w.Pos = from + way.at
			return way
		}
		if len(text) > w.limit {
			from += way.at
			if len(w.Text)-from > w.limit/2 {
				from = len(w.Text)
			}
			if b != nil {
				b.Add(w.Text[*kept:from])
			}
			w.Pos = from
			w.dropNow(from)
			from, *kept, size = 0, 0, 4<<10
		}
	}
}

// document passes the document at Pos, inside depth brackets: at once where it
// is small and whole, else by its outline.
func (s *splitter) document(depth int) {
	w := &s.w
	text, final := w.upTo(w.Pos, w.chunk)
	step := s.g.Step(text, depth, final)
	if step.Length > 0 {
		w.Pos += step.Length
		s.items += step.Items
		return
	}
	s.outline(depth)
}

// whole passes the document at Pos, of up to limit bytes.
func (s *splitter) whole(limit, depth int) {
	w := &s.w
	start := w.Pos
	for size := w.chunk; ; size *= 2 {
		text, final := w.upTo(start, size)
		if step := s.g.Step(text, depth, final); step.Length > 0 {
			w.Pos = start + step.Length
			s.items += step.Items
			return
		}
		if final || len(text) > limit {
			break
		}
	}
	s.tooLong(start)
}

// tooLong rejects the document at start, which is too large to be held.
func (s *splitter) tooLong(start int) {
	s.damage(start, jsonscan.Damage{Code: tooLong, At: start})
}

// problem says what is wrong with a piece.
func problem(o Options, bad jsonscan.Damage, kind resumeKind, length int64, at int) (code, reason string) {
	switch {
	case bad.Code == tooLong || length > int64(o.MaxJobBytes):
		return schema.RejectTooLarge, fmt.Sprintf("%d bytes without an end, more than the %d a job may have", length, o.MaxJobBytes)
	case bad.Code == jsonscan.Truncated && kind != atEnd:
		code = schema.RejectSyntax // only what nothing whole follows is truncated
	default:
		code = bad.Code
	}
	return code, fmt.Sprintf("%s, at byte %d", bad.What, at)
}
