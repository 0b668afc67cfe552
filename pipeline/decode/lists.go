package decode

import "callmill/schema"

// A listKind is a documented list.
type listKind int

const (
	jobs listKind = iota
	tasks
	conversation
	contacts
	extras
	summaries
	callingNumbers
	rows // of SearchTask
	codes
)

// names returns the documented name of the list, and the names under which an
// object in its place may hold it, as {"Jobs":{"Job":[…]}} does, beside List.
// None of these is a field of what the list holds.
func (k listKind) names() (field string, wrappers [2]string) {
	switch k {
	case jobs:
		return "Jobs", [2]string{"Job"}
	case tasks:
		return "Tasks", [2]string{"Task"}
	case conversation:
		return "Conversation", [2]string{"Conversation", "ConversationDetail"}
	case contacts:
		return "Contacts", [2]string{"Contact"}
	case extras:
		return "Extras", [2]string{"Extra", "KeyValuePair"}
	case summaries:
		return "Summary", [2]string{"Summary"}
	case rows:
		return "SearchTaskInfoList", [2]string{"SearchTaskInfo", "SearchTaskInfoList"}
	case codes:
		return "DialExceptionCodes", [2]string{}
	}
	return "CallingNumbers", [2]string{"CallingNumber"}
}

func (k listKind) field() string {
	field, _ := k.names()
	return field
}

// wraps reports whether an object in the place of the list may hold it under
// this name.
func (k listKind) wraps(name []byte) bool {
	_, wrappers := k.names()
	return spells(name, "List") || spells(name, wrappers[0]) || spells(name, wrappers[1])
}

// spells reports whether name is field, be it with a small first letter.
func spells(name []byte, field string) bool {
	return len(name) == len(field) && len(name) > 0 && string(name[1:]) == field[1:] &&
		(name[0] == field[0] || name[0] == field[0]|0x20)
}

// list reads an array; one reads each of its elements but null. Also
// understood: an element alone, null and "" for an empty array, and the wrappers
// of k.
func (d *Decoder) list(k listKind, one func() bool) bool {
	switch d.Next() {
	case '[':
		if !d.Enter() {
			return false
		}
		for first := true; d.Element(first); first = false {
			if !d.element(one) {
				return false
			}
		}
		return d.Bad.Code == ""
	case '{':
		if d.isWrapper(k) {
			return d.unwrap(k, one)
		}
		d.count(objectForArray)
		return one()
	case 'n':
		return d.Literal("null")
	case '"':
		return d.emptyString(k.field(), "an array", emptyForArray)
	}
	return d.notA(k.field(), "an array")
}

func (d *Decoder) element(one func() bool) bool {
	if d.Next() == 'n' {
		d.count(nullElement)
		return d.Literal("null")
	}
	return one()
}

// maxElements is how many elements the lists of a job may have together, where
// a task counts as much as its size: what is decoded takes far more memory
// than an empty element takes in the input.
const (
	maxElements  = 1 << 20
	taskElements = 16
)

// objectList is list for objects, of which a job must not have too many.
func (d *Decoder) objectList(k listKind, one func() bool) bool {
	size := 1
	if k == tasks {
		size = taskElements
	}
	return d.list(k, func() bool {
		if d.Next() != '{' {
			return d.notA("an element of "+k.field(), "an object")
		}
		if d.elements += size; d.elements > maxElements {
			d.refuse(schema.RejectTooLarge, k.field(), "longer than can be held")
			return d.Skip()
		}
		return one()
	})
}

// readList reads a list of objects into dst; at counts them.
func readList[T any](d *Decoder, k listKind, o *object[T], dst *[]T, at *int) bool {
	*dst = again(d, *dst)
	ok := d.objectList(k, func() bool {
		var v T
		*at = len(*dst)
		*dst = append(*dst, v)
		return readObject(d, o, &(*dst)[*at], nil)
	})
	*at = -1
	return ok
}

// again is the list that a member begins with: an empty one in JSON, where the
// last of several values counts; in XML, which spells a list as repeated
// elements, what is there.
func again[T any](d *Decoder, list []T) []T {
	if d.xml != nil {
		return list
	}
	return list[:0]
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
	found := false
	d.Enter()
	for first := true; d.Bad.Code == ""; first = false {
		name, more := d.Member(first)
		if found = more && k.wraps(name); found || !more {
			break
		}
		d.Skip()
	}
	d.Pos, d.Depth, d.Bad = here.Pos, here.Depth, here.Bad
	return found
}

// unwrap reads the list within the wrapper at Pos; what else it holds is not
// documented.
func (d *Decoder) unwrap(k listKind, one func() bool) bool {
	d.count(wrapped)
	d.env.wrapped = d.env.wrapped || k == jobs
	if !d.Enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.Member(first)
		if !more {
			return d.Bad.Code == ""
		}
		ok := false
		switch {
		case k.wraps(name) && k == callingNumbers:
			ok = d.callingNumbers()
		case k.wraps(name):
			ok = d.list(k, one)
		case k == jobs && (spells(name, "PageNumber") || spells(name, "PageSize") || spells(name, "TotalCount")):
			d.env.paged = true // which belongs to another action
			ok = d.Skip()
		default:
			ok = d.besideList(k, name)
		}
		if !ok {
			return false
		}
	}
}

// besideList steps over what stands beside the list in a wrapper.
func (d *Decoder) besideList(k listKind, name []byte) bool {
	start := d.Pos
	if !d.unknown(name) {
		return false
	}
	switch k {
	case jobs:
		d.strayOfResponse(&d.env, name, d.Text[start:d.Pos])
	case tasks:
		d.strayOfJob(nil, name, d.Text[start:d.Pos])
	}
	return true
}
