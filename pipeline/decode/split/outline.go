package split

import (
	"bytes"
	"errors"
	"slices"
)

// outline is a document without its jobs, as the survey found it.
type outline struct {
	text  []byte // its lists of jobs are empty
	hole  int    // where in text the jobs of the first list stood, 0 if there is none
	jobs  bool   // a list has an element that is not null
	tasks bool   // an element may have tasks
	lost  bool   // the document has no end, or none that was found
	hurt  bool   // a job in it is damaged
	texts bool   // its body is a text, of which there may be items, too
	whole bool   // it cannot be sliced
	bare  bool   // it is a job itself

	verdict Verdict
}

// judge asks what the jobs of the document come to.
func (d *outline) judge(g Grammar) {
	if d.bare {
		return
	}
	if sound := !d.lost && !d.hurt; d.whole || sound && (d.hole == 0 || d.texts) {
		d.whole = true
		return
	}
	if d.hole == 0 {
		d.dig()
	}
	d.verdict = g.Judge(d.text[:d.hole], d.text[d.hole:], d.tasks)
	if d.verdict.Outcome == Unread && !d.lost && !d.hurt {
		d.whole = true
	}
}

// dig makes a hole in a document that was lost before its jobs.
func (d *outline) dig() {
	before := bytes.TrimRight(bytes.TrimSuffix(d.text, []byte("}")), " \t\r\n")
	if !bytes.HasSuffix(before, []byte("{")) {
		before = append(before, ',')
	}
	before = append(before, `"Jobs":[`...)
	d.text, d.hole = append(before, "]}"...), len(before)
}

var errChanged = errors.New("the input changed while it was read")

// outline passes the document at Pos, which is large or damaged.
func (s *splitter) outline() {
	s.passed(s.w.Pos)
	if s.yield == nil {
		s.surveyDocument()
		return
	}
	if !s.surveyed {
		s.outlines, s.err = s.survey()
		s.surveyed = true
	}
	if s.err != nil {
		return
	}
	if len(s.outlines) == 0 {
		s.err = errChanged
		return
	}
	doc := s.outlines[0]
	s.outlines = s.outlines[1:]
	if doc.whole {
		s.whole()
		return
	}
	s.slice(&doc)
}

// surveyDocument notes the outline of the document at Pos.
func (s *splitter) surveyDocument() {
	k := newWalker(s, &outline{})
	lost := !k.object()
	doc := k.doc
	doc.lost, doc.whole = lost, doc.whole || s.w.Bad.Code == tooLong
	doc.text = doc.text[:k.safe]
	s.r.skim(doc.text)
	for _, closer := range slices.Backward(s.r.stack) {
		doc.text = append(doc.text, closer)
	}
	doc.judge(s.g)
	if doc.jobs && doc.verdict.Outcome != Unread && !doc.verdict.Others {
		doc.text = nil // it is not needed again
	}
	s.outlines = append(s.outlines, *doc)
	k.end(lost)
}

// slice yields the jobs of the document at Pos, and what there is to say of it
// as a whole.
func (s *splitter) slice(doc *outline) {
	needed := doc.verdict.Outcome == Refused || doc.lost
	if needed {
		s.w.record(s.w.Pos)
	}
	s.answer = doc.verdict.Answer
	defer s.endAnswer()
	k := newWalker(s, doc)
	lost := !k.object()
	k.endSlice()
	bad, at := s.w.Bad, int(s.w.base-k.start)+s.w.Bad.At
	kind := k.end(lost)
	raw := &Beginning{}
	if needed {
		raw = s.w.recorded()
	}
	verdict := &doc.verdict
	switch {
	case doc.bare:
		return
	case verdict.Outcome == Refused:
		r := *verdict.Reject
		if r.Raw == nil {
			raw.Keep(&r)
		}
		s.hand(Part{Reject: &r, Items: 1, Document: true})
		return
	case verdict.Outcome == Unread, verdict.Others, !doc.jobs && !lost && !doc.hurt:
		s.hand(Part{Text: doc.text, Items: s.g.Step(doc.text, s.w.Depth, true).Items})
	}
	if bad.Code != "" {
		s.reject(verdict.Source, problem(s.o, bad, kind, raw, at), true)
	}
}
