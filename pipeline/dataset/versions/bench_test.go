package versions

import (
	"testing"

	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// BenchmarkDecide decides between versions of a million jobs, of which half are
// published with another content, a quarter with the same and a quarter not at all.
func BenchmarkDecide(b *testing.B) {
	const jobs = 1_000_000
	for range b.N {
		b.StopTimer()
		s := newStore(b, 64<<20)
		old, seen := s.published.all.Writer(), s.Appender()
		tasks := []schema.Task{{TaskID: "a", Status: "SucceededFinish"}, {TaskID: "b", Status: "NoAnswer"}}
		for n := range jobs {
			key, hash := keyOf(n), schema.ContentHash{byte(n % 4)}
			if n%4 < 3 {
				job := publishedJob{key: key, content: schema.ContentHash{2}, observedAt: 100, firstSeen: 100, hasTasks: true}
				if err := old.Encode(job.code); err != nil {
					b.Fatal(err)
				}
			}
			entry := uint64(n) + 1
			if n%4 == 2 {
				entry = 0
			}
			v := Version{Key: key, Hash: hash, Job: &schema.Job{InstanceID: "default", JobID: "job", ObservedAt: 200, Tasks: tasks}}
			if err := seen.Add(&v, 7, entry); err != nil {
				b.Fatal(err)
			}
		}
		for _, end := range []func() error{old.Close, seen.Flush, s.published.all.Merge} {
			if err := end(); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		v, err := s.Decide(b.Context(), nil, nil, &reconcile.Rules{})
		if err != nil || v.Counts.Changed != jobs/2 {
			b.Fatalf("%v, counts %+v", err, v.Counts)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/jobs, "ns/job")
}
