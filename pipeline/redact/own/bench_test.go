package own_test

import (
	"testing"

	"callmill/pipeline/redact/own"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// BenchmarkFind searches the calls of a simulated world for what their jobs say.
func BenchmarkFind(b *testing.B) {
	w, err := simulate.New(simulate.Options{People: 1000})
	if err != nil {
		b.Fatal(err)
	}
	var jobs []*schema.Job
	calls := map[*schema.Job][][]span.Line{}
	lines := 0
	for i := range w.Len() {
		job, _ := w.Job(i)
		jobs = append(jobs, job)
		for _, t := range job.Tasks {
			var call []span.Line
			for _, turn := range t.Turns {
				call = append(call, span.Line{Speaker: turn.Speaker, Text: turn.Script})
			}
			lines += len(call)
			calls[job] = append(calls[job], call)
		}
	}
	f := own.New()
	var found []span.Span
	b.ReportAllocs()
	for b.Loop() {
		for _, job := range jobs {
			f.Job(job)
			for _, call := range calls[job] {
				found = f.Find(found[:0], call)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}
