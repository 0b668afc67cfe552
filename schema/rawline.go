package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Actions of the API that are kept in raw/.
const (
	ActionListJobs        = "ListJobs"
	ActionSearchTask      = "SearchTask"
	ActionListJobGroups   = "ListJobGroups"
	ActionListJobsByGroup = "ListJobsByGroup"
)

// RawLine is a line of raw/<run>/*.jsonl.zst: one response of the API, with
// all that is needed to read it again later. A pull sends the same lines to
// decode as it keeps, so that both ways give the same tables.
//
// Of an id that is answered with errors only, the line with the last of them
// is kept: see [RawLine.Unfetched].
type RawLine struct {
	// ObservedAt is when the response had been received, see [RawInstant].
	ObservedAt string   `json:"observed_at,omitempty"`
	InstanceID string   `json:"instance_id"`
	Action     string   `json:"action"` // one of Action…
	Asked      RawAsked `json:"asked"`
	// Status is that of HTTP; 0 means that nothing usable was received, and
	// Body is a string that says why.
	Status    int    `json:"status"`
	RequestID string `json:"request_id,omitempty"`
	// Body is the response, byte for byte, where it is JSON on one line;
	// otherwise a JSON string that holds its text. [RawBody] makes it,
	// [RawLine.Response] gives back what was received.
	Body json.RawMessage `json:"body"`
}

// RawAsked is what a request asked for besides its instance.
type RawAsked struct {
	// JobIDs are those of a ListJobs request.
	JobIDs []string `json:"job_ids,omitempty"`
	// Facts are what SearchTask had said of the tasks of these jobs, by job id
	// and task id: ListJobs does not say it, and a line stands for itself.
	Facts map[string]map[string]RawFacts `json:"facts,omitempty"`
	// Query are the parameters of the other actions.
	Query map[string]string `json:"query,omitempty"`
}

// RawFacts are [Facts] as a raw line spells them: the names are those of the
// columns of tasks.
type RawFacts struct {
	JobGroupName          string   `json:"job_group_name,omitempty"`
	ScriptName            string   `json:"script_name,omitempty"`
	CallMS                *int64   `json:"call_ms,omitempty"`
	RingingS              *int32   `json:"ringing_s,omitempty"`
	EndReason             *int32   `json:"end_reason,omitempty"`
	ReachedEnd            *bool    `json:"reached_end,omitempty"`
	LastPlaybackCompleted *bool    `json:"last_playback_completed,omitempty"`
	HungUpByRejection     *bool    `json:"hung_up_by_rejection,omitempty"`
	DialExceptions        []string `json:"dial_exceptions,omitempty"`
}

// rawInstant is RFC 3339 with milliseconds.
const rawInstant = "2006-01-02T15:04:05.000Z07:00"

// RawInstant spells an instant in ms as raw lines do.
func RawInstant(ms int64) string { return time.UnixMilli(ms).UTC().Format(rawInstant) }

// RawBody gives the body of a line that holds what was received. Text that is
// neither JSON nor UTF-8 loses the bytes that are not.
func RawBody(received []byte) json.RawMessage {
	received = bytes.TrimSpace(received)
	if !bytes.ContainsAny(received, "\r\n") && json.Valid(received) && received[0] != '"' {
		return received
	}
	text, _ := json.Marshal(string(received)) // strings can always be marshalled
	return text
}

// Response gives back what was received: Body, or the text it holds.
func (l *RawLine) Response() []byte {
	var text string
	if len(l.Body) > 0 && l.Body[0] == '"' && json.Unmarshal(l.Body, &text) == nil {
		return []byte(text)
	}
	return l.Body
}

// Append appends the line to b, without a line break. Body is copied as it is:
// encoding/json would take out its white space and escape characters of HTML.
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

// Unfetched gives the reject that a line stands for, if it does: ListJobs was
// asked for a single id and answers it with errors only. nil is any other
// line. The reject's Raw is a line without instants and request ids, so that
// the same id is the same reject every night.
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

// failure reads what a line says of a request that failed.
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
	// A body of another shape leaves what could be read.
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

// Raw spells the facts as a raw line does.
func (f *Facts) Raw() RawFacts { return RawFacts(*f) }

// Facts are the facts that a raw line spelled.
func (f *RawFacts) Facts() Facts { return Facts(*f) }
