package jobsort

import (
	"fmt"
	"testing"

	"callmill/schema"
)

// someJob is a job with one call of eight lines.
func someJob(n int) *schema.Job {
	id := fmt.Sprintf("%08x-job", uint32(n)*2654435761)
	task := schema.Task{TaskID: id + "-1", CalledNumber: fmt.Sprintf("138%08d", n), ActualTime: 1769000000000 + int64(n)*7919%86_400_000, Status: "SucceededFinish"}
	for i := range 8 {
		task.Turns = append(task.Turns, schema.Turn{
			Speaker: schema.SpeakerRobot, Script: fmt.Sprintf("您好，请问是%d号%d楼吗？", n, i), Timestamp: task.ActualTime + int64(i)*4000,
		})
	}
	return &schema.Job{InstanceID: "instance", JobID: id, Status: schema.JobSucceeded, Tasks: []schema.Task{task}}
}

const benchmarkJobs = 5000

func sortedJobs(b *testing.B, jobs []*schema.Job) *Store {
	store := NewStore(Options{})
	a := store.Appender()
	for n, job := range jobs {
		if _, err := a.Append(schema.Key{byte(n), byte(n >> 8)}, int32(n%14), job.Tasks[0].ActualTime, schema.ContentHash{}, job); err != nil {
			b.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		b.Fatal(err)
	}
	return store
}

func manyJobsOf(n int) []*schema.Job {
	jobs := make([]*schema.Job, n)
	for i := range jobs {
		jobs[i] = someJob(i)
	}
	return jobs
}

// BenchmarkAppend encodes, sorts and compresses.
func BenchmarkAppend(b *testing.B) {
	jobs := manyJobsOf(benchmarkJobs)
	b.ReportAllocs()
	for b.Loop() {
		if err := sortedJobs(b, jobs).Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchmarkJobs*8), "ns/turn")
}

// BenchmarkSorted reads it all back in order.
func BenchmarkSorted(b *testing.B) {
	store := sortedJobs(b, manyJobsOf(benchmarkJobs))
	defer store.Close()
	var decoder Decoder
	b.ReportAllocs()
	for b.Loop() {
		for day := range store.days {
			sorted, err := store.Sorted(day, 0, 1, all)
			for err == nil && sorted.Peek() != nil {
				if _, err = decoder.Job(sorted.Peek()); err == nil {
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
