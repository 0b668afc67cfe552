package copies

import (
	"errors"
	"fmt"
	"strconv"

	"callmill/pipeline/decode/jsonscan"
)

// response is the text of a response, with what copies may change in it.
type response struct {
	text       []byte
	values     []value // in the order of the text
	turns      int64
	firstCalls []int64 // of each job, in milliseconds; 0: none

	scanner jsonscan.Scanner
}

// kind is what a value is.
type kind int

const (
	id kind = iota
	script
	moment // milliseconds since 1970
)

// value is where something stands in a text: without the quotes of a string, and
// with its escapes.
type value struct {
	kind     kind
	from, to int
	job      int    // which of the response's it belongs to
	speaker  string // of a script
	time     int64  // of a moment
}

// kinds tells by the names of members what they are. No two objects of the API have
// members of one of these names that are different things.
var kinds = map[string]kind{
	"JobId": id, "TaskId": id,
	"Script":     script,
	"PlanedTime": moment, "ActualTime": moment, "Timestamp": moment,
}

// maxDepth is how deep a response may be; those of the API have 8 levels.
const maxDepth = 64

// parse reads a text, which the response keeps.
func (r *response) parse(text []byte) error {
	r.text, r.values, r.turns, r.firstCalls = text, r.values[:0], 0, r.firstCalls[:0]
	r.scanner.Reset(text)
	r.scanner.MaxDepth = maxDepth
	r.read("", new(object))
	if bad := r.scanner.Bad; bad.Code != "" {
		return fmt.Errorf("byte %d: %s", bad.At, bad.What)
	}
	if r.scanner.Next() != jsonscan.End {
		return errors.New("more than one JSON value")
	}
	return nil
}

// object is what counts of the object that is being read.
type object struct {
	speaker         string
	script          int // which of the values it is; -1: none
	planned, actual int64
}

// read steps over a value and notes what it is, as the member of an object with a
// name, or an element of an array that has that name.
func (r *response) read(name string, in *object) {
	s := &r.scanner
	switch c := s.Next(); c {
	case '{':
		r.object()
	case '[':
		if !s.Enter() {
			return
		}
		for more := s.Element(true); more; more = s.Element(false) {
			if name == "Jobs" {
				r.firstCalls = append(r.firstCalls, 0)
			}
			r.read("", in)
		}
	case '"':
		from := s.Pos + 1
		if _, ok := s.SkipString(); ok {
			r.note(name, in, from, s.Pos-1)
		}
	default:
		from := s.Pos
		if s.Scalar() {
			r.note(name, in, from, s.Pos)
		}
	}
}

func (r *response) object() {
	s := &r.scanner
	o := object{script: -1}
	if !s.Enter() {
		return
	}
	for name, more := s.Member(true); more; name, more = s.Member(false) {
		r.read(string(name), &o)
	}
	if o.script >= 0 {
		r.values[o.script].speaker = o.speaker
		r.turns++
	}
	call := o.actual
	if call == 0 {
		call = o.planned
	}
	if n := len(r.firstCalls); n > 0 && call > 0 && (r.firstCalls[n-1] == 0 || call < r.firstCalls[n-1]) {
		r.firstCalls[n-1] = call
	}
}

// note notes a string or a scalar.
func (r *response) note(name string, in *object, from, to int) {
	if len(r.firstCalls) == 0 {
		return // before the jobs
	}
	text, quoted := r.text[from:to], from > 0 && r.text[from-1] == '"'
	if name == "Speaker" && quoted {
		in.speaker = string(text)
	}
	k, known := kinds[name]
	if !known || quoted != (k != moment) {
		return
	}
	v := value{kind: k, from: from, to: to, job: len(r.firstCalls) - 1}
	switch k {
	case script:
		in.script = len(r.values)
	case moment:
		var err error
		if v.time, err = strconv.ParseInt(string(text), 10, 64); err != nil || v.time <= 0 {
			return
		}
		switch name {
		case "PlanedTime":
			in.planned = v.time
		case "ActualTime":
			in.actual = v.time
		}
	}
	r.values = append(r.values, v)
}
