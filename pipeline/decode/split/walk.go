package split

import "callmill/pipeline/decode/jsonscan"

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
	start, depth, text, closers, safe := w.Pos, w.Depth, len(o.text), len(o.closers), o.safe
	bare := false
	ok := o.members(o.g.Name, func(name Name) bool {
		if bare = !o.holds && (name == JobID || name == JobField); bare {
			return false
		}
		return o.member(name)
	})
	if !bare {
		return ok
	}
	w.Pos, w.Depth = start, depth
	o.text, o.closers, o.safe = o.text[:min(text, len(o.text))], o.closers[:closers], safe
	o.copied = start
	return o.bareJob()
}

// members walks over the members of the object at Pos.
func (o *outliner) members(classify func(name []byte) Name, value func(Name) bool) bool {
	w := &o.w
	if !o.step(w.Enter) {
		return false
	}
	o.opened('}')
	for first := true; ; first = false {
		var name Name
		more := o.step(func() bool {
			n, ok := w.Member(first)
			name = classify(n)
			return ok
		})
		if !more {
			break
		}
		if !value(name) {
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
	classify := func(name []byte) Name {
		if o.g.Wraps(name) {
			return Jobs
		}
		return Other
	}
	return o.members(classify, o.member)
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
