package others_test

import (
	"testing"

	"callmill/pipeline/redact/others"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/simulate"
)

// BenchmarkFind searches the calls of a simulated world.
func BenchmarkFind(b *testing.B) {
	w, err := simulate.New(simulate.Options{People: 1000})
	if err != nil {
		b.Fatal(err)
	}
	var calls [][]span.Line
	lines := 0
	for i := range w.Len() {
		job, _ := w.Job(i)
		for _, t := range job.Tasks {
			var call []span.Line
			for _, turn := range t.Turns {
				call = append(call, span.Line{Speaker: turn.Speaker, Text: turn.Script})
			}
			lines += len(call)
			calls = append(calls, call)
		}
	}
	f := others.New()
	var found []span.Span
	b.ReportAllocs()
	for b.Loop() {
		for _, call := range calls {
			found = f.Find(found[:0], call)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*lines), "ns/line")
}
