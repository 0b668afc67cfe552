package decode

import (
	"bytes"

	"callmill/schema"
)

// list reads an array of objects; one reads each of them. Also understood: one
// object alone, null and "" for an empty array, null elements, and the
// wrappers of k.
func (d *Decoder) list(k listKind, one func() bool) bool {
	switch d.next() {
	case '[':
		return d.array(k, one)
	case '{':
		if d.isWrapper(k) {
			return d.unwrap(k, one)
		}
		d.count(objectForArray)
		return d.take(k, one)
	case 'n':
		return d.literal("null")
	case '"':
		return d.emptyString(k.field(), "an array", emptyForArray)
	}
	return d.notA(k.field(), "an array")
}

func (d *Decoder) array(k listKind, one func() bool) bool {
	if !d.enter() {
		return false
	}
	for first := true; d.element(first); first = false {
		if !d.arrayElement(k, one) {
			return false
		}
	}
	return d.bad.code == ""
}

func (d *Decoder) arrayElement(k listKind, one func() bool) bool {
	switch d.next() {
	case '{':
		return d.take(k, one)
	case 'n':
		d.count(nullElement)
		return d.literal("null")
	}
	return d.notA("an element of "+k.field(), "an object")
}

// maxElements is how many elements the lists of a job may have together, where
// a task counts as much as its size: what is decoded takes far more memory
// than an empty element takes in the input.
const (
	maxElements   = 1 << 20
	taskElements  = 16
	otherElements = 1
)

// take reads an element of a list, unless the job has too many.
func (d *Decoder) take(k listKind, one func() bool) bool {
	if k == tasks {
		d.elements += taskElements
	} else {
		d.elements += otherElements
	}
	if d.elements > maxElements {
		d.refuse(schema.RejectTooLarge, k.field(), "longer than can be held")
		return d.skip()
	}
	return one()
}

// emptyString accepts "" where a list or an object is documented.
func (d *Decoder) emptyString(name, want string, k kind) bool {
	s, ok := d.text()
	if !ok {
		return false
	}
	if d.trim(s) != "" {
		d.refuse(schema.RejectShape, name, "a string, not "+want)
		return true
	}
	d.count(k)
	return true
}

// taskContact reads the person of a task: an object, null or "".
func (d *Decoder) taskContact(c *schema.Contact) bool {
	*c = schema.Contact{}
	switch d.next() {
	case '{':
		return d.contact(c)
	case 'n':
		return d.literal("null")
	case '"':
		return d.emptyString("Contact", "an object", emptyForObject)
	}
	return d.notA("Contact", "an object")
}

// taskStatus reads a status by name or as the vendor's number for it. A number
// that stands for nothing stays what it is.
func (d *Decoder) taskStatus(dst *string) bool {
	if !d.token(dst, "Status") {
		return false
	}
	if s := *dst; len(s) == 1 || len(s) == 2 {
		code, isNumber := digits([]byte(s))
		if name := schema.StatusOfCode(code); isNumber && name != "" {
			*dst = name
			d.count(numericStatus)
		}
	}
	return true
}

// callingNumbers reads ["0571…"], a number alone, and the same as JSON inside
// a string: "[\"0571…\"]", ["[\"0571…\"]"].
func (d *Decoder) callingNumbers() bool {
	switch d.next() {
	case '{':
		if d.isWrapper(callingNumbers) {
			return d.unwrap(callingNumbers, d.callingNumber)
		}
	case '[':
		if !d.enter() {
			return false
		}
		for first := true; d.element(first); first = false {
			if !d.callingNumber() {
				return false
			}
		}
		return d.bad.code == ""
	case 'n':
		return d.literal("null")
	case '"':
		d.count(callingNumbersString)
	}
	return d.callingNumber()
}

// callingNumber reads one element, which may hold several as JSON text.
func (d *Decoder) callingNumber() bool {
	if d.next() == 'n' {
		d.count(nullElement)
		return d.literal("null")
	}
	var s string
	if !d.token(&s, "CallingNumbers") {
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
	ok := d.callingNumbers() && d.next() == 0
	d.innerText = false
	d.leaveText(outer)
	if !ok {
		d.refuse(schema.RejectShape, "CallingNumbers", quoted(text)+", not a list of numbers")
	}
}

// capital is name with a capital first letter, as the API spells what some
// libraries spell with a small one; nil where it has no small one.
func (d *Decoder) capital(name []byte) []byte {
	if len(name) == 0 || name[0]-'a' > 25 {
		return nil
	}
	d.count(lowerCamel)
	d.upper = append(d.upper[:0], name...)
	d.upper[0] -= 'a' - 'A'
	return d.upper
}

// unknown steps over the value of a field that is not documented.
func (d *Decoder) unknown(name []byte) bool {
	if len(name) == 0 || d.refuseMixed(name) {
		return d.skip()
	}
	d.count(unknownField)
	if len(d.upper) > 0 && &name[0] == &d.upper[0] && !d.dry {
		d.tally[lowerCamel]-- // with a capital it is not documented, either
	}
	return d.skip()
}

// mentions reports whether a piece of JSON may hold a member of this name.
func mentions(piece []byte, member string) bool {
	return bytes.Contains(piece, []byte(`"`+member+`"`))
}
