package callapi

import (
	"encoding/json"
	"fmt"
	"time"

	"callmill/schema"
)

// line spells an answer as the raw line that is kept.
func (a *answer) line(r *request, facts map[string]map[string]schema.RawFacts) []byte {
	l := schema.RawLine{
		ObservedAt: schema.RawInstant(a.observedAt), InstanceID: r.instanceID, Action: r.action,
		Asked:  schema.RawAsked{JobIDs: r.jobIDs, Facts: facts, Query: r.query},
		Status: a.status, RequestID: a.requestID, Body: schema.RawBody(a.body),
	}
	return l.Append(nil)
}

// raw is a line as a run reads it.
func (a *answer) raw(r *request, line []byte) *schema.Raw {
	return &schema.Raw{Origin: origin(r.action, a.requestID), InstanceID: r.instanceID, ObservedAt: a.observedAt, Body: line}
}

// origin names a request among the origins of rejects.
func origin(action, requestID string) string {
	if requestID == "" {
		return action
	}
	return action + " request " + requestID
}

// readLine reads a line that was kept.
func readLine(text []byte) (*schema.RawLine, *answer, error) {
	var line schema.RawLine
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, nil, fmt.Errorf("read a kept line: %w", err)
	}
	at, err := time.Parse(time.RFC3339, line.ObservedAt)
	if err != nil {
		return nil, nil, fmt.Errorf("read a kept line: %w", err)
	}
	body := line.Response()
	spelled, err := asJSON(body)
	if err != nil {
		return nil, nil, fmt.Errorf("read a kept line: %w", err)
	}
	return &line, &answer{at.UnixMilli(), line.Status, line.RequestID, body, spelled}, nil
}

// failedLine spells the line of an id that is answered with errors only, and
// the reject it stands for. Where the API's own words do not say that it
// failed, or there are none, ours do.
func (c *Client) failedLine(r *request, f *failure) ([]byte, *schema.Reject) {
	l := schema.RawLine{
		ObservedAt: schema.RawInstant(time.Now().UnixMilli()), InstanceID: r.instanceID, Action: r.action,
		Asked: schema.RawAsked{JobIDs: r.jobIDs}, RequestID: f.cause.RequestID,
	}
	if f.got != nil && (f.got.status >= 400 || f.coded) {
		l.Status, l.Body = f.got.status, schema.RawBody(c.keys.scrubBytes(f.got.body))
	}
	reject := l.Unfetched()
	if l.Status == 0 || reject == nil {
		l.Status = 0
		l.Body, _ = json.Marshal(f.cause.reason) // strings can always be marshalled
		reject = l.Unfetched()
	}
	reject.Origin = origin(r.action, f.cause.RequestID)
	return l.Append(nil), reject
}
