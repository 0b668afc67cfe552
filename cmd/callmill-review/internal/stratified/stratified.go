// Package stratified compares calls that have something with calls that have not, stratum
// by stratum: how many more of them a measure is true of, with an interval, and how likely
// that is by chance.
package stratified

import (
	"cmp"
	"math"
	"slices"

	"callmill/cmd/callmill-review/internal/interval"
)

// Stratum is a two-by-two table: of calls that are alike, those that have something
// and those that do not, and how many of each the measure is true of.
type Stratum struct {
	Exposed, ExposedTrue int32
	Others, OthersTrue   int32
}

// Comparison adds up strata. Only strata that have calls on both sides say something.
//
// The test is that of Mantel and Haenszel (Statistical aspects of the analysis of data
// from retrospective studies of disease, JNCI 22, 1959): within a stratum the number of
// exposed calls that the measure is true of is hypergeometric if exposure means
// nothing; observed and expected numbers and variances are summed.
//
// The excess is the Mantel–Haenszel risk difference times the exposed calls; its
// variance is Sato's, which holds for few large strata and for many small ones (On the
// variance estimator for the Mantel–Haenszel risk difference, Biometrics 45, 1989).
//
// The zero value has no strata. It is not to be copied, and one goroutine uses it at a time.
type Comparison struct {
	Exposed  int // calls that have something, in strata that count
	Observed int // those of them that the measure is true of

	strata             []Stratum // only those that count
	expected, variance float64   // of Observed, under the hypothesis
	weight, p, q       float64   // Sato's sums

	scratch [3][]float64 // of tails: a distribution, that of a stratum, their sum
}

// Reset takes all strata out.
func (c *Comparison) Reset() { *c = Comparison{strata: c.strata[:0], scratch: c.scratch} }

// Add adds a stratum.
func (c *Comparison) Add(s Stratum) {
	if s.Exposed == 0 || s.Others == 0 {
		return
	}
	c.strata = append(c.strata, s)
	n1, a := float64(s.Exposed), float64(s.ExposedTrue)
	n0, b := float64(s.Others), float64(s.OthersTrue)
	n := n1 + n0
	c.Exposed += int(s.Exposed)
	c.Observed += int(s.ExposedTrue)
	c.expected += n1 * (a + b) / n
	c.variance += n1 * n0 * (a + b) * (n - a - b) / (n * n * (n - 1))
	c.weight += n1 * n0 / n
	c.p += (n1*n1*b - n0*n0*a + n1*n0*(n0-n1)/2) / (n * n)
	c.q += (a*(n0-b) + b*(n1-a)) / (2 * n)
}

// Z returns the standardised difference: 0 where nothing could differ.
func (c *Comparison) Z() float64 {
	if c.variance <= 0 {
		return 0
	}
	return (float64(c.Observed) - c.expected) / math.Sqrt(c.variance)
}

// Excess returns how many of the exposed calls the measure is true of because they
// are exposed, with a 95 % interval: at most all of those it is true of, and at least none
// of the others.
func (c *Comparison) Excess() (excess, low, high float64) {
	if c.weight <= 0 {
		return 0, 0, 0
	}
	n := float64(c.Exposed)
	difference := (float64(c.Observed) - c.expected) / c.weight
	half := interval.Z95 * math.Sqrt(max(0, difference*c.p+c.q)) / c.weight
	within := func(d float64) float64 {
		return min(max(n*d, float64(c.Observed-c.Exposed)), float64(c.Observed))
	}
	return within(difference), within(difference - half), within(difference + half)
}

