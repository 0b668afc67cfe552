package fields

import (
	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// taskStatus reads a status by name or as the vendor's number for it. A number
// that stands for nothing stays what it is.
func (r *Reader) taskStatus(dst *string) bool {
	if !r.Token(dst) {
		return false
	}
	if s := *dst; len(s) == 1 || len(s) == 2 {
		code, isNumber := digits(s)
		if name := schema.StatusOfCode(code); isNumber && name != "" {
			*dst = name
			r.Count(NumericStatus)
		}
	}
	return true
}

// speaker reads a speaker. The two documented ones share one string each, so
// that millions of turns do not keep their bodies alive.
func (r *Reader) speaker(dst *string) bool {
	ok := r.Token(dst)
	switch *dst {
	case schema.SpeakerRobot:
		*dst = schema.SpeakerRobot
	case schema.SpeakerContact:
		*dst = schema.SpeakerContact
	}
	return ok
}

// callingNumbers reads ["0571…"], a number alone, and the same as JSON inside
// a string: "[\"0571…\"]", ["[\"0571…\"]"].
func (r *Reader) callingNumbers() bool {
	switch r.Next() {
	case '[', '{':
		return r.List(callingNumbers, r.callingNumber, nil)
	case '"':
		r.Count(CallingNumbersString)
	}
	return r.element(r.callingNumber)
}

// callingNumber reads one element, which may hold several as JSON text.
func (r *Reader) callingNumber() bool {
	var s string
	if !r.Token(&s) {
		return false
	}
	switch {
	case s == "":
		r.Count(EmptyCallingNumber)
	case s[0] == '[':
		r.callingNumbersText(s)
	default:
		r.lists.numbers = append(r.lists.numbers, s)
	}
	return true
}

// callingNumbersText reads the JSON array of numbers that a string holds.
func (r *Reader) callingNumbersText(text string) {
	r.Count(CallingNumbersText)
	if r.innerText {
		r.impossible(schema.RejectShape, Quoted(text)+", text within text within text")
		return
	}
	outer := r.EnterText([]byte(text))
	r.innerText = true
	ok := r.callingNumbers() && r.Next() == jsonscan.End
	r.innerText = false
	r.LeaveText(outer)
	if !ok {
		r.impossible(schema.RejectShape, Quoted(text)+", not a list of numbers")
	}
}
