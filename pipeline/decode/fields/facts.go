package fields

import "callmill/schema"

// factsFields are those of a row of SearchTask that ListJobs does not have. What
// a row says beside its ids is a bonus: a value of another shape is counted and
// reads as not given, and so does one of a row without ids.
func factsFields() []Field[schema.TaskFacts] {
	type row = schema.TaskFacts
	return []Field[row]{
		{"JobId", lenient(func(r *Reader, f *row) bool { return r.Token(&f.JobID) })},
		{"TaskId", lenient(func(r *Reader, f *row) bool { return r.Token(&f.TaskID) })},
		{"JobGroupName", lenient(func(r *Reader, f *row) bool { return r.Token(&f.Facts.JobGroupName) })},
		{"ScriptName", lenient(func(r *Reader, f *row) bool { return r.Token(&f.Facts.ScriptName) })},
		{"CallDuration", lenient(func(r *Reader, f *row) bool { return r.int64(&f.Facts.CallMS) })},
		{"RecordingDuration", lenient(func(r *Reader, f *row) bool { return r.int32(&f.Facts.RingingS) })}, // it is the ringing
		{"TaskEndReason", lenient(func(r *Reader, f *row) bool { return r.int32(&f.Facts.EndReason) })},
		{"HasReachedEndOfFlow", lenient(func(r *Reader, f *row) bool { return r.boolean(&f.Facts.ReachedEnd) })},
		{"HasLastPlaybackCompleted", lenient(func(r *Reader, f *row) bool { return r.boolean(&f.Facts.LastPlaybackCompleted) })},
		{"HasHangUpByRejection", lenient(func(r *Reader, f *row) bool { return r.boolean(&f.Facts.HungUpByRejection) })},
		{"DialExceptionCodes", lenient((*Reader).dialExceptions)},
	}
}

// lenient counts a value whose shape is on no list instead of refusing it.
func lenient(read func(*Reader, *schema.TaskFacts) bool) func(*Reader, *schema.TaskFacts) bool {
	return func(r *Reader, f *schema.TaskFacts) bool {
		outer := r.Refused
		r.Refused = Refusal{}
		ok := read(r, f)
		if r.Refused.Code != "" {
			r.Count(FactsNotRead)
		}
		r.Refused = outer
		return ok
	}
}

// Facts reads the row of SearchTask at Pos.
func (r *Reader) Facts(f *schema.TaskFacts) bool {
	*f = schema.TaskFacts{}
	r.quiet = true // its other fields are documented, and not wanted
	ok := ReadObject(r, r.objects.facts, f, nil)
	r.quiet = false
	return ok
}

// dialExceptions reads a list of codes, or one alone.
func (r *Reader) dialExceptions(f *schema.TaskFacts) bool {
	r.codes = r.codes[:0]
	read := func() bool {
		var code string
		ok := r.Token(&code)
		if code != "" {
			r.codes = append(r.codes, code)
		}
		return ok
	}
	ok := false
	if c := r.Next(); c == '[' || c == '{' {
		ok = r.List(codes, read, nil)
	} else {
		ok = r.element(read)
	}
	f.Facts.DialExceptions = r.memory.strings.keep(r.codes)
	return ok
}
