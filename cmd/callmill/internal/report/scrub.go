package report

import (
	"bytes"
	"encoding/json"

	"callmill/pipeline/redact"
	"callmill/schema"
)

// quoting are the members of a run's file that may quote what was read.
var quoting = map[string]bool{"error": true, "says": true, "hint": true, "reason": true, "what": true}

// Scrub takes out of the file of a run what it may quote of its input. Of a damaged one,
// which may quote anywhere, nothing is left but that.
func Scrub(text []byte) ([]byte, error) {
	var file map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // large ones stay as they are
	if decoder.Decode(&file) != nil || decoder.More() {
		file = map[string]any{"error": "this file was damaged, and may have quoted what was read"}
	}
	scrub(file)
	return json.MarshalIndent(file, "", " ")
}

func scrub(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			switch text, isText := member.(string); {
			case isText && quoting[name]:
				v[name] = redact.Reason(text)
			case name == "met" || name == "coercions":
				v[name] = scrubbedNames(member)
			default:
				scrub(member)
			}
		}
	case []any:
		for _, element := range v {
			scrub(element)
		}
	}
}

// scrubbedNames scrubs counts by the names of fields.
func scrubbedNames(v any) any {
	counts, ok := v.(map[string]any)
	if !ok {
		return v
	}
	f := schema.Findings{Unknown: schema.Counts{}}
	for name, n := range counts {
		number, _ := n.(json.Number)
		count, _ := number.Int64() // a damaged one counts nothing
		f.Unknown[name] += count
	}
	redact.Findings(&f)
	return f.Unknown
}
