// Package dice is the only source of randomness of simulated worlds: a generator
// seeded for one purpose and one object (this person, that call), so that every
// object can be made without its predecessors, and a change in one does not shift
// the others.
//
// Probabilities are integers throughout: floating point may round differently
// across machines, and the same flags must produce the same bytes on all of them.
package dice

import (
	"math/bits"
	"math/rand/v2"
)

// Dice draws numbers with a PCG generator. The zero value is seeded with nothing:
// call Seed first. Not safe for concurrent use.
type Dice struct{ pcg rand.PCG }

// Purpose separates the random streams of a world.
type Purpose uint64

// New returns dice seeded for object n of a purpose.
func New(world uint64, p Purpose, n uint64) *Dice {
	d := new(Dice)
	d.Seed(world, p, n)
	return d
}

// Seed begins the stream for object n of a purpose in a world.
func (d *Dice) Seed(world uint64, p Purpose, n uint64) {
	d.pcg.Seed(Mix(world^Mix(uint64(p))), Mix(n+0x9e3779b97f4a7c15))
}

// Mix is the finaliser of SplitMix64, a bijection.
func Mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Below returns a number from 0 to n-1; 0 if n is not positive.
func (d *Dice) Below(n int) int {
	if n <= 1 {
		return 0
	}
	high, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(high)
}

// Between returns a number from low to high, inclusive.
func (d *Dice) Between(low, high int) int { return low + d.Below(high-low+1) }

// Percent returns true with that probability.
func (d *Dice) Percent(p int) bool { return d.Below(100) < p }

// Permille returns true with that probability.
func (d *Dice) Permille(p int) bool { return d.Below(1000) < p }

// Bell returns a number from low to high, most likely from the middle.
func (d *Dice) Bell(low, high int) int {
	span := high - low + 1
	return low + (d.Below(span)+d.Below(span)+d.Below(span))/3
}

// Skewed returns a number from 0 to n-1, most likely a small one: the distribution
// of delays.
func (d *Dice) Skewed(n int) int { return d.Below(d.Below(n) + 1) }
