package shuffle_test

import (
	"fmt"
	"testing"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shuffle"
	"callmill/schema"
)

// BenchmarkReduce reduces keys with one job of a call with 20 lines each: jobs that are
// new, and the same jobs again upon their states. The words are not cut.
func BenchmarkReduce(b *testing.B) {
	const jobs = 2000
	records, appender := [][]byte{}, (*shuffle.Appender)(nil)
	appender = shuffle.NewAppender(func(_ schema.Key, record []byte) error {
		records = append(records, append([]byte(nil), record...))
		return nil
	})
	for n := range jobs {
		job := version(day0, 20, 0)
		job.JobID = fmt.Sprint("job-", n)
		if err := appender.Job(&schema.Raw{}, 0, job); err != nil {
			b.Fatal(err)
		}
	}
	states := make([][]byte, jobs)
	for _, name := range []string{"new", "again"} {
		b.Run(name, func(b *testing.B) {
			flattener := newFlattener()
			b.ReportAllocs()
			for b.Loop() {
				reducer := shuffle.NewReducer(shuffle.Options{Flattener: flattener, Rules: reconcile.Rules{Settle: settle}})
				var of shuffle.Records
				for n, record := range records {
					of.Reset()
					if err := of.Add(record); err != nil {
						b.Fatal(err)
					}
					if name == "again" {
						if err := of.Add(states[n]); err != nil {
							b.Fatal(err)
						}
					}
					result, err := reducer.Reduce(schema.Key{}, &of)
					if err != nil || (result == nil) != (name == "again") {
						b.Fatalf("result %v, %v", result, err)
					}
					if name == "new" {
						states[n] = result.State
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/jobs, "ns/job")
		})
	}
}
