package stratified_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/stratified"
)

func compare(strata ...stratified.Stratum) *stratified.Comparison {
	var c stratified.Comparison
	for _, s := range strata {
		c.Add(s)
	}
	return &c
}

// One stratum is a two-by-two table: the excess is the difference of two shares, the
// test is Fisher's, which can be done by hand.
func TestOneStratum(t *testing.T) {
	c := compare(stratified.Stratum{Exposed: 12, ExposedTrue: 12, Others: 8, OthersTrue: 1})
	if excess, _, _ := c.Excess(); math.Abs(excess-12*7./8) > 1e-9 {
		t.Errorf("excess %v, want that of 12 in 12 over 1 in 8", excess)
	}
	if p, want := c.PValue(stratified.More), choose(8, 1)/choose(20, 13); math.Abs(p-want) > 1e-12 {
		t.Errorf("p = %v, want %v", p, want)
	}
}

// Applicants of six departments of Berkeley, men against women, admitted or not: R's
// mantelhaen.test(UCBAdmissions, correct = FALSE) gives X² = 1.5246.
func TestAdmissions(t *testing.T) {
	c := compare(
		stratified.Stratum{Exposed: 825, ExposedTrue: 512, Others: 108, OthersTrue: 89},
		stratified.Stratum{Exposed: 560, ExposedTrue: 353, Others: 25, OthersTrue: 17},
		stratified.Stratum{Exposed: 325, ExposedTrue: 120, Others: 593, OthersTrue: 202},
		stratified.Stratum{Exposed: 417, ExposedTrue: 138, Others: 375, OthersTrue: 131},
		stratified.Stratum{Exposed: 191, ExposedTrue: 53, Others: 393, OthersTrue: 94},
		stratified.Stratum{Exposed: 373, ExposedTrue: 22, Others: 341, OthersTrue: 24},
	)
	if z := c.Z(); z > 0 || math.Abs(z*z-1.5246) > 5e-5 {
		t.Errorf("z = %v, squared %.4f; want fewer men, 1.5246", z, z*z)
	}
}

// A table of four strata with few calls is small enough to be enumerated.
func TestExactP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strata := rapid.SliceOfN(rapid.Custom(drawStratum), 1, 4).Draw(t, "strata")
		c := compare(strata...)
		if c.Exposed == 0 {
			return
		}
		upper, lower := enumerate(strata, c.Observed)
		for side, want := range map[stratified.Side]float64{stratified.More: upper, stratified.Either: min(1, 2*min(upper, lower))} {
			got := c.PValue(side)
			// The exact test is made only of what may be surprising.
			if got < .0009 && math.Abs(got-want) > 1e-9 {
				t.Fatalf("p = %v, want %v of %+v", got, want, strata)
			}
		}
	})
}

func drawStratum(t *rapid.T) stratified.Stratum {
	s := stratified.Stratum{Exposed: rapid.Int32Range(0, 12).Draw(t, "exposed"), Others: rapid.Int32Range(0, 40).Draw(t, "others")}
	// Extremes are likely, so that there is something to be surprised by.
	s.ExposedTrue = s.Exposed - min(s.Exposed, rapid.Int32Range(0, 3).Draw(t, "not true"))
	s.OthersTrue = min(s.Others, rapid.Int32Range(0, 4).Draw(t, "true"))
	return s
}

// enumerate returns the probabilities of at least and of at most so many, by all ways
// to draw the exposed calls of each stratum.
func enumerate(strata []stratified.Stratum, observed int) (upper, lower float64) {
	var walk func(i, sum int, p float64)
	walk = func(i, sum int, p float64) {
		if i == len(strata) {
			if sum >= observed {
				upper += p
			}
			if sum <= observed {
				lower += p
			}
			return
		}
		s := strata[i]
		if s.Exposed == 0 || s.Others == 0 {
			walk(i+1, sum, p)
			return
		}
		trues, all := s.ExposedTrue+s.OthersTrue, s.Exposed+s.Others
		for k := max(0, s.Exposed+trues-all); k <= min(s.Exposed, trues); k++ {
			walk(i+1, sum+int(k), p*choose(trues, k)*choose(all-trues, s.Exposed-k)/choose(all, s.Exposed))
		}
	}
	walk(0, 0, 1)
	return upper, lower
}

