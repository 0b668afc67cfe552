package decode

import "callmill/schema"

// list reads an array of objects; one reads each of them. Also understood: one
// object alone, null and "" for an empty array, null elements, and the
// wrappers of k.
func (d *Decoder) list(k listKind, one func() bool) bool {
	switch d.Next() {
	case '[':
		return d.array(k, one)
	case '{':
		if d.isWrapper(k) {
			return d.unwrap(k, one)
		}
		d.count(objectForArray)
		return d.take(k, one)
	case 'n':
		return d.Literal("null")
	case '"':
		return d.emptyString(k.field(), "an array", emptyForArray)
	}
	return d.notA(k.field(), "an array")
}

func (d *Decoder) array(k listKind, one func() bool) bool {
	if !d.Enter() {
		return false
	}
	for first := true; d.Element(first); first = false {
		if !d.arrayElement(k, one) {
			return false
		}
	}
	return d.Bad.Code == ""
}

func (d *Decoder) arrayElement(k listKind, one func() bool) bool {
	switch d.Next() {
	case '{':
		return d.take(k, one)
	case 'n':
		d.count(nullElement)
		return d.Literal("null")
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
		return d.Skip()
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

// isWrapper reports whether the object at Pos wraps a list of kind k. It looks
// ahead, up to the first name that decides; Pos stays.
func (d *Decoder) isWrapper(k listKind) bool {
	here := d.Scanner
	found := d.findMember(k)
	d.Pos, d.Depth, d.Bad = here.Pos, here.Depth, here.Bad
	return found
}

func (d *Decoder) findMember(k listKind) bool {
	if !d.Enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.Member(first)
		if !more {
			return false
		}
		if k.wraps(name) {
			return true
		}
		if !d.Skip() {
			return false
		}
	}
}

// unwrap reads the list within the wrapper at Pos; what else it holds is not
// documented.
func (d *Decoder) unwrap(k listKind, one func() bool) bool {
	d.count(wrapped)
	if !d.Enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.Member(first)
		if !more {
			return d.Bad.Code == ""
		}
		switch {
		case !k.wraps(name):
			start := d.Pos
			if !d.unknown(name) {
				return false
			}
			if k == tasks {
				d.strayOfJob(nil, name, d.Text[start:d.Pos])
			}
		case k == callingNumbers:
			if !d.callingNumbers() {
				return false
			}
		case !d.list(k, one):
			return false
		}
	}
}
