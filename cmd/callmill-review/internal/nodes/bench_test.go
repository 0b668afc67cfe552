package nodes_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/pipeline/simulate"
)

func BenchmarkTwoMillionLines(b *testing.B) {
	c, _ := simulated.World(b, simulate.Options{People: 20_000, Seed: 1})
	c = handmade.Repeated(c, 2_000_000)
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			nodes.Find(c)
		}
	})
	g, calls := nodes.Find(c), handmade.All(c)
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			effect.Count(c, g, calls)
		}
	})
	counts := effect.Count(c, g, calls)
	b.Run("changes", func(b *testing.B) {
		for b.Loop() {
			effect.Changes(c, g, calls, counts)
		}
	})
}
