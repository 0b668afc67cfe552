package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/schema"
)

// TestLargeInput converts a response of 20 MB, more than is held at a time,
// from a file and from standard input.
func TestLargeInput(t *testing.T) {
	const n = 320
	var jobs []any
	for i := range n {
		job := fullJob(i)
		job["Extras"] = []any{object{"Key": "form", "Value": strings.Repeat("长", 64<<10/3)}}
		jobs = append(jobs, job)
	}
	text := response(t, "large", jobs)
	if len(text) < 20_000_000 {
		t.Fatalf("only %d bytes", len(text))
	}
	piped := filepath.Join(t.TempDir(), "data")
	if err := execute(t.Context(), piped, strings.NewReader(text), io.Discard); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"file":           convert(t, exit.Done, write(t, map[string]string{"large.json": text})),
		"standard input": piped,
	} {
		found := map[string]bool{}
		for _, r := range collect[schema.JobRow](t, data, schema.TableJobs) {
			found[r.JobID] = true
			if r.RequestID != "large" {
				t.Fatalf("from %s: job %s is of request %q", name, r.JobID, r.RequestID)
			}
		}
		for i := range n {
			if id := fmt.Sprintf("job-%05d", i); !found[id] {
				t.Errorf("from %s: no %s", name, id)
			}
		}
		if len(found) != n {
			t.Errorf("from %s: %d jobs, want %d", name, len(found), n)
		}
	}
}