func choose(n, k int32) float64 {
	product := 1.0
	for i := range k {
		product *= float64(n-i) / float64(i+1)
	}
	return product
}

// The interval holds the true excess about 95 times in 100, in many small strata and in
// few large ones.
func TestIntervalCovers(t *testing.T) {
	for _, o := range []struct {
		name    string
		seed    uint64
		strata  int
		exposed int32
		others  int32
	}{{"many small", 1, 60, 2, 3}, {"few large", 2, 3, 60, 200}} {
		random := rand.New(rand.NewPCG(o.seed, 4))
		draw := func(n int32, p float64) (trues int32) {
			for range n {
				if random.Float64() < p {
					trues++
				}
			}
			return trues
		}
		const worlds, difference = 2000, .15
		covered := 0
		for range worlds {
			var c stratified.Comparison
			for i := range o.strata {
				base := .1 + .4*float64(i)/float64(o.strata)
				c.Add(stratified.Stratum{
					Exposed: o.exposed, ExposedTrue: draw(o.exposed, base+difference),
					Others: o.others, OthersTrue: draw(o.others, base),
				})
			}
			_, low, high := c.Excess()
			if excess := difference * float64(c.Exposed); low <= excess && excess <= high {
				covered++
			}
		}
		if share := float64(covered) / worlds; share < .93 || share > .97 {
			t.Errorf("%s strata: %.3f of the intervals hold the true excess, want 0.95", o.name, share)
		}
	}
}

// Strata without a side, and measures that are true of none or all, say nothing.
func TestNothingToSay(t *testing.T) {
	for name, s := range map[string]stratified.Stratum{
		"nobody exposed": {Others: 10, OthersTrue: 3},
		"nobody else":    {Exposed: 10, ExposedTrue: 10},
		"never true":     {Exposed: 10, Others: 10},
		"always true":    {Exposed: 10, ExposedTrue: 10, Others: 5, OthersTrue: 5},
	} {
		c := compare(s)
		excess, low, high := c.Excess()
		if c.Z() != 0 || c.PValue(stratified.More) != 1 || c.PValue(stratified.Either) != 1 || excess != 0 {
			t.Errorf("%s: z %v, excess %v [%v, %v], want nothing", name, c.Z(), excess, low, high)
		}
	}
}

// The excess is never more than what was observed, nor less than all that was not.
func TestExcessIsOfCalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := compare(rapid.SliceOfN(rapid.Custom(drawStratum), 1, 4).Draw(t, "strata")...)
		excess, low, high := c.Excess()
		if least, most := float64(c.Observed-c.Exposed), float64(c.Observed); low > excess || excess > high || low < least || high > most {
			t.Fatalf("excess %v [%v, %v] of %d in %d", excess, low, high, c.Observed, c.Exposed)
		}
	})
}

// The example of Benjamini and Hochberg, 1995, page 295: four of fifteen at 0.05.
func TestAdjust(t *testing.T) {
	p := []float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1}
	rejected := 0
	for i, q := range stratified.Adjust(p, len(p)) {
		if q <= .05 {
			rejected++
		}
		if q < p[i] {
			t.Errorf("q %v is below p %v", q, p[i])
		}
	}
	if rejected != 4 {
		t.Errorf("%d are rejected, want 4", rejected)
	}
	if few := stratified.Adjust(p[:4], len(p)); few[3] != stratified.Adjust(p, len(p))[3] {
		t.Errorf("q of the fourth is %v without the larger ones", few[3])
	}
}
