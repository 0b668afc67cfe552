package lenient

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

var utf8BOM = []byte("\uFEFF")

// JSON returns a body as JSON: the body itself, or the content of XML with
// repeated elements as lists. An error says that the body is neither, damaged
// or cut off. The result may alias body.
func JSON(body []byte) ([]byte, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, utf8BOM))
	if len(body) > 0 && body[0] == '<' {
		return fromXML(body)
	}
	if json.Valid(body) {
		return body, nil
	}
	if len(body) > 0 && (body[0] == '{' || body[0] == '[') {
		return nil, errors.New("it is damaged or ends in the middle")
	}
	return nil, errors.New("it is not JSON")
}

// maxElements is how deep elements may be nested; the API's are within seven.
const maxElements = 100

// element is an XML element that is being read.
type element struct {
	name   string
	fields map[string]any
	text   strings.Builder
}

// value returns the element in JSON's terms: an object, or text.
func (e *element) value() any {
	if e.fields == nil {
		return strings.TrimSpace(e.text.String())
	}
	return e.fields
}

// add puts a child into the element.
func (e *element) add(child *element) {
	if e.fields == nil {
		e.fields = map[string]any{}
	}
	switch before := e.fields[child.name].(type) {
	case nil:
		e.fields[child.name] = child.value()
	case []any:
		e.fields[child.name] = append(before, child.value())
	default:
		e.fields[child.name] = []any{before, child.value()}
	}
}

// fromXML reads XML with a root or, as in the API's documentation, without.
func fromXML(body []byte) ([]byte, error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	open := []*element{{}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && len(open) == 1 {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("it is damaged or ends in the middle: %w", err)
		}
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) > maxElements {
				return nil, errors.New("its elements are nested too deep")
			}
			open = append(open, &element{name: token.Name.Local})
		case xml.CharData:
			top.text.Write(token)
		case xml.EndElement:
			open = open[:len(open)-1]
			open[len(open)-1].add(top)
		}
	}
	root := open[0].fields
	if len(root) == 1 {
		for _, only := range root {
			if fields, ok := only.(map[string]any); ok {
				root = fields
			}
		}
	}
	return json.Marshal(root)
}
