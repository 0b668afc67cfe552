package decode

import (
	"bytes"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/markup"
	"callmill/schema"
)

// A member that is not documented is passed over and counted. But where it
// holds what the documented one would hold, as {"JOBS":[…]} does, passing over
// it would lose jobs or calls silently: it is remembered as a stray.
type stray struct {
	name string
	kind string // "an array"
	jobs bool   // it mentions a JobId
}

// holds reports whether a value may hold jobs or calls.
func holds(value []byte) bool { return len(value) > 2 && (value[0] == '{' || value[0] == '[') }

// strayOfResponse notes a member of a response that may hold its jobs.
func (d *Decoder) strayOfResponse(e *envelope, name, value []byte) {
	if !holds(value) {
		return
	}
	s := stray{shortened(string(name)), jsonscan.Kind(value[0]), mentions(value, "JobId")}
	if d.xml != nil {
		s.kind = "an element"
	}
	if e.stray.name == "" || s.jobs && !e.stray.jobs {
		e.stray = s
	}
}

// strayOfJob notes a member of a job that holds its calls, and, where the job
// stands alone, one that jobs do not have.
func (d *Decoder) strayOfJob(_ *schema.Job, name, value []byte) {
	if d.bare && d.foreign == "" && d.objects.inside(name) {
		d.foreign = string(name)
	}
	if holds(value) && mentions(value, "TaskId") {
		d.alien = stray{shortened(string(name)), jsonscan.Kind(value[0]), false}
	}
}

// strayOfTask notes a member of a call that holds its conversation.
func (d *Decoder) strayOfTask(_ *schema.Task, name, value []byte) {
	if holds(value) && mentions(value, "Script") {
		d.alienLines = stray{shortened(string(name)), jsonscan.Kind(value[0]), false}
	}
}

// refuseStray refuses a job with a member that holds what a list of it lacks.
func (d *Decoder) refuseStray(s stray, what string, listed int) {
	if s.name != "" && listed == 0 {
		d.refuse(schema.RejectShape, s.name, s.kind+" of "+what+", under a name that is not documented")
	}
}

// unknown steps over the value of a member that is not documented.
func (d *Decoder) unknown(name []byte) bool {
	switch {
	case d.xml != nil && string(name) == markup.MixedText:
		d.refuse(schema.RejectShape, "an element", "text and elements mixed")
	case len(name) > 0 && !d.quiet:
		d.count(unknownField)
	}
	return d.Skip()
}

// mentions reports whether a piece of JSON has a member of this name, in any
// case.
func mentions(piece []byte, member string) bool {
	for len(piece) > len(member)+1 {
		i := bytes.IndexByte(piece, '"')
		if i < 0 || len(piece)-i < len(member)+2 {
			return false
		}
		piece = piece[i+1:]
		if piece[len(member)] == '"' && bytes.EqualFold(piece[:len(member)], []byte(member)) {
			return true
		}
	}
	return false
}
