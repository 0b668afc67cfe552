package fields

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"callmill/pipeline/decode/jsonscan"
	"callmill/schema"
)

// The methods of this file read one documented value each, in any of the
// spellings on the list. They return false at damage only; a value of a shape
// on no list is stepped over and reads as if it were not given, see impossible.

// Content reads a text that stays byte for byte.
func (r *Reader) Content(dst *string) bool {
	switch c := r.Next(); {
	case c == '"':
		s, ok := r.ReadString()
		*dst = s
		return ok
	case c == 'n':
		*dst = ""
		return r.Literal("null")
	case c == '-' || c-'0' <= 9:
		return r.numberAsString(dst)
	case c == 't' || c == 'f':
		return r.boolAsString(dst)
	}
	return r.notA("a string")
}

// Token reads a text without the white space around it.
func (r *Reader) Token(dst *string) bool {
	if c := r.Next(); c == '-' || c-'0' <= 9 {
		return r.numberAsToken(dst)
	}
	if !r.Content(dst) {
		return false
	}
	if s := *dst; s != "" && (isEdge(s[0]) || isEdge(s[len(s)-1])) {
		*dst = r.trim(s)
	}
	return true
}

// isEdge reports whether a text that begins or ends with c may have to be
// trimmed there.
func isEdge(c byte) bool { return c <= ' ' || c >= utf8.RuneSelf }

func (r *Reader) trim(s string) string {
	t := strings.TrimSpace(s)
	if len(t) != len(s) {
		r.Count(Trimmed)
	}
	return t
}

// numberAsString: digits as they stand, for they are an id or a phone number
// that must not pass through floating point.
func (r *Reader) numberAsString(dst *string) bool {
	literal, ok := r.Number()
	*dst = alias(literal)
	r.Count(NumberForString)
	return ok
}

// numberAsToken is numberAsString, but a whole number becomes its digits: what
// passed through a spreadsheet or a data frame is 13900001111.0 or
// 1.3900001111e10, and the same number still.
func (r *Reader) numberAsToken(dst *string) bool {
	if !r.numberAsString(dst) {
		return false
	}
	if !strings.ContainsAny(*dst, ".eE") {
		return true
	}
	n, _ := parseDecimal(*dst)
	if v, exact := n.whole(); exact {
		r.scratch = strconv.AppendInt(r.scratch[:0], v, 10)
		*dst = alias(r.memory.texts.keep(r.scratch))
		r.Count(DecimalForInteger)
	}
	return true
}

func (r *Reader) boolAsString(dst *string) bool {
	r.Count(BoolForString)
	if r.Text[r.Pos] == 't' {
		*dst = "true"
		return r.Literal("true")
	}
	*dst = "false"
	return r.Literal("false")
}

// Integer reads a whole number. set is false for null and "".
func (r *Reader) Integer() (v int64, set, ok bool) {
	switch c := r.Next(); {
	case c == '-' || c-'0' <= 9:
		literal, ok := r.Number()
		if !ok {
			return 0, false, false
		}
		v, set = r.whole(alias(literal))
		return v, set, true
	case c == 'n':
		return 0, false, r.Literal("null")
	case c == '"':
		return r.stringAsInteger()
	}
	return 0, false, r.notA("a number")
}

func (r *Reader) stringAsInteger() (v int64, set, ok bool) {
	s, ok := r.ReadString()
	if s = r.trim(s); s == "" || !ok {
		return 0, false, ok
	}
	r.Count(StringForNumber)
	v, set = r.whole(s)
	return v, set, true
}

// whole is the value of a number that must be whole.
func (r *Reader) whole(literal string) (int64, bool) {
	if v, plain := digits(literal); plain {
		return v, true
	}
	n, isNumber := parseDecimal(literal)
	if !isNumber {
		r.impossible(schema.RejectShape, Quoted(literal)+", not a number")
		return 0, false
	}
	v, exact := n.whole()
	if !exact {
		r.impossible(schema.RejectNumber, Quoted(literal)+", which is not a whole number of 64 bits")
		return 0, false
	}
	if strings.ContainsAny(literal, ".eE") {
		r.Count(DecimalForInteger)
	}
	return v, true
}

func (r *Reader) int32(dst **int32) bool {
	v, set, ok := r.Integer()
	*dst = nil
	if !set {
		return ok
	}
	if v != int64(int32(v)) {
		r.impossible(schema.RejectNumber, strconv.FormatInt(v, 10)+", which is beyond 32 bits")
		return ok
	}
	*dst = r.memory.int32s.one(int32(v))
	return ok
}

