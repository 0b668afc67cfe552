package report_test

import (
	"io"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/report"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// A report of two million lines, the graph included, without loading them.
func BenchmarkReport(b *testing.B) {
	world, _ := simulated.World(b, simulate.Options{People: 20_000, Seed: 1})
	c := handmade.Repeated(world, 2_000_000)
	book, err := rules.Starter()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(c.Lines)), "lines/op")
	for b.Loop() {
		g := nodes.Find(c)
		r := report.Make(report.Data{Corpus: c, Graph: g, Selected: handmade.All(c)}, report.Options{Lang: schema.Chinese, Made: time.Unix(0, 0), Rules: book})
		if err := r.WriteHTML(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
