package texts_test

import (
	"testing"

	"callmill/pipeline/redact/span"
	"callmill/pipeline/redact/texts"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// BenchmarkMask masks the calls of a simulated world, job by job, as a run does: what
// redaction adds to the time that a line takes.
func BenchmarkMask(b *testing.B) {
	w, err := simulate.New(simulate.Options{People: 2000})
	if err != nil {
		b.Fatal(err)
	}
	var jobs []*schema.Job
	lines := 0
	for i := range w.Len() {
		job, _ := w.Job(i)
		jobs = append(jobs, job)
		for _, t := range job.Tasks {
			lines += len(t.Turns)
		}
	}
	m := texts.New()
	var call []span.Line
	b.ReportAllocs()
	for b.Loop() {
		for _, job := range jobs {
			m.Of(job)
			for k := range job.Tasks {
				call = call[:0]
				for _, t := range job.Tasks[k].Turns {
					call = append(call, span.Line{Speaker: t.Speaker, Text: t.Script})
				}
				m.Mask(call)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}
