package schema_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/schema"
)

func TestRawLine(t *testing.T) {
	line := schema.RawLine{
		ObservedAt: schema.RawInstant(1769045400123), InstanceID: "af81", Action: schema.ActionListJobs,
		Asked: schema.RawAsked{
			JobIDs: []string{"job-1", "job-2"},
		},
		Status: 200, RequestID: "254EB995",
		Body: schema.RawBody([]byte(`{"Jobs": [],  "Message": "<&>"}` + "\n")),
	}
	const want = `{"observed_at":"2026-01-22T01:30:00.123Z","instance_id":"af81","action":"ListJobs",` +
		`"asked":{"job_ids":["job-1","job-2"]},` +
		`"status":200,"request_id":"254EB995","body":{"Jobs": [],  "Message": "<&>"}}`
	if got := string(line.Append(nil)); got != want {
		t.Errorf("spelled\n%s, want\n%s", got, want)
	}
}

// A response is encoded on one line and decoded again: byte for byte if it is
// JSON on one line, otherwise as text.
func TestRawBodyComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		received := rapid.OneOf(
			rapid.String(),
			rapid.SampledFrom([]string{"", "{}", `"text"`, "{\n}", `{"a": "<\u2028>"}`, "<html>\r\n</html>", "null", "{\"cut\": ["}),
		).Draw(t, "received")
		line := schema.RawLine{Action: schema.ActionListJobs, Body: schema.RawBody([]byte(received))}
		text := line.Append(nil)
		if bytes.ContainsAny(text, "\r\n") {
			t.Fatalf("%q is on several lines", text)
		}
		var again schema.RawLine
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := string(again.Response()); got != strings.TrimSpace(received) {
			t.Fatalf("%q came back as %q by %s", received, got, text)
		}
	})
}

func TestUnfetched(t *testing.T) {
	one := schema.RawAsked{JobIDs: []string{"job-1"}}
	tests := []struct {
		name   string
		line   schema.RawLine
		reason string // after "at last: "; "" for no reject
	}{
		{"answer", schema.RawLine{Action: "ListJobs", Asked: one, Status: 200, Body: []byte(`{"Success":true,"Jobs":[]}`)}, ""},
		{"answer without Success", schema.RawLine{Action: "ListJobs", Asked: one, Status: 200, Body: []byte(`{"Jobs":[]}`)}, ""},
		{"another action", schema.RawLine{Action: "SearchTask", Asked: one, Status: 500, Body: []byte(`{}`)}, ""},
		{"several ids", schema.RawLine{Action: "ListJobs", Asked: schema.RawAsked{JobIDs: []string{"a", "b"}}, Status: 500}, ""},
		{"error", schema.RawLine{Action: "ListJobs", Asked: one, Status: 500, RequestID: "R", Body: []byte(`{"Code":"InternalError","Message":"oops"}`)},
			"HTTP 500, InternalError, oops, request R"},
		{"refused", schema.RawLine{Action: "ListJobs", Asked: one, Status: 200, Body: []byte(`{"Success":false,"Code":"X"}`)}, "HTTP 200, X"},
		{"refused, spelled", schema.RawLine{Action: "ListJobs", Asked: one, Status: 200, Body: []byte(`{"Success":"false","Code":"X"}`)}, "HTTP 200, X"},
		{"a page", schema.RawLine{Action: "ListJobs", Asked: one, Status: 502, Body: []byte(`"<html>"`)}, "HTTP 502"},
		{"nothing", schema.RawLine{Action: "ListJobs", Asked: one, Body: []byte(`"connection reset by peer"`)}, "connection reset by peer"},
		{"nothing at all", schema.RawLine{Action: "ListJobs", Asked: one}, "no answer"},
	}
	for _, tt := range tests {
		reject := tt.line.Unfetched()
		if (reject != nil) != (tt.reason != "") {
			t.Errorf("%s: reject %v", tt.name, reject)
			continue
		}
		if reject == nil {
			continue
		}
		if _, reason, _ := strings.Cut(reject.Reason, "at last: "); reason != tt.reason || reject.JobID != "job-1" || reject.Code != schema.RejectUnfetched {
			t.Errorf("%s: %+v, want the reason %q", tt.name, reject, tt.reason)
		}
		// What is kept reads as the same reject, in every run.
		var kept schema.RawLine
		if err := json.Unmarshal(reject.Raw, &kept); err != nil {
			t.Fatalf("%s: %s: %v", tt.name, reject.Raw, err)
		}
		if again := kept.Unfetched(); again == nil || !bytes.Equal(again.Raw, reject.Raw) || again.JobID != "job-1" {
			t.Errorf("%s: %s reads as %+v", tt.name, reject.Raw, again)
		}
	}
}
