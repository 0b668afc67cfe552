package decode

import "callmill/schema"

// kind is something decode counts.
type kind int

const (
	numberForString kind = iota
	boolForString
	stringForNumber
	stringForBool
	numberForBool
	decimalForInteger
	trimmed
	numericStatus
	lowerCamel
	objectForArray
	emptyForArray
	emptyForObject
	nullElement
	wrapped
	callingNumbersText
	callingNumbersString
	emptyCallingNumber
	noSpeaker
	noTaskID
	duplicateTaskIdentical
	duplicateTaskReplaced
	unknownField
	invalidUTF8
	sdkDump
	rawLine
	bodyText
	bareJob
	arrayOfDocuments
	xmlDocument
	xmlAttribute
	byteOrderMark
	transcoded
	damaged
	factsWithoutID
	factsNotRead
	kinds
)

// kindNames are the names of the kinds in Counts.
func kindNames() [kinds]string {
	return [kinds]string{
		numberForString:        "number_for_string",
		boolForString:          "bool_for_string",
		stringForNumber:        "string_for_number",
		stringForBool:          "string_for_bool",
		numberForBool:          "number_for_bool",
		decimalForInteger:      "decimal_for_integer",
		trimmed:                "trimmed",
		numericStatus:          "numeric_status",
		lowerCamel:             "lower_camel",
		objectForArray:         "object_for_array",
		emptyForArray:          "empty_string_for_array",
		emptyForObject:         "empty_string_for_object",
		nullElement:            "null_element",
		wrapped:                "wrapper",
		callingNumbersText:     "calling_numbers_json_text",
		callingNumbersString:   "calling_numbers_string",
		emptyCallingNumber:     "empty_calling_number",
		noSpeaker:              "no_speaker",
		noTaskID:               "no_task_id",
		duplicateTaskIdentical: "duplicate_task_identical",
		duplicateTaskReplaced:  "duplicate_task_replaced",
		unknownField:           "unknown_field",
		invalidUTF8:            "invalid_utf8",
		sdkDump:                "sdk_dump",
		rawLine:                "raw_line",
		bodyText:               "body_as_text",
		bareJob:                "bare_job",
		arrayOfDocuments:       "array_of_documents",
		xmlDocument:            "xml",
		xmlAttribute:           "xml_attribute",
		byteOrderMark:          "byte_order_mark",
		transcoded:             "transcoded",
		damaged:                "damaged",
		factsWithoutID:         "facts_without_id",
		factsNotRead:           "facts_not_read",
	}
}

// tally is what was met since New.
type tally struct {
	kinds   [kinds]int64
	actions map[string]int64
}

func (d *Decoder) count(k kind) {
	if d.dry || d.xml != nil && k.usualInXML() {
		return
	}
	d.tally.kinds[k]++
}

// Counts returns what was met since New, by kind: the coercions of the package
// comment and, as action_<name>, the lines and pages of other actions. Kinds
// never met are absent.
func (d *Decoder) Counts() schema.Counts {
	counts, names := schema.Counts{}, kindNames()
	for k, n := range d.tally.kinds {
		if n > 0 {
			counts[names[k]] = n
		}
	}
	for action, n := range d.tally.actions {
		counts["action_"+action] = n
	}
	return counts
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
