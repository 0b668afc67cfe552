package fields

import (
	"maps"

	"callmill/schema"
)

// Kind is something that is counted, by its name in the findings.
type Kind string

// Kinds of what is read here.
const (
	NumberForString        Kind = "number_for_string"
	BoolForString          Kind = "bool_for_string"
	StringForNumber        Kind = "string_for_number"
	StringForBool          Kind = "string_for_bool"
	NumberForBool          Kind = "number_for_bool"
	DecimalForInteger      Kind = "decimal_for_integer"
	Trimmed                Kind = "trimmed"
	NumericStatus          Kind = "numeric_status"
	LowerCamel             Kind = "lower_camel"
	ObjectForArray         Kind = "object_for_array"
	EmptyForArray          Kind = "empty_string_for_array"
	EmptyForObject         Kind = "empty_string_for_object"
	NullElement            Kind = "null_element"
	Wrapped                Kind = "wrapper"
	CallingNumbersText     Kind = "calling_numbers_json_text"
	CallingNumbersString   Kind = "calling_numbers_string"
	EmptyCallingNumber     Kind = "empty_calling_number"
	NoSpeaker              Kind = "no_speaker"
	NoTaskID               Kind = "no_task_id"
	DuplicateTaskIdentical Kind = "duplicate_task_identical"
	DuplicateTaskReplaced  Kind = "duplicate_task_replaced"
	FactsNotRead           Kind = "facts_not_read"
)

// tally is what was met before the document being read, and in it.
type tally struct{ total, document schema.Findings }

func newTally() (t tally) {
	for _, f := range [...]*schema.Findings{&t.total, &t.document} {
		f.Coercions, f.Impossible, f.Seconds = schema.Counts{}, schema.Counts{}, schema.Counts{}
		f.Damaged, f.Unknown = schema.Counts{}, schema.Counts{}
	}
	return t
}

// Settle ends a document: what was met in it counts.
func (r *Reader) Settle() {
	r.tally.total.Add(&r.tally.document)
	r.tally.document.Clear()
}

// Met returns what was met in the document so far.
func (r *Reader) Met() schema.Findings { return r.tally.document.Clone() }

// Recount goes back to what was met when Met was called; nil is the beginning of
// the document.
func (r *Reader) Recount(to *schema.Findings) {
	r.tally.document.Clear()
	if to != nil {
		r.tally.document.Add(to)
	}
}

// Forget forgets the fields and the values that were met in the document, which
// is not of the kind whose fields are documented here. There, lists have wrappers.
func (r *Reader) Forget() {
	d := &r.tally.document
	delete(d.Coercions, string(Wrapped))
	for _, c := range [...]schema.Counts{d.Impossible, d.Seconds, d.Damaged, d.Unknown} {
		clear(c)
	}
}

// UnknownMet returns the members met in the document so far that are not
// documented; nil where there are none.
func (r *Reader) UnknownMet() schema.Counts {
	if len(r.tally.document.Unknown) == 0 {
		return nil // the usual case, in which nothing is allocated
	}
	return maps.Clone(r.tally.document.Unknown)
}

// RecountUnknown goes back to what UnknownMet returned.
func (r *Reader) RecountUnknown(to schema.Counts) {
	clear(r.tally.document.Unknown)
	r.tally.document.Unknown.Add(to)
}

// Count counts something that was met in the document.
func (r *Reader) Count(k Kind) {
	if r.Dry || r.XML && k.usualInXML() {
		return
	}
	r.tally.document.Coercions[string(k)]++
}

// CountDamaged counts a text in which something was no character.
func (r *Reader) CountDamaged() { r.countField(r.tally.document.Damaged) }

// CountDamagedAs is CountDamaged where that was seen before fields were.
func (r *Reader) CountDamagedAs(name string) {
	if !r.Dry {
		r.tally.document.Damaged[name]++
	}
}

// countField counts the field being read.
func (r *Reader) countField(c schema.Counts) {
	if !r.Dry {
		c[r.nameOf(r.field)]++
	}
}

// countUnknown counts a member that is not documented.
func (r *Reader) countUnknown(name []byte) {
	if !r.Dry && !r.quiet && len(name) > 0 {
		r.tally.document.AddUnknown(r.nameOf(Shortened(alias(name))), 1)
	}
}

// Findings returns what was met since NewReader.
func (r *Reader) Findings() schema.Findings {
	r.Settle()
	return r.tally.total.Clone()
}

// usualInXML reports whether XML has no other way to say it, so that it is not a
// coercion there.
func (k Kind) usualInXML() bool {
	switch k {
	case StringForNumber, StringForBool, ObjectForArray, EmptyForArray, EmptyForObject, CallingNumbersString, EmptyCallingNumber:
		return true
	}
	return false
}
