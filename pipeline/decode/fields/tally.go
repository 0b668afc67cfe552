package fields

import (
	"maps"

	"callmill/schema"
)

// Kind is something that is counted, by its name in Counts.
type Kind string

// Kinds of what is read here, and of what package decode reads around it.
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
	UnknownField           Kind = "unknown_field"
	InvalidUTF8            Kind = "invalid_utf8"
	SDKDump                Kind = "sdk_dump"
	RawLine                Kind = "raw_line"
	BodyText               Kind = "body_as_text"
	BareJob                Kind = "bare_job"
	ArrayOfDocuments       Kind = "array_of_documents"
	XMLDocument            Kind = "xml"
	XMLAttribute           Kind = "xml_attribute"
	ByteOrderMark          Kind = "byte_order_mark"
	Transcoded             Kind = "transcoded"
	Damaged                Kind = "damaged"
	FactsWithoutID         Kind = "facts_without_id"
	FactsNotRead           Kind = "facts_not_read"
)

// tally is what was met before the document being read, and in it.
type tally struct{ total, document schema.Counts }

// Settle ends a document: what was met in it counts.
func (r *Reader) Settle() {
	r.tally.total.Add(r.tally.document)
	clear(r.tally.document)
}

// Met returns what was met in the document so far.
func (r *Reader) Met() schema.Counts { return maps.Clone(r.tally.document) }

// Recount goes back to what was met when Met was called; nil is the beginning of
// the document.
func (r *Reader) Recount(to schema.Counts) {
	clear(r.tally.document)
	r.tally.document.Add(to)
}

// Count counts something that was met in the document.
func (r *Reader) Count(k Kind) {
	if r.Dry || r.XML && k.usualInXML() {
		return
	}
	r.tally.document[string(k)]++
}

// Counts returns what was met since New, by kind: the coercions of the package
// comment and, as action_<name>, the lines and pages of other actions. Kinds
// never met are absent.
func (r *Reader) Counts() schema.Counts {
	r.Settle()
	return maps.Clone(r.tally.total)
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
