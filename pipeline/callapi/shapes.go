package callapi

import (
	"bytes"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-json"
)

// The API spells its values in more ways than it documents: numbers as
// strings, strings as numbers, one object where a list is documented, lists
// within objects that wrap them. These types take all of it; what fits
// nowhere reads as not given. Names of fields match in any case, as
// encoding/json does it.

// text is a string, a number or a boolean, without white space around it.
type text string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(b []byte) error {
	*t = text(literal(b))
	return nil
}

// literal is a scalar as text; "" for null and what is no scalar.
func literal(b []byte) string {
	switch b[0] {
	case '"':
		var s string
		_ = json.Unmarshal(b, &s) // b is valid: Unmarshal has seen to it
		return strings.TrimSpace(s)
	case '{', '[', 'n':
		return ""
	}
	return string(b)
}

// integer is a whole number or a string that spells one.
type integer struct {
	value int64
	known bool
}

// UnmarshalJSON implements [json.Unmarshaler].
func (i *integer) UnmarshalJSON(b []byte) error {
	*i = integer{}
	s := literal(b)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		*i = integer{n, true}
		return nil
	}
	// 41000.0 and 4.1e4 are whole, too.
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		*i = integer{int64(f), true}
	}
	return nil
}

// pointer is nil where the number was not given.
func (i integer) pointer() *int64 {
	if !i.known {
		return nil
	}
	return &i.value
}

// pointer32 is nil where the number was not given or is too large.
func (i integer) pointer32() *int32 {
	if !i.known || i.value != int64(int32(i.value)) {
		return nil
	}
	return new(int32(i.value))
}

// boolean is one, a string that spells one, 0 or 1.
type boolean struct{ value, known bool }

// UnmarshalJSON implements [json.Unmarshaler].
func (v *boolean) UnmarshalJSON(b []byte) error {
	*v = boolean{}
	switch strings.ToLower(literal(b)) {
	case "true", "1":
		*v = boolean{true, true}
	case "false", "0":
		*v = boolean{false, true}
	}
	return nil
}

func (v boolean) pointer() *bool {
	if !v.known {
		return nil
	}
	return &v.value
}

// list is a list, its one element, or an object or a string that holds one of
// these.
type list[T any] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (l *list[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	l.add(b, 0)
	return nil
}

func (l *list[T]) add(b []byte, depth int) {
	const wrappers = 4
	b = bytes.TrimSpace(b)
	if len(b) == 0 || depth > wrappers {
		return
	}
	switch b[0] {
	case '[':
		if l.addPlain(b) {
			return
		}
		var elements []json.RawMessage
		_ = json.Unmarshal(b, &elements)
		for _, e := range elements {
			l.add(e, depth+1)
		}
		return
	case '"':
		// The list as text within a string, or an element that is a string.
		if s := literal(b); json.Valid([]byte(s)) && s[0] == '[' {
			l.add([]byte(s), depth+1)
			return
		} else if s == "" {
			return
		}
	case 'n':
		return
	}
	var element T
	if json.Unmarshal(b, &element) != nil {
		return // it has the shape of none
	}
	// One that has nothing of an element may be what elements are wrapped in.
	if b[0] == '{' && reflect.ValueOf(&element).Elem().IsZero() {
		if inner := wrapped(b); inner != nil {
			l.add(inner, depth+1)
			return
		}
	}
	*l = append(*l, element)
}

// addPlain adds a list as it is documented, which costs a third of what the
// others do. It reports false, and has added nothing, where an element is of
// another shape.
func (l *list[T]) addPlain(b []byte) bool {
	var elements []T
	if json.Unmarshal(b, &elements) != nil {
		return false
	}
	for i := range elements {
		if reflect.ValueOf(&elements[i]).Elem().IsZero() {
			return false
		}
	}
	*l = append(*l, elements...)
	return true
}

// wrapped is what an object is wrapped around: its only field, or its List;
// nil where that is neither an object nor a list.
func wrapped(b []byte) json.RawMessage {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(b, &fields)
	for name, value := range fields {
		if !strings.EqualFold(name, "List") && len(fields) > 1 {
			continue
		}
		if value[0] == '[' || value[0] == '{' {
			return value
		}
	}
	return nil
}

// paged is a list with the number of all its entries, or the list alone.
type paged[T any] struct {
	List       list[T]
	TotalCount integer
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *paged[T]) UnmarshalJSON(b []byte) error {
	type fields paged[T] // without this method
	*p = paged[T]{}
	if b[0] == '{' {
		// Of a field of another shape nothing is read.
		_ = json.Unmarshal(b, (*fields)(p))
	}
	if p.List == nil && !p.TotalCount.known {
		return p.List.UnmarshalJSON(b)
	}
	return nil
}

// object is an object; anything else is one that has no fields.
type object[T any] struct{ fields T }

// UnmarshalJSON implements [json.Unmarshaler].
func (o *object[T]) UnmarshalJSON(b []byte) error {
	*o = object[T]{}
	if b[0] != '{' {
		return nil
	}
	return json.Unmarshal(b, &o.fields)
}
