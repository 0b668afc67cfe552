package report

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestScrub: quotes of the input go from the file of a run, wherever they are in it, and
// all else stays.
func TestScrub(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"an error":   {`{"run":"r","error":"decode job: name \"张三\" is no number"}`, `{"run":"r","error":"decode job: name \"…\" is no number"}`},
		"a list":     {`{"reasons":[{"says":"张三 is not asked for","ids":["a"]}]}`, `{"reasons":[{"says":"… is not asked for","ids":["a"]}]}`},
		"names":      {`{"coercions":{"tasks.Priority":2,"tasks.张三":1,"tasks.10020000001":3}}`, `{"coercions":{"tasks.Priority":2,"tasks.…":4}}`},
		"damage":     {`{"error":"张三`, `{"error":"this file was damaged, and may have quoted what was read"}`},
		"what comes": {`{"run":"r"} {"error":"张三"}`, `{"error":"this file was damaged, and may have quoted what was read"}`},
		"no object":  {`["张三"]`, `{"error":"this file was damaged, and may have quoted what was read"}`},
	} {
		text, err := Scrub([]byte(test.file))
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := json.Unmarshal([]byte(test.want), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if again, err := Scrub(text); err != nil || string(again) != string(text) {
			t.Errorf("%s: once more it is %s (%v)", name, again, err)
		}
	}
	// Large numbers, which float64 has not, are the same text.
	if text, err := Scrub([]byte(`{"bytes":9007199254740993}`)); err != nil || string(text) != "{\n \"bytes\": 9007199254740993\n}" {
		t.Errorf("%s, %v", text, err)
	}
}
