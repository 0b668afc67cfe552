package decode

import (
	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// taskStatus reads a status by name or as the vendor's number for it. A number
// that stands for nothing stays what it is.
func (d *Decoder) taskStatus(dst *string) bool {
	if !d.token(dst) {
		return false
	}
	if s := *dst; len(s) == 1 || len(s) == 2 {
		code, isNumber := digits(s)
		if name := schema.StatusOfCode(code); isNumber && name != "" {
			*dst = name
			d.count(numericStatus)
		}
	}
	return true
}

// speaker reads a speaker. The two documented ones share one string each, so
// that millions of turns do not keep their bodies alive.
func (d *Decoder) speaker(dst *string) bool {
	ok := d.token(dst)
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
func (d *Decoder) callingNumbers() bool {
	switch d.Next() {
	case '[', '{':
		return d.list(callingNumbers, d.callingNumber)
	case '"':
		d.count(callingNumbersString)
	}
	return d.element(d.callingNumber)
}

// callingNumber reads one element, which may hold several as JSON text.
func (d *Decoder) callingNumber() bool {
	var s string
	if !d.token(&s) {
		return false
	}
	switch {
	case s == "":
		d.count(emptyCallingNumber)
	case s[0] == '[':
		d.callingNumbersText(s)
	default:
		d.lists.numbers = append(d.lists.numbers, s)
	}
	return true
}

// callingNumbersText reads the JSON array of numbers that a string holds.
func (d *Decoder) callingNumbersText(text string) {
	d.count(callingNumbersText)
	if d.innerText {
		d.refuse(schema.RejectShape, "CallingNumbers", "text within text within text")
		return
	}
	outer := d.enterText([]byte(text))
	d.innerText = true
	ok := d.callingNumbers() && d.Next() == jsonscan.End
	d.innerText = false
	d.leaveText(outer)
	if !ok {
		d.refuse(schema.RejectShape, "CallingNumbers", quoted(text)+", not a list of numbers")
	}
}
