package shapes

import (
	"encoding/json"
	"fmt"
)

// A tree is JSON that keeps the order of members: object, []any, string,
// json.Number, bool or nil.
type (
	object []member
	member struct {
		name  string
		value any
	}
	absent struct{} // the value of a member that is omitted in writing
)

// walk visits every member of the object and of nested ones, inner ones first.
func (o object) walk(visit func(*member)) {
	for i := range o {
		walkValue(o[i].value, visit)
		visit(&o[i])
	}
}

func walkValue(v any, visit func(*member)) {
	switch v := v.(type) {
	case object:
		v.walk(visit)
	case []any:
		for _, element := range v {
			walkValue(element, visit)
		}
	}
}

func readTree(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			element, err := readTree(d)
			if err != nil {
				return nil, err
			}
			list = append(list, element)
		}
		_, err := d.Token()
		return list, err
	case json.Delim('{'):
		var o object
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			value, err := readTree(d)
			if err != nil {
				return nil, err
			}
			o = append(o, member{name.(string), value})
		}
		_, err := d.Token()
		return o, err
	}
	return token, nil
}

func appendTree(b []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		separator := ""
		for _, m := range v {
			if m.value == (absent{}) {
				continue
			}
			b = append(b, separator...)
			separator = ","
			if b, err = appendTree(b, m.name); err != nil {
				return nil, err
			}
			if b, err = appendTree(append(b, ':'), m.value); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	case []any:
		b = append(b, '[')
		for i, element := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendTree(b, element); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %T: %w", v, err)
	}
	return append(b, text...), nil
}
