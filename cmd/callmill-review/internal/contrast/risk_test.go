package contrast

import (
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/stratified"
)

// drawn is a population and a phrase of some of its calls.
func drawn(t *rapid.T) (*population, []occurrence, map[int32]int32) {
	p := &population{scripts: make([]corpus.RobotKey, 2)}
	var phrase []occurrence
	first := map[int32]int32{}
	for i := range int32(rapid.IntRange(1, 60).Draw(t, "calls")) {
		last := rapid.Int32Range(0, exchanges-1).Draw(t, "last")
		p.calls = append(p.calls, i)
		p.isTrue = append(p.isTrue, rapid.Bool().Draw(t, "true"))
		p.robot = append(p.robot, rapid.Int32Range(0, 1).Draw(t, "robot"))
		p.last = append(p.last, last)
		if rapid.Bool().Draw(t, "has it") {
			e := rapid.Int32Range(0, last).Draw(t, "exchange")
			phrase = append(phrase, occurs(i, e))
			first[i] = e
		}
	}
	return p, phrase, first
}

// Counting cell by cell finds what looking at every pair of an exchange and a call finds.
func TestCompareLikeCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, phrase, first := drawn(t)
		var want stratified.Comparison
		for robot := range int32(2) {
			for e := range int32(exchanges) {
				var s stratified.Stratum
				for i := range p.calls {
					at, has := first[int32(i)]
					if p.robot[i] != robot || p.last[i] < e || has && at < e {
						continue // another script, did not come so far, or had it before
					}
					n, trues := &s.Others, &s.OthersTrue
					if has && at == e {
						n, trues = &s.Exposed, &s.ExposedTrue
					}
					*n++
					if p.isTrue[i] {
						*trues++
					}
				}
				want.Add(s)
			}
		}
		var tl tally
		r := newRiskSets(p)
		for range 2 { // the second time the tally was used before
			got := r.compare(phrase, &tl)
			gotExcess, _, _ := got.Excess()
			wantExcess, _, _ := want.Excess()
			if got.Exposed != want.Exposed || got.Observed != want.Observed || differ(got.Z(), want.Z()) || differ(gotExcess, wantExcess) {
				t.Fatalf("%d of %d, z %v, excess %v; want %d of %d, %v, %v", got.Observed, got.Exposed, got.Z(), gotExcess, want.Observed, want.Exposed, want.Z(), wantExcess)
			}
		}
	})
}

func differ(a, b float64) bool { return a-b > 1e-9 || b-a > 1e-9 }

// Once a phrase is a stratum, it has nothing to be compared with, and nothing is lost.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, phrase, _ := drawn(t)
		r := newRiskSets(p)
		var calls, trues [2]int32
		sum := func(at int) {
			for cell := range r.calls {
				calls[at] += r.calls[cell]
				trues[at] += r.trues[cell]
			}
		}
		sum(0)
		r.split(phrase)
		sum(1)
		if calls[0] != calls[1] || trues[0] != trues[1] {
			t.Fatalf("%v calls and %v true at risk, want the same", calls, trues)
		}
		var tl tally
		if c := r.compare(phrase, &tl); c.Exposed != 0 || c.Z() != 0 {
			t.Fatalf("%d calls of the phrase are still compared, z %v", c.Exposed, c.Z())
		}
	})
}