// normal returns the probability of a standard normal value of at least z.
func normal(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// Side is the alternative that a test has an eye on.
type Side uint8

// The sides.
const (
	More   Side = iota // exposed calls have more
	Either             // more or fewer
)

// Below this the normal approximation is not believed: it is too sure of the tails of
// skewed counts, which is where the tests of thousands of phrases look.
const exactBelow = 0.001

// leastP is where the tails are cut off.
const leastP = 1e-30

// PValue returns how likely it is that exposed calls have so many by chance. It is exact
// where it matters: the distribution of a sum of hypergeometric counts, convolved
// stratum by stratum (Mehta, Patel and Gray, Computing an exact confidence interval for
// the common odds ratio in several 2×2 contingency tables, JASA 80, 1985); else normal
// with a continuity correction.
func (c *Comparison) PValue(s Side) float64 {
	if c.variance <= 0 {
		return 1
	}
	difference := float64(c.Observed) - c.expected
	sd := math.Sqrt(c.variance)
	var p float64
	if s == More {
		p = normal((difference - .5) / sd)
	} else {
		p = min(1, 2*normal((math.Abs(difference)-.5)/sd))
	}
	// Beyond eight standard deviations nothing hangs on the last digits.
	if p >= exactBelow || math.Abs(difference) > 8*sd && c.variance > 10 {
		return p
	}
	upper, lower := c.tails()
	p = upper
	if s == Either {
		p = min(1, 2*min(upper, lower))
	}
	return max(p, leastP)
}

// tails returns the probabilities of at least, and at most, as many as observed.
func (c *Comparison) tails() (upper, lower float64) {
	sum, part, next := append(c.scratch[0][:0], 1), c.scratch[1], c.scratch[2]
	start := 0
	for _, s := range c.strata {
		var first int
		part, first = hypergeometric(part[:0], s)
		next = convolve(next[:0], sum, part)
		sum, next, start = next, sum, start+first
	}
	for i, p := range sum {
		if start+i >= c.Observed {
			upper += p
		}
		if start+i <= c.Observed {
			lower += p
		}
	}
	c.scratch = [3][]float64{sum, part, next}
	return min(1, upper), min(1, lower)
}

// hypergeometric appends to p the distribution of the exposed calls of a stratum that the
// measure is true of, from first on, without what is too unlikely to matter.
func hypergeometric(p []float64, s Stratum) (_ []float64, first int) {
	const negligible = 1e-22
	n1, n := int(s.Exposed), int(s.Exposed+s.Others)
	k := int(s.ExposedTrue + s.OthersTrue)
	low, high := max(0, n1+k-n), min(n1, k)
	mode := min(max((n1+1)*(k+1)/(n+2), low), high)
	// ratio is P(x+1)/P(x).
	ratio := func(x int) float64 {
		return float64(n1-x) * float64(k-x) / (float64(x+1) * float64(n-k-n1+x+1))
	}
	first = mode
	for v := 1.0; first > low; first-- {
		v /= ratio(first - 1)
		if v < negligible {
			break
		}
		p = append(p, v)
	}
	slices.Reverse(p)
	p = append(p, 1)
	for x, v := mode, 1.0; x < high; x++ {
		v *= ratio(x)
		if v < negligible {
			break
		}
		p = append(p, v)
	}
	var total float64
	for _, v := range p {
		total += v
	}
	for i := range p {
		p[i] /= total
	}
	return p, first
}

// convolve appends to sum, which is empty, the distribution of the sum of two counts.
func convolve(sum, a, b []float64) []float64 {
	sum = slices.Grow(sum, len(a)+len(b)-1)[:len(a)+len(b)-1]
	clear(sum)
	for i, x := range a {
		if x < 1e-30 {
			continue // what two tails make together is less than rounding
		}
		to := sum[i : i+len(b)]
		for j, y := range b {
			to[j] += x * y
		}
	}
	return sum
}

// Adjust returns the q-value of each p, the false discovery rate at which it would be
// reported (Benjamini and Hochberg, Controlling the false discovery rate, JRSS B 57,
// 1995). tests is the number of all tests made; those not in p have larger p-values.
func Adjust(p []float64, tests int) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	q := make([]float64, len(p))
	least := 1.0
	for rank := len(order); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(tests)/float64(rank))
		q[i] = least
	}
	return q
}
