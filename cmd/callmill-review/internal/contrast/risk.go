package contrast

import (
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/cmd/callmill-review/internal/stratified"
)

// Exchanges from the last on are one.
const (
	exchangeBits = 4
	exchanges    = 1 << exchangeBits
)

// occurrence is the first time that a call has a phrase: its position in the population
// and the exchange.
type occurrence uint32

func occurs(position, exchange int32) occurrence {
	return occurrence(position)<<exchangeBits | occurrence(exchange)
}

func (o occurrence) position() int32 { return int32(o >> exchangeBits) }
func (o occurrence) exchange() int32 { return int32(o & (exchanges - 1)) }

func capped(exchange int32) int32 { return min(exchange, exchanges-1) }

// population is the calls that a question is about.
type population struct {
	calls   []int32 // index in Corpus.Calls, ascending
	isTrue  []bool  // what the measure says of them
	last    []int32 // their last exchange
	robot   []int32
	scripts []corpus.RobotKey // by number
	count   int               // that the measure is true of
}

// newPopulation returns the calls that have lines and of which the measure is known.
func newPopulation(c *corpus.Corpus, values []measure.Value) *population {
	p := &population{}
	for i := range c.Calls {
		call := &c.Calls[i]
		if values[i] == measure.Unknown || call.LineCount == 0 {
			continue
		}
		yes := values[i] == measure.Yes
		p.calls = append(p.calls, int32(i))
		p.isTrue = append(p.isTrue, yes)
		p.last = append(p.last, capped(c.Lines[call.FirstLine+call.LineCount-1].Exchange))
		if yes {
			p.count++
		}
	}
	p.robot, p.scripts = robots(c, p.calls)
	return p
}

// comparable reports whether a script has calls of both kinds.
func (p *population) comparable() bool {
	kinds := make([]uint8, len(p.scripts))
	for i, robot := range p.robot {
		if p.isTrue[i] {
			kinds[robot] |= 1
		} else {
			kinds[robot] |= 2
		}
		if kinds[robot] == 3 {
			return true
		}
	}
	return false
}

// riskSets are the strata of phrases: calls of a script that came to an exchange, and
// had by then the same of what was found so far. A call is compared at the exchange in
// which it has a phrase first, with those that came so far without it: what is said late
// is no mark of calls that went on for long, and a call counts once (a landmark analysis,
// Anderson, Cain and Gelber, Analysis of survival by tumor response, J. Clin. Oncol. 1,
// 1983, at every exchange).
type riskSets struct {
	population *population
	cell       []int32 // of call × exchange, a number
	calls      []int32 // of each cell
	trues      []int32 // of each cell, those that the measure is true of
}

func newRiskSets(p *population) *riskSets {
	r := &riskSets{
		population: p,
		cell:       make([]int32, len(p.calls)*exchanges),
		calls:      make([]int32, len(p.scripts)*exchanges),
		trues:      make([]int32, len(p.scripts)*exchanges),
	}
	for i := range p.calls {
		for e := range p.last[i] + 1 {
			cell := p.robot[i]*exchanges + e
			r.cell[int32(i)*exchanges+e] = cell
			r.enter(cell, p.isTrue[i], 1)
		}
	}
	return r
}

func (r *riskSets) enter(cell int32, isTrue bool, n int32) {
	r.calls[cell] += n
	if isTrue {
		r.trues[cell] += n
	}
}

// split makes strata of their own of the calls that have a phrase, from then on.
func (r *riskSets) split(phrase []occurrence) {
	apart := make([]int32, len(r.calls)) // the new cell of each, 0 where it has none
	for _, o := range phrase {
		i, isTrue := o.position(), r.population.isTrue[o.position()]
		for e := o.exchange(); e <= r.population.last[i]; e++ {
			at := &r.cell[i*exchanges+e]
			if apart[*at] == 0 {
				apart[*at] = int32(len(r.calls))
				r.calls, r.trues = append(r.calls, 0), append(r.trues, 0)
			}
			r.enter(*at, isTrue, -1)
			*at = apart[*at]
			r.enter(*at, isTrue, 1)
		}
	}
}

// tally counts the calls of a phrase by cell. One goroutine uses it at a time.
type tally struct {
	cells   []counted
	touched []int32
	stratified.Comparison
}

type counted struct {
	exposed, exposedTrue int32 // have the phrase here first
	earlier, earlierTrue int32 // had it before: they are compared no more
	touched              bool
}

func (t *tally) at(cell int32) *counted {
	c := &t.cells[cell]
	if !c.touched {
		c.touched = true
		t.touched = append(t.touched, cell)
	}
	return c
}

// compare compares the calls of a phrase with those at risk.
func (r *riskSets) compare(phrase []occurrence, t *tally) *stratified.Comparison {
	if len(t.cells) < len(r.calls) {
		t.cells = append(t.cells, make([]counted, len(r.calls)-len(t.cells))...)
	}
	for _, o := range phrase {
		i := o.position()
		var yes int32
		if r.population.isTrue[i] {
			yes = 1
		}
		row := r.cell[i*exchanges : (i+1)*exchanges]
		c := t.at(row[o.exchange()])
		c.exposed++
		c.exposedTrue += yes
		for e := o.exchange() + 1; e <= r.population.last[i]; e++ {
			c := t.at(row[e])
			c.earlier++
			c.earlierTrue += yes
		}
	}
	t.Reset()
	for _, cell := range t.touched {
		c := t.cells[cell]
		t.cells[cell] = counted{}
		if c.exposed > 0 {
			t.Add(stratified.Stratum{
				Exposed: c.exposed, ExposedTrue: c.exposedTrue,
				Others:     r.calls[cell] - c.earlier - c.exposed,
				OthersTrue: r.trues[cell] - c.earlierTrue - c.exposedTrue,
			})
		}
	}
	t.touched = t.touched[:0]
	return &t.Comparison
}
