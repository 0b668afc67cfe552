package decode

import "callmill/pipeline/decode/fields"

// Kinds of what is read around the jobs, beside those of package fields.
const (
	sdkDump          fields.Kind = "sdk_dump"
	rawLine          fields.Kind = "raw_line"
	bodyText         fields.Kind = "body_as_text"
	bareJob          fields.Kind = "bare_job"
	arrayOfDocuments fields.Kind = "array_of_documents"
	xmlRead          fields.Kind = "xml"
	xmlAttribute     fields.Kind = "xml_attribute"
	byteOrderMark    fields.Kind = "byte_order_mark"
	transcoded       fields.Kind = "transcoded"
	damaged          fields.Kind = "damaged"
	factsWithoutID   fields.Kind = "facts_without_id"
)