func (r *Reader) int64(dst **int64) bool {
	v, set, ok := r.Integer()
	optional(&r.memory.int64s, dst, v, set)
	return ok
}

func (r *Reader) boolean(dst **bool) bool {
	v, set, ok := r.Truth()
	optional(&r.memory.booleans, dst, v, set)
	return ok
}

// optional points dst to v where that is set.
func optional[T any](kept *arena[T], dst **T, v T, set bool) {
	*dst = nil
	if set {
		*dst = kept.one(v)
	}
}

// Instant reads milliseconds, or seconds.
func (r *Reader) Instant(dst *int64) bool {
	v, _, ok := r.Integer()
	*dst = r.milliseconds(v)
	return ok
}

// Instants of these are seconds: as milliseconds they are of the first months
// of 1970, as seconds from 2001 on.
const (
	firstSeconds = 1e9
	endOfSeconds = 1e10
)

// milliseconds is the instant that v stands for, 0 where there is none.
func (r *Reader) milliseconds(v int64) int64 {
	ms := v
	if v >= firstSeconds && v < endOfSeconds {
		ms = v * 1000
	}
	if !r.isInstant(ms) {
		return 0
	}
	if ms != v {
		r.countField(r.tally.document.Seconds)
	}
	return ms
}

// isInstant reports whether ms is an instant that the tables can hold.
func (r *Reader) isInstant(ms int64) bool {
	if ms >= 0 && ms <= schema.MaxInstant {
		return true
	}
	r.impossible(schema.RejectTime, strconv.FormatInt(ms, 10)+", an instant outside the years 1970 to 2099")
	return false
}

// Time reads RFC 3339 or what Instant does; given is false where there is none.
func (r *Reader) Time(dst *int64) (given, ok bool) {
	if r.Next() != '"' {
		ok := r.Instant(dst)
		return *dst != 0, ok
	}
	var s string
	if !r.Token(&s) || s == "" {
		return false, r.Bad.Code == ""
	}
	t, err := time.Parse(time.RFC3339, s)
	ms, plain := digits(s)
	switch {
	case err == nil:
		if *dst = t.UnixMilli(); !r.isInstant(*dst) {
			*dst = 0
		}
	case plain && s[0] != '-':
		*dst = r.milliseconds(ms)
	default:
		r.impossible(schema.RejectTime, Quoted(s)+", neither RFC 3339 nor milliseconds")
		return false, true
	}
	return true, true
}

// Truth reads a boolean; set is false for null and "".
func (r *Reader) Truth() (v, set, ok bool) {
	switch r.Next() {
	case 't':
		return true, true, r.Literal("true")
	case 'f':
		return false, true, r.Literal("false")
	case 'n':
		return false, false, r.Literal("null")
	case '0', '1':
		literal, ok := r.Number()
		if ok && len(literal) == 1 {
			r.Count(NumberForBool)
			return literal[0] == '1', true, true
		}
		r.impossible(schema.RejectShape, Quoted(string(literal))+", not true or false")
		return false, false, ok
	case '"':
		return r.stringAsBool()
	}
	return false, false, r.notA("true or false")
}

func (r *Reader) stringAsBool() (v, set, ok bool) {
	s, ok := r.ReadString()
	if s = r.trim(s); s == "" || !ok {
		return false, false, ok
	}
	r.Count(StringForBool)
	switch strings.ToLower(s) {
	case "true", "1":
		return true, true, true
	case "false", "0":
		return false, true, true
	}
	r.impossible(schema.RejectShape, Quoted(s)+", not true or false")
	return false, false, true
}

// notA steps over the value at Pos, which is of another kind than want.
func (r *Reader) notA(want string) bool {
	got, ok := r.skipOther()
	if ok {
		r.impossible(schema.RejectShape, got+", not "+want)
	}
	return ok
}

// NotA refuses the value at Pos, which is of another kind than want, and steps
// over it.
func (r *Reader) NotA(name, want string) bool {
	got, ok := r.skipOther()
	if ok {
		r.Refuse(schema.RejectShape, name, got+", not "+want)
	}
	return ok
}

// skipOther steps over the value at Pos and says of which kind it is.
func (r *Reader) skipOther() (kind string, ok bool) {
	if r.Pos >= len(r.Text) {
		return "", r.Ends()
	}
	kind = jsonscan.Kind(r.Text[r.Pos])
	return kind, r.Skip()
}

// Quoted is s for a reason, shortened.
func Quoted(s string) string { return `"` + Shortened(s) + `"` }

// Shortened is s, or the beginning of a long one.
func Shortened(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
