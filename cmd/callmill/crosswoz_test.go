package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/schema"
)

// counts are what is known of the sample, counted in the responses by others.
type counts struct {
	Jobs                  int            `json:"jobs"`
	JobStatus             map[string]int `json:"job_status"`
	FailureReason         map[string]int `json:"failure_reason"`
	Tasks                 int            `json:"tasks"`
	TaskStatus            map[string]int `json:"task_status"`
	TasksWithConversation int            `json:"tasks_with_conversation"`
	DurationTotal         int64          `json:"duration_total"`
	TasksPerDay           map[string]int `json:"tasks_per_day_asia_shanghai"`
	Turns                 int            `json:"turns"`
	TurnsPerSpeaker       map[string]int `json:"turns_per_speaker"`
	ScriptChars           int            `json:"script_chars"`
	DistinctScripts       int            `json:"distinct_scripts"`
	Contacts              int            `json:"contacts"`
	Extras                int            `json:"extras"`
	CallingNumbers        int            `json:"calling_numbers"`
	JobSummaries          int            `json:"job_summaries"`
	TurnSummaries         int            `json:"turn_summaries"`
	// Of the rows TaskId, turn index, Speaker, Timestamp in ms, Script.
	SHA256SortedRows string `json:"sha256_sorted_rows"`
}

// TestCrosswoz converts 500 real dialogues and finds every one of them, and
// every byte that was said, in the tables.
func TestCrosswoz(t *testing.T) {
	sample := crosswoz(t)
	text, err := os.ReadFile(sample + ".expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var want counts
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	got := countTables(t, convert(t, exit.Done, sample))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counted in the responses, and in the tables (-want +got):\n%s", diff)
	}
}

func countTables(t *testing.T, data string) counts {
	c := counts{
		JobStatus: map[string]int{}, FailureReason: map[string]int{}, TaskStatus: map[string]int{},
		TasksPerDay: map[string]int{}, TurnsPerSpeaker: map[string]int{},
	}
	for _, r := range collect[schema.JobRow](t, data, schema.TableJobs) {
		c.Jobs++
		c.JobStatus[r.JobStatus]++
		c.FailureReason[r.FailureReason]++
		c.CallingNumbers += len(r.CallingNumbers)
	}
	for _, r := range collect[schema.TaskRow](t, data, schema.TableTasks) {
		c.Tasks++
		c.TaskStatus[r.TaskStatus]++
		if r.TurnCount > 0 {
			c.TasksWithConversation++
		}
		if r.Duration != nil {
			c.DurationTotal += *r.Duration
		}
		if r.CallDate != nil {
			c.TasksPerDay[time.Unix(int64(*r.CallDate)*86400, 0).UTC().Format(time.DateOnly)]++
		}
	}
	scripts := map[string]bool{}
	var rows []string
	for _, r := range collect[schema.TurnRow](t, data, schema.TableTurns) {
		c.Turns++
		c.TurnsPerSpeaker[r.Speaker]++
		c.ScriptChars += int(r.Chars)
		scripts[r.Script] = true
		rows = append(rows, fmt.Sprintf("%s\t%d\t%s\t%d\t%s", r.TaskID, r.TurnIndex, r.Speaker, r.StoredTime, r.Script))
		if joined := strings.Join(r.Tokens, ""); joined != r.Script {
			t.Errorf("task %s turn %d: the tokens of %q join to %q", r.TaskID, r.TurnIndex, r.Script, joined)
		}
	}
	c.DistinctScripts = len(scripts)
	slices.Sort(rows)
	sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
	c.SHA256SortedRows = hex.EncodeToString(sum[:])
	c.Contacts = len(collect[schema.ContactRow](t, data, schema.TableContacts))
	c.Extras = len(collect[schema.ExtraRow](t, data, schema.TableExtras))
	for _, r := range collect[schema.SummaryRow](t, data, schema.TableSummaries) {
		if r.TurnIndex == nil {
			c.JobSummaries++
		} else {
			c.TurnSummaries++
		}
	}
	return c
}
