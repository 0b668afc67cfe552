//go:build unix

package consistency_test

import (
	"fmt"
	"math"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"callmill/pipeline/dataset/verify/consistency"
	"callmill/schema"
)

// The work to check a job is linear in its tasks, also where only the last of them
// has turns or summaries, and where summaries are of turns that are not there: for
// 8 times the tasks it stays below the 64 times and more of a quadratic check.
//
// Work is measured in CPU time, which does not pass while other processes run, and
// a job is checked again while it seems to be too much: they also take the caches.
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
			defer debug.SetGCPercent(debug.SetGCPercent(-1)) // not its work
			short, long := jobOf(few, tt.set), jobOf(8*few, tt.set)
			const most = 48
			leastShort, leastLong := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for round := range 40 {
				leastShort, leastLong = min(leastShort, workToCheck(t, short)), min(leastLong, workToCheck(t, long))
				if round >= 4 && leastLong < most*leastShort {
					return
				}
			}
			t.Errorf("%d tasks take %v, %d take %v: %.0f times", few, leastShort, 8*few, leastLong, float64(leastLong)/float64(leastShort))
		})
	}
}

// jobOf returns the rows of a job of n tasks.
func jobOf(n int, set func(*schema.Rows)) *schema.Rows {
	rows := &schema.Rows{Job: schema.JobRow{JobID: "j", TaskCount: int32(n)}}
	for i := range n {
		rows.Tasks = append(rows.Tasks, schema.TaskRow{JobID: "j", TaskID: fmt.Sprintf("t%07d", i), TaskIndex: int32(i)})
	}
	set(rows)
	return rows
}

// workToCheck returns the CPU time it takes to check a job.
func workToCheck(t *testing.T, rows *schema.Rows) time.Duration {
	t.Helper()
	c := consistency.New(consistency.Rules{})
	p := &consistency.Part{
		Shard: consistency.Shard{Buckets: 1}, Path: func(table string) string { return table },
		Keys: make([]schema.Key, 1), Jobs: []schema.Rows{*rows},
	}
	start := cpuTime(t)
	c.Check(p)
	return cpuTime(t) - start
}

// cpuTime returns the CPU time of this process.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
