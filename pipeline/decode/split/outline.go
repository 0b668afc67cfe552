package split

import (
	"errors"

	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
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
	doc.lost = lost
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
		o.conclude(lost, depth, bad, way.kind)
	}
	if lost {
		o.goAdrift()
		return
	}
	w.Depth = depth
	o.pending = w.Pos
}

// conclude yields the reject of the document, or what it says without jobs.
func (o *outliner) conclude(lost bool, depth int, bad jsonscan.Damage, kind resumeKind) {
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
	case verdict.Outcome == Unread, !o.doc.jobs && !lost && o.rejects == 0:
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

// step runs a step of the scanner. It returns false at the end of a container,
// too; then bad is empty.
func (o *outliner) step(one func() bool) bool {
	ok := o.w.step(one)
	o.bad, o.w.Bad = o.w.Bad, jsonscan.Damage{}
	return ok
}

// copy takes the window up to Pos into the text.
func (o *outliner) copy() {
	if o.yield == nil {
		o.text = append(o.text, o.w.Text[o.copied:o.w.Pos]...)
	}
	o.copied = o.w.Pos
}

// mark notes that the text may end at Pos.
func (o *outliner) mark() {
	o.copy()
	o.safe = point{len(o.text), len(o.closers), len(o.doc.holes)}
	if len(o.text) > o.o.MaxJobBytes {
		o.doc.whole = true
	}
}

func (o *outliner) opened(closer byte) {
	o.closers = append(o.closers, closer)
	o.mark()
}

func (o *outliner) closed() {
	o.closers = o.closers[:len(o.closers)-1]
	o.mark()
}

// object walks over the object at Pos. It returns false where the document is
// lost.
func (o *outliner) object() bool {
	w := &o.w
	start, depth, text, closers := w.Pos, w.Depth, len(o.text), len(o.closers)
	safe := o.safe
	if !o.step(w.Enter) {
		return false
	}
	o.opened('}')
	for first := true; ; first = false {
		var name Name
		more := o.step(func() bool {
			n, ok := w.Member(first)
			name = o.g.Name(n)
			return ok
		})
		if !more {
			break
		}
		if !o.holds && (name == JobID || name == JobField) {
			w.Pos, w.Depth = start, depth
			o.text, o.closers, o.safe = o.text[:min(text, len(o.text))], o.closers[:closers], safe
			o.copied = start
			return o.bareJob()
		}
		if !o.member(name) {
			return false
		}
		o.mark()
	}
	if o.bad.Code != "" {
		return false
	}
	o.closed()
	return true
}

// member walks over the value of a member of a document.
func (o *outliner) member(name Name) bool {
	switch name {
	case Jobs:
		o.holds = true
		return o.jobs()
	case Body:
		switch c := o.w.peek(); c {
		case '{':
			return o.object()
		case '[':
			return o.jobs()
		}
	}
	return o.step(o.w.Skip)
}

// bareJob walks over a job that stands in the place of a response.
func (o *outliner) bareJob() bool {
	o.holds = true
	if len(o.closers) > 0 {
		return o.alone()
	}
	o.doc.bare = true
	_, ok := o.job(false)
	return ok
}

// alone walks over a job in the place of a list of jobs.
func (o *outliner) alone() bool {
	o.copy()
	o.text = append(o.text, '[')
	o.openList()
	if _, ok := o.job(false); !ok {
		return false
	}
	o.endSlice()
	o.copied = o.w.Pos
	o.text = append(o.text, ']')
	o.closers = o.closers[:len(o.closers)-1]
	return true
}

// jobs walks over the value of Jobs, or of what takes its place.
func (o *outliner) jobs() bool {
	w := &o.w
	switch w.peek() {
	case '[':
		return o.jobList()
	case '{':
		wraps := false
		pos, depth := w.Pos, w.Depth
		w.step(func() bool { wraps = o.findWrapper(); return wraps || w.Bad.Code == "" })
		w.Pos, w.Depth, w.Bad = pos, depth, jsonscan.Damage{}
		if wraps {
			return o.wrapper()
		}
		return o.alone()
	}
	return o.step(w.Skip)
}

// findWrapper reports whether the object at Pos has a member that wraps jobs.
func (o *outliner) findWrapper() bool {
	w := &o.w
	if !w.Enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := w.Member(first)
		if !more || o.g.Wraps(name) {
			return more
		}
		if !w.Skip() {
			return false
		}
	}
}

// wrapper walks over an object that wraps jobs.
func (o *outliner) wrapper() bool {
	w := &o.w
	if !o.step(w.Enter) {
		return false
	}
	o.opened('}')
	for first := true; ; first = false {
		wraps := false
		more := o.step(func() bool {
			n, ok := w.Member(first)
			wraps = ok && o.g.Wraps(n)
			return ok
		})
		if !more {
			break
		}
		ok := false
		if wraps {
			ok = o.jobs()
		} else {
			ok = o.step(w.Skip)
		}
		if !ok {
			return false
		}
		o.mark()
	}
	if o.bad.Code != "" {
		return false
	}
	o.closed()
	return true
}

// jobList walks over the array of jobs at Pos.
func (o *outliner) jobList() bool {
	w := &o.w
	if !o.step(w.Enter) {
		return false
	}
	o.copy()
	o.openList()
	depth := w.Depth
	for first, resumed := true, false; ; first = false {
		if !resumed && !o.step(func() bool { return w.Element(first) }) {
			if o.bad.Code == "" {
				break
			}
			if !o.mend() {
				return false
			}
		}
		way, ok := o.job(true)
		if !ok {
			return false
		}
		w.Depth = depth
		resumed = way == atJob
		o.compact()
	}
	o.endSlice()
	o.copied = w.Pos - 1
	o.closed()
	return true
}

