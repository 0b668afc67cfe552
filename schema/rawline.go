package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Actions of the API whose responses are kept in raw/.
const (
	ActionListJobs        = "ListJobs"
	ActionSearchTask      = "SearchTask"
	ActionListJobGroups   = "ListJobGroups"
	ActionListJobsByGroup = "ListJobsByGroup"
)

// RawLine is a line of raw/<run>/*.jsonl.zst: one response of the API, with
// everything needed to decode it again. A pull decodes the lines that it keeps,
// so that converting them later yields the same tables.
//
// If the API answers an id with errors only, the line of the last one is kept:
// see [RawLine.Unfetched].
type RawLine struct {
	// ObservedAt is when the response was received, as [RawInstant] formats it.
	ObservedAt string   `json:"observed_at,omitempty"`
	InstanceID string   `json:"instance_id"`
	Action     string   `json:"action"` // one of Action…
	Asked      RawAsked `json:"asked"`
	// Status is the HTTP status; 0 means that no usable response was
	// received, and Body is a string with the reason.
	Status    int    `json:"status"`
	RequestID string `json:"request_id,omitempty"`
	// Body is the response, byte for byte, if it is JSON on one line; otherwise
	// a JSON string that holds its text. [RawBody] encodes a response,
	// [RawLine.Response] decodes it.
	Body json.RawMessage `json:"body"`
}

// RawAsked holds the parameters of a request, without the instance.
type RawAsked struct {
	// JobIDs are the ids a ListJobs request asked for.
	JobIDs []string `json:"job_ids,omitempty"`
	// Query are the parameters of the other actions.
	Query map[string]string `json:"query,omitempty"`
}

// rawInstant is the layout of RFC 3339 with milliseconds.
const rawInstant = "2006-01-02T15:04:05.000Z07:00"

// RawInstant formats a timestamp in ms as raw lines have it.
func RawInstant(ms int64) string { return time.UnixMilli(ms).UTC().Format(rawInstant) }

// RawBody encodes a response as the body of a line. Of text that is not JSON,
// invalid UTF-8 is replaced by U+FFFD.
func RawBody(received []byte) json.RawMessage {
	received = bytes.TrimSpace(received)
	if !bytes.ContainsAny(received, "\r\n") && json.Valid(received) && received[0] != '"' {
		return received
	}
	text, _ := json.Marshal(string(received)) // strings can always be marshalled
	return text
}

// Response returns what was received: Body, or the text it holds.
func (l *RawLine) Response() []byte {
	var text string
	if len(l.Body) > 0 && l.Body[0] == '"' && json.Unmarshal(l.Body, &text) == nil {
		return []byte(text)
	}
	return l.Body
}

// Append appends the line to b, without a line break. Body is copied verbatim:
// encoding/json would remove its white space and escape <, > and &.
func (l *RawLine) Append(b []byte) []byte {
	head := *l
	head.Body = nil
	text, _ := json.Marshal(&head) // no field of it can fail
	b = append(b, bytes.TrimSuffix(text, []byte("null}"))...)
	if len(l.Body) == 0 {
		return append(b, "null}"...)
	}
	return append(append(b, l.Body...), '}')
}

// Unfetched returns the reject of a line in which ListJobs answers a request for
// a single id with an error, nil for any other line. The reject's Raw is a line
// without timestamp and request id, so that an id has the same reject in every
// run.
func (l *RawLine) Unfetched() *Reject {
	if l.Action != ActionListJobs || len(l.Asked.JobIDs) != 1 {
		return nil
	}
	code, words, failed := l.failure()
	if !failed {
		return nil
	}
	spelled, _ := json.Marshal(code) // strings can always be marshalled
	raw := RawLine{
		InstanceID: l.InstanceID, Action: l.Action, Asked: RawAsked{JobIDs: l.Asked.JobIDs}, Status: l.Status,
		Body: fmt.Appendf(nil, `{"Success":false,"Code":%s}`, spelled),
	}
	if l.RequestID != "" {
		words += ", request " + l.RequestID
	}
	reject := &Reject{
		InstanceID: l.InstanceID, JobID: l.Asked.JobIDs[0], Code: RejectUnfetched,
		Reason: "ListJobs answers this id with errors only, at last: " + words,
		Raw:    raw.Append(nil),
	}
	if at, err := time.Parse(time.RFC3339, l.ObservedAt); err == nil {
		reject.ObservedAt = at.UnixMilli()
	}
	return reject
}

// failure returns the error code and description of a request that failed.
func (l *RawLine) failure() (code, words string, failed bool) {
	if l.Status == 0 {
		text := strings.TrimSpace(string(l.Response()))
		if text == "" || text == "null" || strings.HasPrefix(text, "{") {
			text = "no answer"
		}
		return "", text, true
	}
	var envelope struct {
		Code, Message string
		Success       any
	}
	// The fields that could be decoded are used, also of a body of another shape.
	_ = json.Unmarshal(l.Response(), &envelope)
	refused := envelope.Success == false || envelope.Success == "false"
	if l.Status < 400 && !refused {
		return "", "", false
	}
	words = fmt.Sprintf("HTTP %d", l.Status)
	for _, more := range []string{envelope.Code, envelope.Message} {
		if more != "" {
			words += ", " + more
		}
	}
	return envelope.Code, words, true
}
