package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"
)

// InputLine is a line of raw/<run>/input-*.jsonl.zst: a piece of what convert
// read, with everything needed to read it again as it was read then. A piece is
// what a [Raw] is: a whole file, or a part of a large one.
type InputLine struct {
	Origin     string `json:"origin"` // the first member, which tells such a line from all others
	Position   int64  `json:"position,omitempty"`
	ObservedAt string `json:"observed_at"`
	Undated    bool   `json:"undated,omitempty"`
	InstanceID string `json:"instance_id"`
	Part       bool   `json:"part,omitempty"`
	Slice      bool   `json:"slice,omitempty"`

	Expected []Expected `json:"expected,omitempty"`

	Fault   string   `json:"fault,omitempty"`
	Archive *Archive `json:"archive,omitempty"`
	Reject  *Reject  `json:"reject,omitempty"`

	Body  string `json:"body,omitempty"`  // the text
	Bytes []byte `json:"bytes,omitempty"` // or, where it is not UTF-8, its bytes in Base64
}

// inputLineStart is how each such line begins.
const inputLineStart = `{"origin":`

// IsInputLines reports whether a text that begins with head is one of input
// lines.
func IsInputLines(head []byte) bool { return bytes.HasPrefix(head, []byte(inputLineStart)) }

// AppendInputLine appends the line of a piece to b, without a line break.
func AppendInputLine(b []byte, raw *Raw) ([]byte, error) {
	line := InputLine{
		Origin: raw.Origin, Position: raw.Position, ObservedAt: RawInstant(raw.ObservedAt), Undated: raw.Undated,
		InstanceID: raw.InstanceID, Part: raw.Part, Slice: raw.Slice, Expected: raw.Expected,
		Fault: raw.Fault, Archive: raw.Archive, Reject: raw.Reject,
	}
	if utf8.Valid(raw.Body) {
		line.Body = string(raw.Body)
	} else {
		line.Bytes = raw.Body
	}
	out := bytes.NewBuffer(b)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(&line)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// ParseInputLine returns the piece of a line.
func ParseInputLine(text []byte) (*Raw, error) {
	if !IsInputLines(text) {
		return nil, errors.New("not a kept piece of input")
	}
	var line InputLine
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, line.ObservedAt)
	if err != nil {
		return nil, err
	}
	raw := &Raw{
		Origin: line.Origin, Position: line.Position, ObservedAt: at.UnixMilli(), Undated: line.Undated,
		InstanceID: line.InstanceID, Part: line.Part, Slice: line.Slice, Expected: line.Expected,
		Fault: line.Fault, Archive: line.Archive, Reject: line.Reject, Body: line.Bytes,
	}
	if line.Body != "" {
		raw.Body = []byte(line.Body)
	}
	return raw, nil
}