// openList makes a hole at the end of the text.
func (o *outliner) openList() {
	o.endSlice()
	if o.yield == nil {
		o.doc.holes = append(o.doc.holes, len(o.text))
	}
	o.slice.hole++
	o.closers = append(o.closers, ']')
	o.safe = point{len(o.text), len(o.closers), len(o.doc.holes)}
}

// compact lets go of the jobs before the one read last.
func (o *outliner) compact() {
	w := &o.w
	if o.last < w.chunk {
		return
	}
	if o.raw != nil {
		o.raw.Add(w.Text[o.kept:o.last])
		o.kept = o.last
	}
	moved := w.drop(o.last)
	o.last -= moved
	o.kept -= moved
	o.copied = w.Pos
}

// mend goes on at the next job where something other than a comma or a bracket
// follows a job.
func (o *outliner) mend() bool {
	w := &o.w
	bad, last := o.bad, o.last
	if bad.Code != jsonscan.Syntax {
		return false
	}
	way := o.ahead(last, bad.At, func(text []byte, from int, final bool) (resume, bool) {
		return o.r.next(text, from, final, o.markup)
	})
	if way.kind != atJob {
		return false
	}
	end := last + way.at
	w.Pos = end
	// The bracket of the next job belongs to the reject: without it nothing would
	// be wrong with its input.
	code, reason := problem(o.o, bad, way.kind, 0, bad.At-last)
	o.refuse(&schema.Reject{Code: code, Reason: reason, Raw: w.Text[last : end+1]})
	o.bad = jsonscan.Damage{}
	return true
}

// ahead calls find with ever more text behind start until it is decided.
func (o *outliner) ahead(start, from int, find func(text []byte, from int, final bool) (resume, bool)) resume {
	for size := 4 << 10; ; size *= 2 {
		text, final := o.w.upTo(start, size)
		if way, decided := find(text, min(from-start, len(text)), final); decided {
			return way
		} else if len(text) > o.w.limit {
			return resume{at: -1, kind: atEnd}
		}
	}
}

// job walks over one job. It returns where the walk goes on: false where the
// document is lost.
func (o *outliner) job(inList bool) (way resumeKind, ok bool) {
	w := &o.w
	w.peek()
	start := w.Pos
	o.last = start
	if !o.step(w.Skip) {
		return o.damaged(start, inList)
	}
	if w.Text[start] == 'n' {
		return afterValue, true
	}
	piece := w.Text[start:w.Pos]
	o.doc.jobs = true
	if o.yield == nil {
		o.doc.calls = o.doc.calls || o.g.Mentions(piece)
		return afterValue, true
	}
	o.emit(piece)
	return afterValue, true
}

// damaged rejects the job at start and finds where to go on.
func (o *outliner) damaged(start int, inList bool) (resumeKind, bool) {
	w := &o.w
	bad := o.bad
	o.bad = jsonscan.Damage{}
	from := start + 1
	if bad.Code == jsonscan.TooDeep {
		from = max(from, bad.At) // each level may look like a document
	}
	way := resume{at: -1}
	if bad.Code != tooLong {
		way = o.ahead(start, from, func(text []byte, from int, final bool) (resume, bool) {
			return o.r.value(text, from, final, o.markup)
		})
	}
	r := &schema.Reject{}
	if way.at < 0 {
		bad.Code = tooLong
		r.JobID = o.g.JobID(w.Text[start:min(len(w.Text), start+schema.MaxRejectRaw)])
		way = o.passJob(start, from, r)
	} else {
		w.Pos = start + way.at
		r.Raw = w.Text[start:w.Pos]
		r.JobID = o.g.JobID(r.Raw)
		r.Code, r.Reason = problem(o.o, bad, way.kind, int64(way.at), bad.At-start)
	}
	o.refuse(r)
	return way.kind, way.kind == afterValue || way.kind == atJob && inList
}

// passJob passes a job that is too large to be held.
func (o *outliner) passJob(start, from int, r *schema.Reject) resume {
	if o.raw != nil {
		o.raw.Add(o.w.Text[o.kept:start])
	}
	job, kept := &Beginning{}, start
	way := o.pass(from, job, &kept)
	job.Add(o.w.Text[kept:o.w.Pos])
	r.Code, r.Reason = problem(o.o, jsonscan.Damage{Code: tooLong}, way.kind, job.length, 0)
	job.Keep(r)
	if o.raw != nil {
		o.raw.join(job)
	}
	o.last, o.kept = o.w.Pos, o.w.Pos
	return way
}

// refuse yields the reject of a job.
func (o *outliner) refuse(r *schema.Reject) {
	o.rejects++
	if o.yield == nil || o.doc.verdict.Outcome != Published {
		return
	}
	o.endSlice()
	source := o.doc.verdict.Source
	if o.doc.bare {
		source = o.o.Source
	}
	o.reject(sourced(r, source), false)
}

// emit adds a job to the slice.
func (o *outliner) emit(job []byte) {
	if o.doc.verdict.Outcome != Published {
		return
	}
	l := &o.slice
	if l.items > 0 {
		l.jobs = append(l.jobs, ',')
	}
	l.jobs = append(l.jobs, job...)
	l.items++
	if len(l.jobs) >= o.o.PieceBytes {
		o.endSlice()
	}
}

// endSlice yields the jobs collected so far with what is around them.
func (o *outliner) endSlice() {
	l := &o.slice
	if l.items == 0 {
		return
	}
	text := l.jobs
	if !o.doc.bare {
		o.buffer = o.doc.fill(o.buffer[:0], l.hole, l.jobs)
		text = o.buffer
	}
	if o.err == nil && o.w.err == nil {
		o.err = o.yield(Part{Text: text, Items: l.items})
	}
	l.jobs, l.items = l.jobs[:0], 0
}
