package decode_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// shared finds a file beside the project; the test is skipped where there is
// none.
func shared(tb testing.TB, name string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		path := filepath.Join(dir, "shared", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Skipf("shared/%s is not there", name)
		}
		dir = parent
	}
}

func crosswoz(tb testing.TB) [][]byte {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(shared(tb, "data/crosswoz"), "*.json"))
	if err != nil || len(paths) == 0 {
		tb.Fatalf("no responses: %v", err)
	}
	var bodies [][]byte
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// TestCrossWOZ holds decode to counts taken by code that shares nothing with
// it.
func TestCrossWOZ(t *testing.T) {
	bodies := crosswoz(t)
	var want struct {
		Jobs, Tasks, Turns, Contacts, Extras int
		CallingNumbers                       int    `json:"calling_numbers"`
		JobSummaries                         int    `json:"job_summaries"`
		TurnSummaries                        int    `json:"turn_summaries"`
		DurationTotal                        int64  `json:"duration_total"`
		SortedRows                           string `json:"sha256_sorted_rows"`
	}
	expected, err := os.ReadFile(shared(t, "data/crosswoz.expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(expected, &want); err != nil {
		t.Fatal(err)
	}
	got := want
	got.Jobs, got.Tasks, got.Turns, got.Contacts, got.Extras = 0, 0, 0, 0, 0
	got.CallingNumbers, got.JobSummaries, got.TurnSummaries, got.DurationTotal = 0, 0, 0, 0
	var rows []string
	d := decode.New(decode.Options{})
	for _, body := range bodies {
		for item := range d.Items(&schema.Raw{Body: body}) {
			if item.Reject != nil {
				t.Fatalf("reject: %+v", item.Reject)
			}
			j := item.Job
			got.Jobs++
			got.Tasks += len(j.Tasks)
			got.Contacts += len(j.Contacts)
			got.Extras += len(j.Extras)
			got.CallingNumbers += len(j.CallingNumbers)
			got.JobSummaries += len(j.Summaries)
			for _, task := range j.Tasks {
				got.Turns += len(task.Turns)
				if task.Duration != nil {
					got.DurationTotal += *task.Duration
				}
				for i, turn := range task.Turns {
					got.TurnSummaries += len(turn.Summaries)
					rows = append(rows, fmt.Sprintf("%s\t%d\t%s\t%d\t%s", task.TaskID, i, turn.Speaker, turn.Timestamp, turn.Script))
				}
			}
		}
	}
	slices.Sort(rows)
	sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
	got.SortedRows = hex.EncodeToString(sum[:])
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if found := told(d.Findings()); found != "counts {}" {
		t.Errorf("found in documented responses: %s", found)
	}
}
