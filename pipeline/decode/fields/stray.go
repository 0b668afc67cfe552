package fields

import (
	"bytes"

	"callmill/pipeline/decode/jsonscan"
	"callmill/pipeline/decode/markup"
	"callmill/schema"
)

// A Suspect is a member that is not documented, but holds what a documented one
// would hold, as {"JOBS":[…]} does: to pass over it would lose jobs or calls
// silently.
type Suspect struct {
	Name, Kind string // "an array"
	Mentions   bool   // it has the member asked for
}

// Suspect returns what is suspicious about a member that is not documented, if
// its value can hold an object with the member mentioned.
func (r *Reader) Suspect(name, value []byte, mentioned string) (s Suspect, is bool) {
	if len(value) <= 2 || value[0] != '{' && value[0] != '[' {
		return Suspect{}, false
	}
	s = Suspect{Shortened(string(name)), jsonscan.Kind(value[0]), mentions(value, mentioned)}
	if r.XML {
		s.Kind = "an element"
	}
	return s, true
}

// note keeps a suspect that has the member mentioned.
func (r *Reader) note(dst *Suspect, name, value []byte, mentioned string) {
	if !mentions(value, mentioned) {
		return // the usual case, in which nothing is allocated
	}
	if s, is := r.Suspect(name, value, mentioned); is {
		*dst = s
	}
}

// strayOfJob notes a member of a job that holds its calls, and, where the job
// stands alone, one that jobs do not have.
func (r *Reader) strayOfJob(_ *schema.Job, name, value []byte) {
	if r.Bare && r.Foreign == "" && r.Inside(name) {
		r.Foreign = string(name)
	}
	r.note(&r.alien, name, value, "TaskId")
}

// strayOfTask notes a member of a call that holds its conversation.
func (r *Reader) strayOfTask(_ *schema.Task, name, value []byte) {
	r.note(&r.alienLines, name, value, "Script")
}

// refuseSuspect refuses a job with a member that holds what a list of it lacks.
func (r *Reader) refuseSuspect(s Suspect, what string, listed int) {
	if s.Name != "" && listed == 0 {
		r.Refuse(schema.RejectShape, s.Name, s.Kind+" of "+what+", under a name that is not documented")
	}
}

// Unknown steps over the value of a member that is not documented.
func (r *Reader) Unknown(name []byte) bool {
	if r.XML && string(name) == markup.MixedText {
		r.Refuse(schema.RejectShape, "an element", "text and elements mixed")
	} else {
		r.countUnknown(name)
	}
	return r.Skip()
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
