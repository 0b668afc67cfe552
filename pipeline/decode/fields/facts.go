package fields

import "callmill/schema"

// factsFields are those of a row of SearchTask that ListJobs does not have, and
// what tells which call it is about.
func factsFields() []Field[schema.TaskFacts] {
	type row = schema.TaskFacts
	return []Field[row]{
		{"JobId", func(r *Reader, f *row) bool { return r.Token(&f.JobID) }},
		{"TaskId", func(r *Reader, f *row) bool { return r.Token(&f.TaskID) }},
		{"ActualTime", func(r *Reader, f *row) bool { return r.Instant(&f.CallTime) }},
		{"JobGroupName", func(r *Reader, f *row) bool { return r.Token(&f.Facts.JobGroupName) }},
		{"ScriptName", func(r *Reader, f *row) bool { return r.Token(&f.Facts.ScriptName) }},
		{"CallDuration", func(r *Reader, f *row) bool { return r.int64(&f.Facts.CallMS) }},
		{"RecordingDuration", func(r *Reader, f *row) bool { return r.int32(&f.Facts.RingingS) }}, // it is the ringing
		{"TaskEndReason", func(r *Reader, f *row) bool { return r.int32(&f.Facts.EndReason) }},
		{"HasReachedEndOfFlow", func(r *Reader, f *row) bool { return r.boolean(&f.Facts.ReachedEnd) }},
		{"HasLastPlaybackCompleted", func(r *Reader, f *row) bool { return r.boolean(&f.Facts.LastPlaybackCompleted) }},
		{"HasHangUpByRejection", func(r *Reader, f *row) bool { return r.boolean(&f.Facts.HungUpByRejection) }},
		{"DialExceptionCodes", (*Reader).dialExceptions},
	}
}

// Facts reads the row of SearchTask at Pos.
func (r *Reader) Facts(f *schema.TaskFacts) bool {
	*f = schema.TaskFacts{}
	r.quiet = true // its other fields are documented, and not wanted
	r.at.top = Rows
	ok := ReadObject(r, r.objects.facts, f, nil)
	r.at.top = outside
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
