package redact

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/schema"
)

func TestReason(t *testing.T) {
	for reason, want := range map[string]string{
		`Jobs[0].JobId is "10020000001", not a number`:                       `Jobs[0].JobId is "…", not a number`,
		`the API answered Success:false "A" "张三 says "x"" with status 400`:   `the API answered Success:false "…" with status 400`,
		"ends in the middle, at byte 123456":                                 "ends in the middle, at byte 123456",
		"Jobs[].Priority is 10020000001, which is beyond 32 bits":            "Jobs[].Priority is …, which is beyond 32 bits",
		"HTTP 400, InvalidParameter, 号码 10020000001（张三）无效, request 1A-2":     "HTTP 400, InvalidParameter, … …, request 1A-2",
		"no Jobs, but a list named 张三, which is not documented":              "no Jobs, but a list named …, which is not documented",
		"in body: a list named someone@example.com, which is not documented": "in body: a list named … which is not documented",
		"an element of Jobs is text, not an object":                          "an element of Jobs is text, not an object",
		`one " alone`: `one " alone`,
		"":            "",
	} {
		if got := Reason(reason); got != want {
			t.Errorf("Reason(%q)\n = %q, want\n   %q", reason, got, want)
		}
	}
}

func TestReject(t *testing.T) {
	whole := schema.Reject{JobID: "j", Code: schema.RejectShape, Reason: `"x"`, Raw: []byte("abc")}
	kept := whole
	New(Options{}).Reject(&kept)
	if diff := cmp.Diff(whole, kept); diff != "" {
		t.Errorf("under keep (-want +got):\n%s", diff)
	}
	r := redactor(Mask, "k")
	for range 2 { // what is replayed was redacted before
		r.Reject(&whole)
		want := schema.Reject{
			JobID: "j", Code: schema.RejectShape, Reason: `"…"`,
			RawBytes: 3, RawSHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		}
		if diff := cmp.Diff(want, whole); diff != "" {
			t.Errorf("under mask (-want +got):\n%s", diff)
		}
	}
}

func TestFindings(t *testing.T) {
	f := schema.Findings{
		Coercions: schema.Counts{"trimmed": 1, "action_ListJobs": 2, "action_张三": 3},
		Unknown: schema.Counts{
			"Jobs[].Tasks[].Extra1": 1, "Jobs[].10020000001": 2, "Jobs[].张三": 3, "张三": 4, "张三.Name": 5, "a b": 6,
		},
	}
	Findings(&f)
	want := schema.Findings{
		Coercions: schema.Counts{"trimmed": 1, "action_ListJobs": 2, "…": 3},
		Unknown:   schema.Counts{"Jobs[].Tasks[].Extra1": 1, "Jobs[].…": 5, "…": 15},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestOrigin(t *testing.T) {
	for origin, want := range map[string]string{
		"bad/10020000001.json":              "bad/….json",
		"rec-100-2000-0001.json":            "rec-….json",
		"responses/20260122.json":           "responses/20260122.json",
		"nights/2026-01-22/1.json":          "nights/2026-01-22/1.json",
		"raw/20260122T013000Z-1f3a9c/1.zst": "raw/20260122T013000Z-1f3a9c/1.zst",
		"ListJobs 3":                        "ListJobs 3",
		"20261322.json":                     "….json",
	} {
		if got := Origin(origin); got != want {
			t.Errorf("Origin(%q) = %q; want %q", origin, got, want)
		}
	}
}

// TestReasonInGroups: a number in groups is one.
func TestReasonInGroups(t *testing.T) {
	for reason, want := range map[string]string{
		"of 100 2000 0001 is none":  "of … is none",
		"of 100-2000-0001.":         "of ….",
		"line 12:345 of 20 is 3.14": "line 12:345 of 20 is 3.14",
	} {
		if got := Reason(reason); got != want {
			t.Errorf("Reason(%q) = %q; want %q", reason, got, want)
		}
	}
}
