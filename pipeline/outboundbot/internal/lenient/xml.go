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

// maxElements is how deep elements may be nested; the API's are within seven.
const maxElements = 100

// element is an XML element that is being read.
type element struct {
	name   string
	fields map[string]any
	text   strings.Builder
}

// add puts a child into the element: as an object or as text, and with others
// of its name as a list.
func (e *element) add(child *element) {
	var value any = child.fields
	if child.fields == nil {
		value = strings.TrimSpace(child.text.String())
	}
	if e.fields == nil {
		e.fields = map[string]any{}
	}
	switch before := e.fields[child.name].(type) {
	case nil:
		e.fields[child.name] = value
	case []any:
		e.fields[child.name] = append(before, value)
	default:
		e.fields[child.name] = []any{before, value}
	}
}

// fromXML spells XML as JSON: with a root or, as in the API's documentation,
// without.
func fromXML(body []byte) ([]byte, error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
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
