// Package lenient reads the values of the API's envelopes and lists in every
// spelling that was met: numbers as strings, strings as numbers, one object
// where a list is documented, lists within objects that wrap them, XML for
// JSON. A value that fits nowhere reads as absent. Names of members match in any
// case.
//
// It does not read jobs: package decode does, and rejects what it cannot read.
package lenient

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Object holds the members of an object by name.
type Object map[string]json.RawMessage

// Value is a member; nil is one that is absent.
type Value []byte

var utf8BOM = []byte("\uFEFF")

// Parse returns the object that a body consists of, in JSON or in XML, with
// repeated elements as lists. An error says that the body is neither, damaged
// or cut off.
func Parse(body []byte) (Object, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, utf8BOM))
	if len(body) > 0 && body[0] == '<' {
		spelled, err := fromXML(body)
		if err != nil {
			return nil, err
		}
		body = spelled
	}
	var o Object
	switch err := json.Unmarshal(body, &o); {
	case err == nil && o != nil:
		return o, nil
	case json.Valid(body):
		return nil, errors.New("it is not an object")
	case len(body) > 0 && (body[0] == '{' || body[0] == '['):
		return nil, errors.New("it is damaged or ends in the middle")
	}
	return nil, errors.New("it is not JSON")
}

// Get returns the member with a name in any case.
func (o Object) Get(name string) Value {
	if v, ok := o[name]; ok {
		return Value(v)
	}
	for member, v := range o {
		if strings.EqualFold(member, name) {
			return Value(v)
		}
	}
	return nil
}

// Object returns the members of an object, nil for any other value.
func (v Value) Object() Object {
	var o Object
	_ = json.Unmarshal(v, &o) // a value of another shape has none
	return o
}

// Text returns a string without white space around it, or a number or a boolean
// as it is spelled; "" for any other value.
func (v Value) Text() string {
	switch v.kind() {
	case '"':
		var s string
		_ = json.Unmarshal(v, &s) // v was checked as a part of its object
		return strings.TrimSpace(s)
	case '{', '[', 'n', 0:
		return ""
	}
	return string(v)
}

// Int returns a whole number, which may be spelled as a string.
func (v Value) Int() (n int64, ok bool) {
	s := v.Text()
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	// 41000.0 and 4.1e4 are whole numbers.
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f), true
	}
	return 0, false
}

// Bool returns a boolean, which may be spelled as a string or as 0 or 1.
func (v Value) Bool() (value, ok bool) {
	s := strings.ToLower(v.Text())
	value = s == "true" || s == "1"
	return value, value || s == "false" || s == "0"
}

// List returns the objects of a list, its one element, or those of an object or
// a string that holds one of these. key is a member that tells an element from
// an object around elements.
func (v Value) List(key string) []Object { return v.appendTo(nil, key, 0) }

func (v Value) appendTo(list []Object, key string, depth int) []Object {
	const maxWrappers = 4
	if depth > maxWrappers {
		return list
	}
	switch v.kind() {
	case '[':
		var elements []json.RawMessage
		_ = json.Unmarshal(v, &elements)
		for _, e := range elements {
			list = Value(e).appendTo(list, key, depth+1)
		}
	case '"':
		if s := Value(v.Text()); s.kind() == '[' && json.Valid(s) {
			return s.appendTo(list, key, depth+1)
		}
	case '{':
		o := v.Object()
		if inner := o.wrapped(); inner != nil && o.Get(key) == nil {
			return inner.appendTo(list, key, depth+1)
		}
		list = append(list, o)
	}
	return list
}

// wrapped returns the list or object that an object wraps, as its only member or
// as List; nil if it wraps none.
func (o Object) wrapped() Value {
	for name, member := range o {
		v := Value(member)
		if (strings.EqualFold(name, "List") || len(o) == 1) && (v.kind() == '[' || v.kind() == '{') {
			return v
		}
	}
	return nil
}

// Holds reports whether the value is a list or an object, or a string that holds a
// list: what List can read.
func (v Value) Holds() bool {
	switch v.kind() {
	case '[', '{':
		return true
	case '"':
		return Value(v.Text()).kind() == '['
	}
	return false
}

// Page returns the objects of a page of a list, as List does, and how many the
// API counts on all pages; 0 where it does not count them.
func (v Value) Page(key string) (list []Object, total int64) {
	o := v.Object()
	total, counted := o.Get("TotalCount").Int()
	if list = o.Get("List").List(key); list == nil && !counted {
		list = v.List(key)
	}
	return list, total
}

// kind returns the first character of a value, 0 if it is absent.
func (v Value) kind() byte {
	if len(v) == 0 {
		return 0
	}
	return v[0]
}
