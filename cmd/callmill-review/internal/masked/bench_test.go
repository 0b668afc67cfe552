//go:build cgo

package masked_test

import (
	"os"
	"testing"

	"callmill/cmd/callmill-review/internal/query"
)

// BenchmarkCorpus masks the corpus of the dataset in the folder CALLMILL_BENCH_DATA.
func BenchmarkCorpus(b *testing.B) {
	dir := os.Getenv("CALLMILL_BENCH_DATA")
	if dir == "" {
		b.Skip("CALLMILL_BENCH_DATA names no dataset")
	}
	db := open(b, dir)
	m := masker(b, 0)
	for b.Loop() {
		b.StopTimer()
		c := load(b, db, query.LoadOptions{})
		b.StartTimer()
		masked := mask(b, m, db, c)
		b.ReportMetric(float64(len(masked.Lines)), "lines")
		b.ReportMetric(float64(len(masked.Texts)), "texts")
	}
}
