package split

import (
	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// walker walks over the members of one document down to its jobs. In a survey
// it collects the text around them, else it yields them.
type walker struct {
	*splitter
	doc    *outline
	start  int64 // offset of the document in the input
	depth  int   // brackets around it
	listed bool  // a list of jobs, or one of them, was met

	copied int // how far the window is in the text of the outline
	safe   int // where that may end, but for the brackets open there

	last  int    // where the job read last begins in the window
	jobs  []byte // of the next slice
	count int64  // of these
}

func newWalker(s *splitter, doc *outline) *walker {
	return &walker{splitter: s, doc: doc, start: s.w.base + int64(s.w.Pos), depth: s.w.Depth, copied: s.w.Pos}
}

// end passes what is left of the document.
func (k *walker) end(lost bool) (kind resumeKind) {
	w := &k.splitter.w
	if bad := w.takeBad(); bad.Code != "" {
		kind = k.seek(max(bad.At, int(k.start-w.base)+1))
	}
	w.Depth = k.depth
	k.pending = w.Pos
	if lost {
		k.goAdrift()
	}
	return kind
}

// copy takes the window up to Pos into the text.
func (k *walker) copy() {
	if k.yield == nil {
		k.doc.text = append(k.doc.text, k.w.Text[k.copied:k.w.Pos]...)
	}
	k.copied = k.w.Pos
}

// mark notes that the text may end at Pos.
func (k *walker) mark() {
	k.copy()
	k.safe = len(k.doc.text)
	if k.safe > k.o.MaxJobBytes {
		k.doc.whole = true
	}
}

// object walks over the object at Pos. It returns false where the document is
// lost; then the scanner tells of the damage, unless that was rejected.
func (k *walker) object() bool {
	w := &k.w
	start, depth, text, safe := w.Pos, w.Depth, len(k.doc.text), k.safe
	bare := false
	ok := k.members(func(name Name) bool {
		if bare = !k.listed && (name == JobID || name == JobField); bare {
			return false
		}
		return k.member(name)
	})
	if !bare {
		return ok
	}
	w.Pos, w.Depth = start, depth
	k.doc.text, k.safe, k.copied = k.doc.text[:text], safe, start
	if depth > k.depth {
		return k.alone()
	}
	k.doc.bare = true
	_, ok = k.job(false)
	return ok
}

// members walks over the members of the object at Pos.
func (k *walker) members(value func(Name) bool) bool {
	w := &k.w
	if !w.step(w.Enter) {
		return false
	}
	k.mark()
	for first := true; ; first = false {
		var name Name
		more := w.step(func() bool {
			n, ok := w.Member(first)
			name = k.g.Name(n)
			return ok
		})
		if !more {
			break
		}
		if !value(name) {
			return false
		}
		k.mark()
	}
	if w.Bad.Code != "" {
		return false
	}
	k.mark()
	return true
}

// member walks over the value of a member of a document.
func (k *walker) member(name Name) bool {
	k.listed = k.listed || name == Jobs
	switch c := k.w.peek(); {
	case name == Jobs, name == Body && c == '[':
		return k.list()
	case name == Body && c == '{':
		return k.object()
	case name == Body && c == '"':
		k.doc.texts = true
	}
	return k.w.step(k.w.Skip)
}

// wrapped is member for an object that wraps jobs.
func (k *walker) wrapped(name Name) bool {
	if name == Wrapper {
		return k.list()
	}
	return k.w.step(k.w.Skip)
}

// list walks over the value of Jobs, or of what takes its place.
func (k *walker) list() bool {
	switch k.w.peek() {
	case '[':
		return k.array()
	case '{':
		if k.isWrapper() {
			return k.members(k.wrapped)
		}
		return k.alone()
	}
	return k.w.step(k.w.Skip)
}

// isWrapper reports whether the object at Pos has a member that wraps jobs.
func (k *walker) isWrapper() (wraps bool) {
	w := &k.w
	pos, depth := w.Pos, w.Depth
	w.step(func() bool {
		w.Enter()
		for first := true; w.Bad.Code == ""; first = false {
			name, more := w.Member(first)
			if wraps = more && k.g.Name(name) == Wrapper; wraps || !more {
				break
			}
			w.Skip()
		}
		return true
	})
	w.Pos, w.Depth, w.Bad = pos, depth, jsonscan.Damage{}
	return wraps
}

// openList makes a hole at the end of the text, if it has none.
func (k *walker) openList() {
	if k.yield == nil && k.doc.hole == 0 {
		k.doc.hole = len(k.doc.text)
	}
	k.safe = len(k.doc.text)
}

// alone walks over a job in the place of a list of jobs.
func (k *walker) alone() bool {
	k.copy()
	k.bracket('[')
	k.openList()
	if _, ok := k.job(false); !ok {
		return false
	}
	k.copied = k.w.Pos
	k.bracket(']')
	return true
}

// bracket adds a bracket to the text that the input does not have.
func (k *walker) bracket(c byte) {
	if k.yield == nil {
		k.doc.text = append(k.doc.text, c)
	}
}

// array walks over the array of jobs at Pos.
func (k *walker) array() bool {
	w := &k.w
	if !w.step(w.Enter) {
		return false
	}
	k.copy()
	k.openList()
	depth := w.Depth
	k.last = w.Pos
	for first, resumed := true, false; ; first = false {
		if !resumed && !w.step(func() bool { return w.Element(first) }) {
			if w.Bad.Code == "" {
				break
			}
			if !k.mend() {
				return false
			}
		}
		way, ok := k.job(true)
		if !ok {
			return false
		}
		w.Depth = depth
		resumed = way == atJob
		k.compact()
	}
	k.copied = w.Pos - 1
	k.mark()
	return true
}

// compact lets go of the jobs before the one read last.
func (k *walker) compact() {
	w := &k.w
	if k.last < w.chunk || k.last < len(w.Text)/2 {
		return
	}
	pos := w.Pos
	w.Pos = k.last
	w.Pos = pos - w.dropNow()
	k.last = 0
}

// job walks over one job. It returns where the walk goes on: false where the
// document is lost.
func (k *walker) job(inList bool) (way resumeKind, ok bool) {
	w := &k.w
	isNull := w.peek() == 'n'
	k.listed = k.listed || !isNull
	start := w.Pos
	k.last = start
	if !w.step(w.Skip) {
		return k.damaged(start, inList)
	}
	if isNull {
		return afterValue, true
	}
	job := w.Text[start:w.Pos]
	k.doc.jobs = true
	if k.yield == nil {
		k.doc.tasks = k.doc.tasks || k.g.HasTasks(job)
	} else if k.doc.verdict.Outcome == Published {
		k.emit(job)
	}
	return afterValue, true
}

// emit adds a job to the slice.
func (k *walker) emit(job []byte) {
	k.jobs = append(append(k.jobs, ','), job...)
	k.count++
	if len(k.jobs) >= k.o.PieceBytes {
		k.endSlice()
	}
}

// endSlice yields the jobs collected so far, with what their document says.
func (k *walker) endSlice() {
	if k.count == 0 {
		return
	}
	text := k.jobs[1:]
	if !k.doc.bare {
		k.buffer = append(append(append(k.buffer[:0], k.doc.verdict.Head...), text...), "]}"...)
		text = k.buffer
	}
	k.hand(Part{Text: text, Items: k.count})
	k.jobs, k.count = k.jobs[:0], 0
}

// mend goes on at the next job where something other than a comma or a bracket
// follows a job.
func (k *walker) mend() bool {
	w := &k.w
	if w.Bad.Code != jsonscan.Syntax {
		return false
	}
	way := k.ahead(k.last, w.Bad.At, k.r.next)
	if way.kind != atJob {
		return false
	}
	// The bracket of the next job belongs to the reject: without it nothing would
	// be wrong with its input.
	bad := w.takeBad()
	w.Pos = k.last + way.at + 1
	w.record(k.last)
	k.refuse(problem(k.o, bad, way.kind, w.recorded(), bad.At-k.last))
	w.Pos--
	return true
}

// ahead calls find with ever more text behind start until it is decided. It
// returns a negative place where that takes more than can be held.
func (k *walker) ahead(start, from int, find func(text []byte, from int, final bool) (resume, bool)) resume {
	for size := firstLook; ; size *= 2 {
		text, final := k.w.upTo(start, size)
		if way, decided := find(text, min(from-start, len(text)), final); decided {
			return way
		} else if len(text) > k.w.limit {
			return resume{at: -1}
		}
	}
}

// damaged rejects the job at start and finds where to go on.
func (k *walker) damaged(start int, inList bool) (resumeKind, bool) {
	w := &k.w
	bad := w.takeBad()
	from, at := start+1, bad.At-start
	if bad.Code == jsonscan.TooDeep {
		from = max(from, bad.At) // each level may look like a document
	}
	way := resume{at: -1}
	if bad.Code != tooLong {
		way = k.ahead(start, from, k.r.value)
	}
	w.record(start)
	if way.at < 0 {
		bad.Code = tooLong
		way.kind = k.seek(from)
		k.last = w.Pos
	} else {
		w.Pos = start + way.at
	}
	r := problem(k.o, bad, way.kind, w.recorded(), at)
	r.JobID = k.g.JobID(r.Raw)
	k.refuse(r)
	return way.kind, way.kind == afterValue || way.kind == atJob && inList
}

// refuse yields the reject of a job.
func (k *walker) refuse(r *schema.Reject) {
	k.doc.hurt = true
	switch {
	case k.doc.bare:
		k.reject(k.o.Source, r, false)
	case k.doc.verdict.Outcome == Published:
		k.endSlice()
		k.reject(k.doc.verdict.Source, r, false)
	}
}
