package decode

import (
	"bytes"
	"encoding/xml"

	"callmill/schema"
)

// spell appends the content of the element being read, up to its end, as JSON:
// an object where it has elements, else a string. child is its first element,
// where that was already read. Repeated elements become repeated members.
func (x *xmlReader) spell(dst []byte, child *xml.StartElement, depth int) ([]byte, bool) {
	if depth > x.d.maxDepth {
		return dst, x.tooDeep()
	}
	start, text, members := len(dst), false, 0
	dst = append(dst, '"')
	for {
		var t xml.Token
		if child != nil {
			t, child = *child, nil
		} else if next, ok := x.token(); ok {
			t = next
		} else {
			return dst, false
		}
		switch t := t.(type) {
		case xml.CharData:
			text = text || len(bytes.TrimSpace(t)) > 0
			if members == 0 {
				dst = appendEscaped(dst, t)
			}
		case xml.StartElement:
			if t.Name.Local == "Jobs" || t.Name.Local == "Job" {
				x.d.p = x.at()
				return dst, x.d.fail(schema.RejectSyntax, "XML: a job within a job")
			}
			x.attributes(t)
			if members++; members == 1 {
				dst = append(dst[:start], '{')
			} else {
				dst = append(dst, ',')
			}
			dst = append(dst, '"')
			dst = appendEscaped(dst, []byte(t.Name.Local))
			dst = append(dst, '"', ':')
			var ok bool
			if dst, ok = x.spell(dst, nil, depth+1); !ok {
				return dst, false
			}
		case xml.EndElement:
			if members == 0 {
				return append(dst, '"'), true
			}
			if text {
				dst = append(dst, `,"`+mixedText+`":""`...)
			}
			return append(dst, '}'), true
		}
	}
}

// mixedText is the member spell gives an object that had text between its
// elements. No element can have this name.
const mixedText = "#text"

// refuseMixed makes a reject of a job with text where only elements can be.
func (d *Decoder) refuseMixed(name []byte) bool {
	if d.repeats && string(name) == mixedText {
		d.refuse(schema.RejectShape, "an element", "text and elements mixed")
		return true
	}
	return false
}

// appendEscaped appends text as the inside of a JSON string.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
