package simulate

import (
	"math/bits"
	"math/rand/v2"
)

// dice is the only source of randomness: a PCG generator seeded for one purpose
// and one object (this person, that call), so that every object can be generated
// without its predecessors. Probabilities are integers throughout: floating point
// may round differently across machines, and the same flags must produce the same
// bytes on all of them.
type dice struct{ pcg rand.PCG }

// purpose separates the random streams of a job, so that a change in one does not
// shift the others.
type purpose uint64

const (
	forLayout purpose = iota + 1
	forPerson
	forPlan
	forParameters
	forDialogue
	forIDs
	forRequest
)

func (d *dice) seed(world uint64, p purpose, n uint64) {
	d.pcg.Seed(mix(world^mix(uint64(p))), mix(n+0x9e3779b97f4a7c15))
}

func newDice(world uint64, p purpose, n uint64) *dice {
	d := new(dice)
	d.seed(world, p, n)
	return d
}

// mix is the finaliser of SplitMix64, a bijection.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// below returns a number from 0 to n-1; 0 if n is not positive.
func (d *dice) below(n int) int {
	if n <= 1 {
		return 0
	}
	high, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(high)
}

// between returns a number from low to high, inclusive.
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

// percent and permille return true with that probability.
func (d *dice) percent(p int) bool  { return d.below(100) < p }
func (d *dice) permille(p int) bool { return d.below(1000) < p }

// bell returns a number from low to high, most likely from the middle.
func (d *dice) bell(low, high int) int {
	span := high - low + 1
	return low + (d.below(span)+d.below(span)+d.below(span))/3
}

// skewed returns a number from 0 to n-1, most likely a small one: the distribution
// of delays.
func (d *dice) skewed(n int) int { return d.below(d.below(n) + 1) }
