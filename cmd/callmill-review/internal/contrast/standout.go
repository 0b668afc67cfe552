package contrast

import (
	"math"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/stratified"
)

// StandOutDimensions are what StandOut looks at.
func StandOutDimensions() []Dimension { return []Dimension{Number, Hour, Attempt, Batch, Version} }

// StandOut finds the numbers, hours, attempts, batches and versions whose calls have more
// or fewer with Yes than other calls of the same script, the surest first: each is compared
// at the same attempt and hour, hours at the same attempt, attempts at the same hour. No
// dimensions are all of StandOutDimensions.
func StandOut(c *corpus.Corpus, values []measure.Value, dimensions []Dimension, o Options) Answer {
	o = o.defaults(30, .05)
	a := newAttributes(c, values)
	answer := Answer{Calls: len(a.calls), Observed: a.count()}
	switch {
	case len(a.calls) == 0:
		answer.Reason = NoCalls
	case answer.Observed == 0:
		answer.Reason = NeverTrue
	case answer.Observed == len(a.calls):
		answer.Reason = AlwaysTrue
	}
	if answer.Reason != "" {
		return answer
	}
	if len(dimensions) == 0 {
		dimensions = StandOutDimensions()
	}
	s := &standing{attributes: a, options: o, found: make([]int32, len(a.calls)), founds: 1}
	for _, d := range dimensions {
		for _, v := range a.values(d) {
			if len(v.calls) >= o.MinCalls && len(v.calls) < len(a.calls) {
				s.values = append(s.values, v)
			}
		}
	}
	answer.Tests = len(s.values)
	if answer.Tests == 0 {
		answer.Reason = TooFew
		return answer
	}
	answer.Findings = s.forward(values)
	if len(answer.Findings) == 0 {
		answer.Reason = Chance
	}
	return answer
}

type standing struct {
	*attributes
	options Options
	values  []value
	// found says, of each call, which of the findings so far it is of, as a number
	// below founds.
	found  []int32
	founds int32
}

// strata of one dimension.
type strata struct {
	cell         []int32 // of each call
	calls, trues []int32 // of each cell
}

// alike returns the dimension that stands for all that have the strata of d.
func alike(d Dimension) Dimension {
	if d == Attempt || d == Hour {
		return d
	}
	return Number
}

// strata returns the strata in which values of a dimension are compared, numbered as they
// are met: most of what could be one has no call.
func (s *standing) strata(d Dimension) *strata {
	type key struct {
		robot, found, attempt int32
		hour                  int8
	}
	ids := map[key]int32{}
	g := &strata{cell: make([]int32, len(s.calls))}
	for p := range s.calls {
		call := s.call(p)
		k := key{robot: s.robot[p], found: s.found[p]}
		if d != Attempt {
			k.attempt = attemptOf(call)
		}
		if d != Hour {
			k.hour = call.Hour
		}
		cell, ok := ids[k]
		if !ok {
			cell = int32(len(ids))
			ids[k] = cell
			g.calls, g.trues = append(g.calls, 0), append(g.trues, 0)
		}
		g.cell[p] = cell
		g.calls[cell]++
		if s.isTrue[p] {
			g.trues[cell]++
		}
	}
	return g
}

// compare compares calls with the others of their strata.
func (s *standing) compare(g *strata, calls []int32, t *tally) *stratified.Comparison {
	if len(t.cells) < len(g.calls) {
		t.cells = make([]counted, len(g.calls))
	}
	for _, p := range calls {
		c := t.at(g.cell[p])
		c.exposed++
		if s.isTrue[p] {
			c.exposedTrue++
		}
	}
	t.Reset()
	for _, cell := range t.touched {
		c := t.cells[cell]
		t.cells[cell] = counted{}
		t.Add(stratified.Stratum{
			Exposed: c.exposed, ExposedTrue: c.exposedTrue,
			Others: g.calls[cell] - c.exposed, OthersTrue: g.trues[cell] - c.exposedTrue,
		})
	}
	t.touched = t.touched[:0]
	return &t.Comparison
}

// leastZ is what a difference must be beside the false discovery rate, which means little
// where few things are tried.
const leastZ = 3

// forward takes the surest, makes a stratum of its calls, tries all again, and so on.
func (s *standing) forward(known []measure.Value) []Finding {
	var findings []Finding
	var t tally
	var had []int // significant in the round before
	taken := none // in the round before
	for len(findings) < s.options.Limit {
		p, z := make([]float64, len(s.values)), make([]float64, len(s.values))
		strataOf := map[Dimension]*strata{}
		for i, v := range s.values {
			d := alike(v.name.Dimension)
			g := strataOf[d]
			if g == nil {
				g = s.strata(d)
				strataOf[d] = g
			}
			c := s.compare(g, v.calls, &t)
			p[i], z[i] = c.PValue(stratified.Either), c.Z()
		}
		q := stratified.Adjust(p, len(s.values)*s.options.Questions)
		best := none
		var has []int
		for i := range s.values {
			if q[i] > s.options.FDR || math.Abs(z[i]) < leastZ {
				continue
			}
			has = append(has, i)
			if best == none || math.Abs(z[i]) > math.Abs(z[best]) {
				best = i
			}
		}
		if n := len(findings); n > 0 {
			findings[n-1].Aliases = s.aliases(taken, had, has)
		}
		if best == none {
			break
		}
		v := s.values[best]
		f := Finding{Name: v.name, Q: q[best]}
		f.finish(s.compare(strataOf[alike(v.name.Dimension)], v.calls, &t))
		calls := s.corpusCalls(v.calls)
		if f.Script == "" {
			f.Scripts = mostScripts(s.corpus, calls)
		}
		f.Examples = f.examples(s.corpus, known, calls, s.options.Examples, func(int32) int32 { return -1 })
		findings = append(findings, f)
		had, taken = has, best
		s.split(v.calls)
	}
	worseFirst(findings, s.options.Fewer)
	return findings
}

// worseFirst puts one direction before the other; each stays in its order.
func worseFirst(findings []Finding, fewer bool) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		better := func(f Finding) int {
			if f.Excess < 0 != fewer {
				return 1
			}
			return 0
		}
		return better(a) - better(b)
	})
}

// split makes strata of their own of calls.
func (s *standing) split(calls []int32) {
	apart := make([]int32, s.founds)
	for _, p := range calls {
		at := &s.found[p]
		if apart[*at] == 0 {
			apart[*at] = s.founds
			s.founds++
		}
		*at = apart[*at]
	}
}

// aliases returns what stood out in the round in which a value was taken, no longer does,
// and has nearly the same calls.
func (s *standing) aliases(taken int, had, has []int) []Name {
	own := s.values[taken].calls
	var names []Name
	for _, i := range had {
		if i == taken || slices.Contains(has, i) {
			continue
		}
		if v := s.values[i]; nearlySame(shared(own, v.calls), len(own), len(v.calls)) {
			names = append(names, v.name)
		}
	}
	return names
}

// nearlySame reports whether two sets of calls are one thing with two names: they share
// seven in ten of the calls that either has. What only overlaps stays apart.
func nearlySame(both, a, b int) bool { return both*10 >= 7*(a+b-both) }

// shared counts what two ascending lists share.
func shared(a, b []int32) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}
