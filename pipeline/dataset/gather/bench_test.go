package gather

import (
	"fmt"
	"strings"
	"testing"

	"callmill/schema"
)

// someJob is a job with one call of eight lines.
func someJob(n int) *schema.Rows {
	id := fmt.Sprintf("%08x-job", uint32(n)*2654435761)
	rows := &schema.Rows{
		Job:     schema.JobRow{InstanceID: "instance", JobID: id, FirstCallTime: int64(n) * 7919 % 86_400_000},
		Tasks:   []schema.TaskRow{{InstanceID: "instance", JobID: id, TaskID: id + "-1", CalledNumber: fmt.Sprintf("138%08d", n)}},
		JobDate: int32(n % 14),
	}
	for i := range 8 {
		tokens := []string{"您好", "，", "请问", "是", fmt.Sprint(n), "号", fmt.Sprint(i), "楼", "吗", "？"}
		rows.Turns = append(rows.Turns, schema.TurnRow{
			InstanceID: "instance", JobID: id, TaskID: id + "-1", TurnIndex: int32(i), TurnsLeft: int32(7 - i),
			Speaker: schema.SpeakerRobot, Script: strings.Join(tokens, ""), Tokens: tokens, Pattern: "您好，请问是{num}号{num}楼吗？",
			StoredTime: 1769000000000 + int64(i)*4000, GapMS: new(int64(4000)), Timing: schema.TimingOK, Outcome: schema.Completed,
		})
	}
	return rows
}

const benchmarkJobs = 5000

func gathered(b *testing.B, codec *Codec, jobs []*schema.Rows) *Store {
	store := NewStore(codec, Options{})
	a := store.Appender()
	for n, rows := range jobs {
		if _, err := a.Append(schema.Key{byte(n), byte(n >> 8)}, rows); err != nil {
			b.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		b.Fatal(err)
	}
	return store
}

func benchmarkRows() []*schema.Rows {
	jobs := make([]*schema.Rows, benchmarkJobs)
	for n := range jobs {
		jobs[n] = someJob(n)
	}
	return jobs
}

// BenchmarkAppend encodes, sorts and compresses.
func BenchmarkAppend(b *testing.B) {
	codec, jobs := codecFor(b), benchmarkRows()
	b.ReportAllocs()
	for b.Loop() {
		if err := gathered(b, codec, jobs).Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchmarkJobs*8), "ns/turn")
}

// BenchmarkSorted reads it all back in order.
func BenchmarkSorted(b *testing.B) {
	codec := codecFor(b)
	store := gathered(b, codec, benchmarkRows())
	defer store.Close()
	var rows schema.Rows
	sink := Sink{
		Job:  func() (*schema.JobRow, error) { return &rows.Job, nil },
		Task: placeIn(&rows.Tasks), Turn: placeIn(&rows.Turns), Contact: placeIn(&rows.Contacts),
		Extra: placeIn(&rows.Extras), Summary: placeIn(&rows.Summaries),
	}
	b.ReportAllocs()
	for b.Loop() {
		for day := range store.days {
			sorted, err := store.Sorted(day, 0, 1, all)
			for err == nil && sorted.Peek() != nil {
				rows.Tasks, rows.Turns = rows.Tasks[:0], rows.Turns[:0]
				if err = codec.Decode(sorted.Peek(), sink, nil); err == nil {
					err = sorted.Take()
				}
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchmarkJobs*8), "ns/turn")
}
