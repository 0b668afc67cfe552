// Package lenient reads the values of the API's envelopes and lists in every
// spelling that was met: numbers as strings, strings as numbers, one object
// where a list is documented, lists within objects that wrap them, XML for
// JSON. A value that fits nowhere reads as absent. Names of fields match in any
// case, as in encoding/json.
//
// It does not read jobs: package decode does, and rejects what it cannot read.
package lenient

import (
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-json"
)

// Read fills v, a pointer to a struct of the types below, with the fields of
// JSON that [JSON] returned. Fields of another shape stay as they are.
func Read(text []byte, v any) {
	_ = json.Unmarshal(text, v) // fields of another shape are absent
}

// Text is a string, a number or a boolean, without white space around it.
type Text string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = Text(scalar(b))
	return nil
}

// scalar returns a scalar as text; "" for null and for anything else.
func scalar(b []byte) string {
	switch b[0] {
	case '"':
		var s string
		_ = json.Unmarshal(b, &s) // Unmarshal has checked b before
		return strings.TrimSpace(s)
	case '{', '[', 'n':
		return ""
	}
	return string(b)
}

// Int is a whole number or a string that spells one. Known is false where it is
// absent.
type Int struct {
	Value int64
	Known bool
}

// UnmarshalJSON implements [json.Unmarshaler].
func (i *Int) UnmarshalJSON(b []byte) error {
	*i = Int{}
	s := scalar(b)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		*i = Int{n, true}
		return nil
	}
	// 41000.0 and 4.1e4 are whole numbers.
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		*i = Int{int64(f), true}
	}
	return nil
}

// Pointer returns nil where the number is absent.
func (i Int) Pointer() *int64 {
	if !i.Known {
		return nil
	}
	return &i.Value
}

// Bool is a boolean, a string that spells one, 0 or 1. Known is false where it
// is absent.
type Bool struct{ Value, Known bool }

// UnmarshalJSON implements [json.Unmarshaler].
func (v *Bool) UnmarshalJSON(b []byte) error {
	*v = Bool{}
	switch strings.ToLower(scalar(b)) {
	case "true", "1":
		*v = Bool{true, true}
	case "false", "0":
		*v = Bool{false, true}
	}
	return nil
}
