package decode

import (
	"strings"
	"unicode/utf8"

	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// The methods of this file read one documented value each, in any of the
// spellings on the list. They return false at damage only; a value of a shape
// on no list is stepped over and noted by refuse, which makes its job a reject.

// text fields: content reads what stays byte for byte, token what is trimmed.

func (d *Decoder) content(dst *string) bool {
	switch c := d.Next(); {
	case c == '"':
		s, ok := d.text()
		*dst = s
		return ok
	case c == 'n':
		*dst = ""
		return d.Literal("null")
	case c == '-' || c-'0' <= 9:
		return d.numberAsString(dst)
	case c == 't' || c == 'f':
		return d.boolAsString(dst)
	}
	return d.notA(d.field, "a string")
}

func (d *Decoder) token(dst *string) bool {
	if !d.content(dst) {
		return false
	}
	if s := *dst; s != "" && (isEdge(s[0]) || isEdge(s[len(s)-1])) {
		*dst = d.trim(s)
	}
	return true
}

// isEdge reports whether a text that begins or ends with c may have to be
// trimmed there.
func isEdge(c byte) bool { return c <= ' ' || c >= utf8.RuneSelf }

func (d *Decoder) trim(s string) string {
	t := strings.TrimSpace(s)
	if len(t) != len(s) {
		d.count(trimmed)
	}
	return t
}

// numberAsString: digits as they stand, for they are an id or a phone number
// that must not pass through floating point.
func (d *Decoder) numberAsString(dst *string) bool {
	literal, ok := d.Number()
	*dst = alias(literal)
	d.count(numberForString)
	return ok
}

func (d *Decoder) boolAsString(dst *string) bool {
	d.count(boolForString)
	if d.Text[d.Pos] == 't' {
		*dst = "true"
		return d.Literal("true")
	}
	*dst = "false"
	return d.Literal("false")
}

// integer reads a whole number. set is false for null and "".
func (d *Decoder) integer() (v int64, set, ok bool) {
	switch c := d.Next(); {
	case c == '-' || c-'0' <= 9:
		literal, ok := d.Number()
		if !ok {
			return 0, false, false
		}
		v, set = d.whole(alias(literal))
		return v, set, true
	case c == 'n':
		return 0, false, d.Literal("null")
	case c == '"':
		return d.stringAsInteger()
	}
	return 0, false, d.notA(d.field, "a number")
}

func (d *Decoder) stringAsInteger() (v int64, set, ok bool) {
	s, ok := d.text()
	if s = d.trim(s); s == "" || !ok {
		return 0, false, ok
	}
	d.count(stringForNumber)
	v, set = d.whole(s)
	return v, set, true
}

// whole is the value of a number that must be whole.
func (d *Decoder) whole(literal string) (int64, bool) {
	if v, plain := digits(literal); plain {
		return v, true
	}
	n, isNumber := parseDecimal(literal)
	if !isNumber {
		d.refuse(schema.RejectShape, d.field, quoted(literal)+", not a number")
		return 0, false
	}
	v, exact := n.whole()
	if !exact {
		d.refuse(schema.RejectNumber, d.field, quoted(literal)+", which is not a whole number of 64 bits")
		return 0, false
	}
	if strings.ContainsAny(literal, ".eE") {
		d.count(decimalForInteger)
	}
	return v, true
}

func (d *Decoder) int32(dst **int32) bool {
	v, set, ok := d.integer()
	*dst = nil
	if !set {
		return ok
	}
	if v != int64(int32(v)) {
		d.refuse(schema.RejectNumber, d.field, "beyond 32 bits")
		return ok
	}
	*dst = d.memory.int32s.one(int32(v))
	return ok
}

func (d *Decoder) int64(dst **int64) bool {
	v, set, ok := d.integer()
	*dst = nil
	if set {
		*dst = d.memory.int64s.one(v)
	}
	return ok
}

// maxInstant is the last millisecond of 9998: the year after it is the
// partition of jobs that were not called yet.
const maxInstant = 253370764799999

func (d *Decoder) instant(dst *int64) bool {
	v, _, ok := d.integer()
	*dst = v
	if v < 0 || v > maxInstant {
		*dst = 0
		d.refuse(schema.RejectTime, d.field, "an instant outside the years 1970 to 9998")
	}
	return ok
}

// truth reads a boolean; set is false for null and "".
func (d *Decoder) truth() (v, set, ok bool) {
	switch d.Next() {
	case 't':
		return true, true, d.Literal("true")
	case 'f':
		return false, true, d.Literal("false")
	case 'n':
		return false, false, d.Literal("null")
	case '0', '1':
		literal, ok := d.Number()
		if ok && len(literal) == 1 {
			d.count(numberForBool)
			return literal[0] == '1', true, true
		}
		d.refuse(schema.RejectShape, d.field, quoted(string(literal))+", not true or false")
		return false, false, ok
	case '"':
		return d.stringAsBool()
	}
	return false, false, d.notA(d.field, "true or false")
}

func (d *Decoder) stringAsBool() (v, set, ok bool) {
	s, ok := d.text()
	if s = d.trim(s); s == "" || !ok {
		return false, false, ok
	}
	d.count(stringForBool)
	switch strings.ToLower(s) {
	case "true", "1":
		return true, true, true
	case "false", "0":
		return false, true, true
	}
	d.refuse(schema.RejectShape, d.field, quoted(s)+", not true or false")
	return false, false, true
}

// notA refuses the value at p, which is of another kind than want, and steps
// over it.
func (d *Decoder) notA(name, want string) bool {
	if d.Pos >= len(d.Text) {
		return d.Ends()
	}
	got := jsonscan.Kind(d.Text[d.Pos])
	if !d.Skip() {
		return false
	}
	d.refuse(schema.RejectShape, name, got+", not "+want)
	return true
}

// quoted is s for a reason, shortened.
func quoted(s string) string { return `"` + shortened(s) + `"` }

func shortened(s string) string {
	const most = 40
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
