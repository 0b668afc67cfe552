//go:build unix

package contrast_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/contrast"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/pipeline/simulate"
)

// processorTime is what the process used so far, on all cores: the machine may be busy.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Phrases, what stands out and what changed, of 200 thousand and of 2 million lines.
func Benchmark(b *testing.B) {
	for _, people := range []int{27_000, 270_000} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			w := newWorld(b, simulate.Options{People: people, Seed: 1})
			failed, answered := measure.IsFailed.Values(w.Corpus), measure.IsAnswered.Values(w.Corpus)
			before, after, _ := contrast.LastDay(w.Corpus, handmade.All(w.Corpus))
			sides := contrast.OnDays(w.Corpus, before, after)
			for name, ask := range map[string]func(){
				"phrases":  func() { contrast.Phrases(w.Corpus, w.graph, failed, contrast.Options{}) },
				"standout": func() { contrast.StandOut(w.Corpus, answered, nil, contrast.Options{}) },
				"changed":  func() { contrast.Changed(w.Corpus, w.graph, failed, sides, contrast.Options{}) },
			} {
				b.Run(name, func(b *testing.B) {
					began := processorTime()
					for b.Loop() {
						ask()
					}
					b.ReportMetric((processorTime()-began).Seconds()/float64(b.N), "cpu-s/op")
					b.ReportMetric(float64(len(w.Lines)), "lines")
				})
			}
		})
	}
}
