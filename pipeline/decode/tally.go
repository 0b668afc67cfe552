package decode

import (
	"maps"

	"callmill/schema"
)

// kind is something decode counts, by its name in Counts.
type kind string

const (
	numberForString        kind = "number_for_string"
	boolForString          kind = "bool_for_string"
	stringForNumber        kind = "string_for_number"
	stringForBool          kind = "string_for_bool"
	numberForBool          kind = "number_for_bool"
	decimalForInteger      kind = "decimal_for_integer"
	trimmed                kind = "trimmed"
	numericStatus          kind = "numeric_status"
	lowerCamel             kind = "lower_camel"
	objectForArray         kind = "object_for_array"
	emptyForArray          kind = "empty_string_for_array"
	emptyForObject         kind = "empty_string_for_object"
	nullElement            kind = "null_element"
	wrapped                kind = "wrapper"
	callingNumbersText     kind = "calling_numbers_json_text"
	callingNumbersString   kind = "calling_numbers_string"
	emptyCallingNumber     kind = "empty_calling_number"
	noSpeaker              kind = "no_speaker"
	noTaskID               kind = "no_task_id"
	duplicateTaskIdentical kind = "duplicate_task_identical"
	duplicateTaskReplaced  kind = "duplicate_task_replaced"
	unknownField           kind = "unknown_field"
	invalidUTF8            kind = "invalid_utf8"
	sdkDump                kind = "sdk_dump"
	rawLine                kind = "raw_line"
	bodyText               kind = "body_as_text"
	bareJob                kind = "bare_job"
	arrayOfDocuments       kind = "array_of_documents"
	xmlDocument            kind = "xml"
	xmlAttribute           kind = "xml_attribute"
	byteOrderMark          kind = "byte_order_mark"
	transcoded             kind = "transcoded"
	damaged                kind = "damaged"
	factsWithoutID         kind = "facts_without_id"
	factsNotRead           kind = "facts_not_read"
)

// tally is what was met since New, and in the document being read, which counts
// when that was read to its end.
type tally struct{ total, document schema.Counts }

func (t *tally) settle() {
	t.total.Add(t.document)
	clear(t.document)
}

func (d *Decoder) count(k kind) {
	if d.dry || d.xml != nil && k.usualInXML() {
		return
	}
	d.tally.document[string(k)]++
}

// Counts returns what was met since New, by kind: the coercions of the package
// comment and, as action_<name>, the lines and pages of other actions. Kinds
// never met are absent.
func (d *Decoder) Counts() schema.Counts {
	d.tally.settle()
	return maps.Clone(d.tally.total)
}

// usualInXML reports whether XML has no other way to say it, so that it is not a
// coercion there.
func (k kind) usualInXML() bool {
	switch k {
	case stringForNumber, stringForBool, objectForArray, emptyForArray, emptyForObject, callingNumbersString, emptyCallingNumber:
		return true
	}
	return false
}
