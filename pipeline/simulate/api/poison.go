package api

import (
	"maps"
	"math/rand/v2"
	"slices"

	"callmill/pipeline/simulate"
)

// PoisonIDs returns the ids of the poisonous jobs, sorted.
func (h *Handler) PoisonIDs() []string { return slices.Sorted(maps.Keys(h.poison)) }

// choosePoison draws the poisonous jobs.
func choosePoison(world *simulate.World, o Options) map[string]bool {
	poison := map[string]bool{}
	d := rand.New(rand.NewPCG(o.Seed, hashOf("poison")))
	for want := min(o.Poison, world.Len()); len(poison) < want; {
		poison[world.JobID(d.IntN(world.Len()))] = true
	}
	return poison
}
