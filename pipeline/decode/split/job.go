package split

import (
	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

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
