package split

import (
	"errors"

	"callmill/pipeline/decode/jsonscan"
)

var errChanged = errors.New("the input changed while it was read")

// outliner walks over the members of one document down to its jobs. In a
// survey it collects the text around them, else it yields them.
type outliner struct {
	*splitter
	doc   *around
	start int64 // offset of the document in the input
	holds bool  // a list of jobs was met

	text    []byte // of doc, so far
	copied  int    // how far the window is in text
	closers []byte // of the brackets open in text
	safe    point  // where text may end
	bad     jsonscan.Damage

	slice   slice
	last    int        // where the job read last begins in the window
	raw     *Beginning // of the document, where a reject needs it
	kept    int        // how far the window is in raw
	rejects int        // of jobs
}

// slice is the jobs collected for the next part, and which list they are of.
type slice struct {
	hole  int
	jobs  []byte
	items int64
}

// point is a place in the text of a document where it may end.
type point struct{ text, closers, holes int }

// outline passes the document at Pos, which is large or damaged.
func (s *splitter) outline(depth int) {
	s.passed(s.w.Pos)
	doc, ok := s.outlined()
	if !ok {
		return
	}
	if doc.whole {
		s.whole(s.o.MaxJobBytes, depth)
		return
	}
	w := &s.w
	w.Depth = depth
	o := &outliner{splitter: s, doc: doc, start: w.base + int64(w.Pos), copied: w.Pos}
	o.slice.hole = -1
	if s.yield != nil && (doc.verdict.Outcome == Refused || doc.lost) {
		o.raw, o.kept = &Beginning{}, w.Pos
	}
	lost := !o.object()
	o.endSlice()
	if s.yield == nil {
		o.record(lost)
	}
	o.finish(lost, depth)
}

// outlined returns what the survey found of the document at Pos. A survey adds
// one.
func (s *splitter) outlined() (*around, bool) {
	if s.yield == nil {
		return &around{}, true
	}
	if !s.surveyed {
		s.documents, s.err = s.survey()
		s.surveyed = true
	}
	if s.err != nil {
		return nil, false
	}
	if len(s.documents) == 0 {
		s.err = errChanged
		return nil, false
	}
	doc := &s.documents[0]
	s.documents = s.documents[1:]
	return doc, true
}

// record keeps the document that was surveyed.
func (o *outliner) record(lost bool) {
	doc := o.doc
	doc.lost, doc.hurt = lost, o.rejects > 0
	doc.holes = doc.holes[:o.safe.holes]
	doc.text = o.text[:o.safe.text]
	for i := o.safe.closers - 1; i >= 0; i-- {
		doc.text = append(doc.text, o.closers[i])
	}
	if o.bad.Code == tooLong {
		doc.whole = true
	}
	doc.judge(o.g)
	o.documents = append(o.documents, *doc)
}

// finish passes what is left of the document and yields what there is to say of
// it as a whole.
func (o *outliner) finish(lost bool, depth int) {
	w := &o.w
	bad, way := o.bad, resume{}
	if bad.Code != "" {
		start := int(o.start - w.base) // negative where it was let go of
		way = o.pass(max(bad.At, start+1), o.raw, &o.kept)
		bad.At -= start
	}
	if o.yield != nil && !o.doc.bare {
		o.conclude(depth, bad, way.kind)
	}
	if lost {
		o.goAdrift()
		return
	}
	w.Depth = depth
	o.pending = w.Pos
}

// conclude yields the reject of the document, or what it says without jobs.
func (o *outliner) conclude(depth int, bad jsonscan.Damage, kind resumeKind) {
	verdict := &o.doc.verdict
	if o.raw != nil {
		o.raw.Add(o.w.Text[o.kept:o.w.Pos])
	}
	switch {
	case verdict.Outcome == Refused:
		r := *verdict.Reject
		if r.Raw == nil {
			o.raw.Keep(&r)
		}
		o.reject(&r, true)
	case verdict.Outcome == Unread:
		o.emptied(depth)
	case bad.Code != "":
		o.reject(sourced(o.raw.reject(o.o, bad, kind, bad.At), verdict.Source), true)
	}
}

// emptied yields the document without its jobs.
func (o *outliner) emptied(depth int) {
	if o.err == nil && o.w.err == nil {
		o.err = o.yield(Part{Text: o.doc.text, Items: o.g.Step(o.doc.text, depth, true).Items})
	}
}
