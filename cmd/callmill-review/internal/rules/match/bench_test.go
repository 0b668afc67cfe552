package match_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/pipeline/simulate"
)

// The starter set over a world; divide by lines/op for the time of a line.
func BenchmarkMatch(b *testing.B) {
	book, err := rules.Starter()
	if err != nil {
		b.Fatal(err)
	}
	c, _ := simulated.World(b, simulate.Options{People: 5000, Seed: 3})
	b.ReportMetric(float64(len(c.Lines)), "lines/op")
	b.ReportMetric(float64(len(c.Texts)), "texts/op")
	b.ReportAllocs()
	for b.Loop() {
		match.Find(book, c)
	}
}
