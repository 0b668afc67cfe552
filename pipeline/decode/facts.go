package decode

import "callmill/schema"

// factsFields are those of a row of SearchTask that ListJobs does not have. What
// a row says beside its ids is a bonus: a value of another shape is counted and
// reads as not given, and so does one of a row without ids.
func factsFields() []field[schema.TaskFacts] {
	type row = schema.TaskFacts
	return []field[row]{
		{"JobId", lenient(func(d *Decoder, f *row) bool { return d.token(&f.JobID) })},
		{"TaskId", lenient(func(d *Decoder, f *row) bool { return d.token(&f.TaskID) })},
		{"JobGroupName", lenient(func(d *Decoder, f *row) bool { return d.token(&f.Facts.JobGroupName) })},
		{"ScriptName", lenient(func(d *Decoder, f *row) bool { return d.token(&f.Facts.ScriptName) })},
		{"CallDuration", lenient(func(d *Decoder, f *row) bool { return d.int64(&f.Facts.CallMS) })},
		{"RecordingDuration", lenient(func(d *Decoder, f *row) bool { return d.int32(&f.Facts.RingingS) })}, // it is the ringing
		{"TaskEndReason", lenient(func(d *Decoder, f *row) bool { return d.int32(&f.Facts.EndReason) })},
		{"HasReachedEndOfFlow", lenient(func(d *Decoder, f *row) bool { return d.boolean(&f.Facts.ReachedEnd) })},
		{"HasLastPlaybackCompleted", lenient(func(d *Decoder, f *row) bool { return d.boolean(&f.Facts.LastPlaybackCompleted) })},
		{"HasHangUpByRejection", lenient(func(d *Decoder, f *row) bool { return d.boolean(&f.Facts.HungUpByRejection) })},
		{"DialExceptionCodes", lenient((*Decoder).dialExceptions)},
	}
}

// lenient counts a value whose shape is on no list instead of refusing it.
func lenient(read func(*Decoder, *schema.TaskFacts) bool) func(*Decoder, *schema.TaskFacts) bool {
	return func(d *Decoder, f *schema.TaskFacts) bool {
		outer := d.refused
		d.refused = refusal{}
		ok := read(d, f)
		if d.refused.code != "" {
			d.count(factsNotRead)
		}
		d.refused = outer
		return ok
	}
}

// searchTaskPage reads the rows of a page of SearchTask.
func (d *Decoder) searchTaskPage(e *envelope) bool {
	e.page = schema.ActionSearchTask
	d.elements = 0
	return d.objectList(rows, d.factsRow)
}

func (d *Decoder) factsRow() bool {
	f := &d.row
	*f = schema.TaskFacts{}
	d.quiet = true // its other fields are documented, and not wanted
	ok := readObject(d, d.objects.facts, f, nil)
	d.quiet = false
	switch {
	case !ok:
		return false
	case d.dry:
	case f.JobID == "" || f.TaskID == "":
		d.count(factsWithoutID)
	default:
		d.hasFacts = true
		d.items = append(d.items, schema.Decoded{Position: d.n, Facts: d.memory.facts.one(*f)})
	}
	return true
}

// dialExceptions reads a list of codes, or one alone.
func (d *Decoder) dialExceptions(f *schema.TaskFacts) bool {
	d.codes = d.codes[:0]
	read := func() bool {
		var code string
		ok := d.token(&code)
		if code != "" {
			d.codes = append(d.codes, code)
		}
		return ok
	}
	ok := false
	if c := d.Next(); c == '[' || c == '{' {
		ok = d.list(codes, read)
	} else {
		ok = d.element(read)
	}
	f.Facts.DialExceptions = d.memory.strings.keep(d.codes)
	return ok
}

func (d *Decoder) boolean(dst **bool) bool {
	v, set, ok := d.truth()
	*dst = nil
	if set {
		*dst = d.memory.booleans.one(v)
	}
	return ok
}
