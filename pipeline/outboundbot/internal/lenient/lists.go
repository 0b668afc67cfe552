package lenient

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/goccy/go-json"
)

// List is a list, its one element, or an object or a string that holds one of
// these.
type List[T any] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (l *List[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	l.add(b, 0)
	return nil
}

func (l *List[T]) add(b []byte, depth int) {
	const maxWrappers = 4
	b = bytes.TrimSpace(b)
	if len(b) == 0 || depth > maxWrappers {
		return
	}
	switch b[0] {
	case '[':
		l.addAll(b, depth)
		return
	case '"':
		// The list as text within a string, or an element that is a string.
		if s := scalar(b); json.Valid([]byte(s)) && s[0] == '[' {
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
		return
	}
	// An object without any field of an element may be a wrapper.
	if b[0] == '{' && isZero(&element) {
		if inner := unwrap(b); inner != nil {
			l.add(inner, depth+1)
			return
		}
	}
	*l = append(*l, element)
}

// addAll adds the elements of a list: at once where all have the documented
// shape, which costs a third of looking at each.
func (l *List[T]) addAll(b []byte, depth int) {
	if l.addPlain(b) {
		return
	}
	var elements []json.RawMessage
	_ = json.Unmarshal(b, &elements)
	for _, e := range elements {
		l.add(e, depth+1)
	}
}

// addPlain reports false, and adds nothing, where an element has another shape
// than the documented one.
func (l *List[T]) addPlain(b []byte) bool {
	var elements []T
	if json.Unmarshal(b, &elements) != nil {
		return false
	}
	for i := range elements {
		if isZero(&elements[i]) {
			return false
		}
	}
	*l = append(*l, elements...)
	return true
}

func isZero[T any](v *T) bool { return reflect.ValueOf(v).Elem().IsZero() }

// unwrap returns the value an object wraps: that of its only field, or of List;
// nil where this is neither an object nor a list.
func unwrap(b []byte) json.RawMessage {
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

// Paged is a page of a list with the number of all its entries, or the list
// alone.
type Paged[T any] struct {
	List       List[T]
	TotalCount Int
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *Paged[T]) UnmarshalJSON(b []byte) error {
	type fields Paged[T] // without this method
	*p = Paged[T]{}
	if b[0] == '{' {
		_ = json.Unmarshal(b, (*fields)(p)) // fields of another shape are absent
	}
	if p.List == nil && !p.TotalCount.Known {
		return p.List.UnmarshalJSON(b)
	}
	return nil
}

// Object is an object; a value of another shape is one without fields.
type Object[T any] struct{ Fields T }

// UnmarshalJSON implements [json.Unmarshaler].
func (o *Object[T]) UnmarshalJSON(b []byte) error {
	*o = Object[T]{}
	if b[0] != '{' {
		return nil
	}
	return json.Unmarshal(b, &o.Fields)
}
