package schema_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/schema"
)

// TestInputLine: a piece of input comes back as it was, whatever its bytes.
func TestInputLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "{\n}\n", "\u2028<&>\uFFFD", "\ufeff{}", "\xca\xc7", "\xff\xfe{\x00"}))
		raw := schema.Raw{
			Origin: rapid.String().Draw(t, "origin"), Position: rapid.Int64Min(0).Draw(t, "position"), InstanceID: rapid.String().Draw(t, "instance"),
			ObservedAt: rapid.Int64Range(0, 4e12).Draw(t, "at"), Undated: rapid.Bool().Draw(t, "undated"), Part: rapid.Bool().Draw(t, "part"),
			Body: []byte(text.Draw(t, "body")), Fault: rapid.String().Draw(t, "fault"),
		}
		if rapid.Bool().Draw(t, "archive") {
			raw.Archive = &schema.Archive{Head: []byte(text.Draw(t, "head")), Bytes: 7, SHA256: "ab"}
		}
		if rapid.Bool().Draw(t, "reject") {
			raw.Reject = &schema.Reject{Code: schema.RejectTooLarge, Reason: "long", Raw: []byte(text.Draw(t, "raw")), RawBytes: 5}
		}
		line, err := schema.AppendInputLine([]byte("kept"), &raw)
		if err != nil {
			t.Fatal(err)
		}
		line = bytes.TrimPrefix(line, []byte("kept"))
		if bytes.ContainsAny(line, "\r\n") || !schema.IsInputLines(line) {
			t.Fatalf("%q is no line", line)
		}
		again, err := schema.ParseInputLine(line)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(raw, *again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s (-kept +read):\n%s", line, diff)
		}
	})
	for _, text := range []string{`{}`, `{"origin":1}`, `{"origin":"a","observed_at":"soon"}`, `{"origin":"a"`} {
		if _, err := schema.ParseInputLine([]byte(text)); err == nil {
			t.Errorf("%s is a line", text)
		}
	}
}
