package fields

import (
	"strconv"

	"callmill/schema"
)

// ListKind is a documented list.
type ListKind int

const (
	Jobs ListKind = iota
	tasks
	conversation
	contacts
	extras
	summaries
	callingNumbers
	Rows // of SearchTask
	codes
	kinds // how many there are
)

// names returns the documented name of the list, and the names under which an
// object in its place may hold it, as {"Jobs":{"Job":[…]}} does, beside List.
// None of these is a field of what the list holds.
func (k ListKind) names() (field string, wrappers [2]string) {
	switch k {
	case Jobs:
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
	case Rows:
		return "SearchTaskInfoList", [2]string{"SearchTaskInfo", "SearchTaskInfoList"}
	case codes:
		return "DialExceptionCodes", [2]string{}
	}
	return "CallingNumbers", [2]string{"CallingNumber"}
}

func (k ListKind) field() string {
	name, _ := k.names()
	return name
}

// Wraps reports whether an object in the place of the list may hold it under
// this name.
func (k ListKind) Wraps(name []byte) bool {
	_, wrappers := k.names()
	return Spells(name, "List") || Spells(name, wrappers[0]) || Spells(name, wrappers[1])
}

// Spells reports whether name is field, be it with a small first letter.
func Spells(name []byte, field string) bool {
	return len(name) == len(field) && len(name) > 0 && string(name[1:]) == field[1:] &&
		(name[0] == field[0] || name[0] == field[0]|0x20)
}

// List reads an array; one reads each of its elements but null. Also
// understood: an element alone, null and "" for an empty array, and the wrappers
// of k. beside, where not nil, steps over what else a wrapper holds.
func (r *Reader) List(k ListKind, one func() bool, beside func(name []byte) bool) bool {
	switch r.Next() {
	case '[':
		if !r.Enter() {
			return false
		}
		for first := true; r.Element(first); first = false {
			if r.Text[r.Pos] == 'n' {
				r.at.element[k]++
			}
			if !r.element(one) {
				return false
			}
		}
		return r.Bad.Code == ""
	case '{':
		if r.IsWrapper(k) {
			return r.unwrap(k, one, beside)
		}
		r.Count(ObjectForArray)
		return one()
	case 'n':
		return r.Literal("null")
	case '"':
		return r.emptyString(k.field(), "an array", EmptyForArray)
	}
	return r.NotA(k.field(), "an array")
}

// element reads the value at Pos, an element of a list.
func (r *Reader) element(one func() bool) bool {
	if r.Pos < len(r.Text) && r.Text[r.Pos] == 'n' {
		r.Count(NullElement)
		return r.Literal("null")
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

// ObjectList is List for objects, of which a job must not have too many; listed
// is how many were read before.
func (r *Reader) ObjectList(k ListKind, listed int, one func() bool, beside func(name []byte) bool) bool {
	size := 1
	if k == tasks {
		size = taskElements
	}
	at := &r.at.element[k]
	*at = listed
	ok := r.List(k, func() bool {
		i := *at
		if r.Text[r.Pos] != '{' {
			*at = 0 // it is not in an element, but is one
			ok := r.NotA(k.field()+"["+strconv.Itoa(i)+"]", "an object")
			*at = i + 1
			return ok
		}
		*at = i + 1
		if r.elements += size; r.elements > maxElements {
			r.Refuse(schema.RejectTooLarge, k.field(), "longer than can be held")
			return r.Skip()
		}
		return one()
	}, beside)
	*at = 0
	return ok
}

// readList reads a list of objects into dst.
func readList[T any](r *Reader, k ListKind, o *Table[T], dst *[]T) bool {
	*dst = again(r, *dst)
	return r.ObjectList(k, len(*dst), func() bool {
		var v T
		*dst = append(*dst, v)
		return ReadObject(r, o, &(*dst)[len(*dst)-1], nil)
	}, nil)
}

// again is the list that a member begins with: an empty one in JSON, where the
// last of several values counts; in XML, which spells a list as repeated
// elements, what is there.
func again[T any](r *Reader, list []T) []T {
	if r.XML {
		return list
	}
	return list[:0]
}

// emptyString accepts "" where a list or an object is documented.
func (r *Reader) emptyString(name, want string, k Kind) bool {
	s, ok := r.ReadString()
	if !ok {
		return false
	}
	if r.trim(s) != "" {
		r.Refuse(schema.RejectShape, name, "a string, not "+want)
		return true
	}
	r.Count(k)
	return true
}

// IsWrapper reports whether the object at Pos wraps a list of kind k. It looks
// ahead, up to the first name that decides; Pos stays.
func (r *Reader) IsWrapper(k ListKind) bool {
	here := r.Scanner
	found := false
	r.Enter()
	for first := true; r.Bad.Code == ""; first = false {
		name, more := r.Member(first)
		if found = more && k.Wraps(name); found || !more {
			break
		}
		r.Skip()
	}
	r.Pos, r.Depth, r.Bad = here.Pos, here.Depth, here.Bad
	return found
}

// unwrap reads the list within the wrapper at Pos.
func (r *Reader) unwrap(k ListKind, one func() bool, beside func(name []byte) bool) bool {
	r.Count(Wrapped)
	if !r.Enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := r.Member(first)
		if !more {
			return r.Bad.Code == ""
		}
		ok := false
		switch {
		case k.Wraps(name) && k == callingNumbers:
			ok = r.callingNumbers()
		case k.Wraps(name):
			ok = r.List(k, one, beside)
		case beside != nil:
			ok = beside(name)
		default:
			ok = r.Unknown(name)
		}
		if !ok {
			return false
		}
	}
}
