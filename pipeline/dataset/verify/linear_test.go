package verify

import (
	"fmt"
	"testing"
	"time"

	"callmill/schema"
)

// The time to check a job is linear in its tasks, also where only the last of them
// has turns or summaries, and where summaries are of turns that are not there: for
// 8 times the tasks it stays below the 64 times and more of a quadratic check,
// with room for what the caches of a busy machine add.
func TestJobsAreCheckedInLinearTime(t *testing.T) {
	allSpeak := func(rows *schema.Rows) {
		for i := range rows.Tasks {
			rows.Turns = append(rows.Turns, schema.TurnRow{TaskID: rows.Tasks[i].TaskID})
		}
	}
	tests := []struct {
		name string
		set  func(*schema.Rows)
	}{
		{"only the last task has a turn", func(rows *schema.Rows) {
			rows.Turns = []schema.TurnRow{{TaskID: rows.Tasks[len(rows.Tasks)-1].TaskID}}
		}},
		{"summaries of the last turn", func(rows *schema.Rows) {
			allSpeak(rows)
			last := &rows.Turns[len(rows.Turns)-1]
			for range rows.Tasks {
				rows.Summaries = append(rows.Summaries, schema.SummaryRow{}, schema.SummaryRow{TaskID: last.TaskID, TurnIndex: &last.TurnIndex})
			}
		}},
		{"summaries of no turn", func(rows *schema.Rows) {
			allSpeak(rows)
			for range rows.Tasks {
				rows.Summaries = append(rows.Summaries, schema.SummaryRow{TaskID: "none", TurnIndex: new(int32(0))})
			}
		}},
	}
	const few = 2000
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			short, long := timeToCheck(few, tt.set), timeToCheck(8*few, tt.set)
			if ratio := float64(long) / float64(short); ratio > 48 {
				t.Errorf("%d tasks take %v, %d take %v: %.0f times", few, short, 8*few, long, ratio)
			}
		})
	}
}

// timeToCheck returns the shortest of several times to check a job of n tasks.
func timeToCheck(n int, set func(*schema.Rows)) time.Duration {
	rows := &schema.Rows{Job: schema.JobRow{JobID: "j", TaskCount: int32(n)}}
	for i := range n {
		rows.Tasks = append(rows.Tasks, schema.TaskRow{JobID: "j", TaskID: fmt.Sprintf("t%07d", i), TaskIndex: int32(i)})
	}
	set(rows)
	shard := &shard{shardID{0, 0, 1}, map[string]*tableFile{schema.TableJobs: {}}, nil}
	shortest := time.Hour
	for range 9 {
		c := &shardCheck{plan: &plan{}, shard: shard, rows: *rows, unlisted: map[string]bool{}}
		start := time.Now()
		c.checkJob(0)
		shortest = min(shortest, time.Since(start))
	}
	return shortest
}
