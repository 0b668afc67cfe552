// Package sample draws calls to be looked at by people: of each script and outcome a
// few, by a seed.
//
// A call has a number, a hash of the seed and of what names it, and the calls of a cell
// with the smallest numbers are drawn. So the same seed draws the same calls of the same
// content, whatever else is in memory and in whichever order; a night that adds calls
// changes a cell only where one of the new calls has a smaller number than one of the
// drawn; and a larger sample of a seed has the smaller one in it.
package sample

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"io"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/pipeline/desk"
)

// Cell is the calls of a script with an outcome.
type Cell struct {
	Robot   corpus.RobotKey
	Outcome corpus.Code
	Calls   int     // there are to draw from
	Drawn   []int32 // indexes in Corpus.Calls, that with the smallest number first
}

// drawn is a call with its number.
type drawn struct {
	number uint64
	call   int32
}

func (d drawn) compare(e drawn) int {
	return cmp.Or(cmp.Compare(d.number, e.number), cmp.Compare(d.call, e.call))
}

// Draw draws at most n of the calls of each cell among calls, which are indexes in c.Calls.
// Calls in which nothing was said are passed over: there is nothing to look at. Cells are
// ordered by the names of their scripts and outcomes.
func Draw(c *corpus.Corpus, calls []int32, seed string, n int) []Cell {
	type key struct {
		robot   corpus.RobotKey
		outcome corpus.Code
	}
	type pool struct {
		calls int
		best  []drawn // the n smallest, in order
	}
	pools := map[key]*pool{}
	for _, i := range calls {
		call := &c.Calls[i]
		if call.LineCount == 0 {
			continue
		}
		k := key{call.RobotKey(), call.Outcome}
		p := pools[k]
		if p == nil {
			p = &pool{}
			pools[k] = p
		}
		p.calls++
		d := drawn{number(seed, c, call), i}
		at, _ := slices.BinarySearchFunc(p.best, d, drawn.compare)
		if at >= n {
			continue
		}
		p.best = slices.Insert(p.best, at, d)
		p.best = p.best[:min(n, len(p.best))]
	}
	cells := make([]Cell, 0, len(pools))
	for k, p := range pools {
		cell := Cell{Robot: k.robot, Outcome: k.outcome, Calls: p.calls}
		for _, d := range p.best {
			cell.Drawn = append(cell.Drawn, d.call)
		}
		cells = append(cells, cell)
	}
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(
			cmp.Compare(c.Scripts.String(a.Robot.Script), c.Scripts.String(b.Robot.Script)),
			cmp.Compare(c.Instances.String(a.Robot.Instance), c.Instances.String(b.Robot.Instance)),
			cmp.Compare(c.Outcomes.String(a.Outcome), c.Outcomes.String(b.Outcome)),
		)
	})
	return cells
}

// Calls returns all calls that were drawn, in the order in which they are looked at:
// cell by cell.
func Calls(cells []Cell) []int32 {
	var calls []int32
	for _, cell := range cells {
		calls = append(calls, cell.Drawn...)
	}
	return calls
}

// number returns the number of a call for a seed.
func number(seed string, c *corpus.Corpus, call *corpus.Call) uint64 {
	h := fnv.New64a()
	for _, part := range [...]string{seed, c.Instances.String(call.Instance), call.Job, call.Task} {
		// With its length, so that two parts are not taken for two others.
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		io.WriteString(h, part)
	}
	return mix(h.Sum64())
}

// mix spreads the bits of FNV, of which those of the last characters hardly reach the
// high ones (the finalizer of SplitMix64: Steele, Lea, Flood, Fast splittable
// pseudorandom number generators, OOPSLA 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Progress is how far people are with a sample.
type Progress struct {
	Drawn int
	Seen  int // calls of which somebody gave a verdict or a score
	Both  int // of which at least two people did
	// Scores are how many scores there are, one for each person and call, and Score their
	// mean, 0 of none.
	Scores int
	Score  float64
	// Agreement is of the verdicts on the calls.
	Agreement verdicts.Agreement
}

// Look says how far people are, by what they said of the calls of a sample; what they
// said of other things is passed over.
func Look(c *corpus.Corpus, calls []int32, reviews []desk.Review) Progress {
	type key struct{ instance, job, task string }
	in := map[key]int{} // how many people looked
	for _, i := range calls {
		call := &c.Calls[i]
		in[key{c.Instances.String(call.Instance), call.Job, call.Task}] = 0
	}
	p := Progress{Drawn: len(calls)}
	var of []desk.Review
	for _, r := range verdicts.Latest(reviews) {
		if r.About != desk.AboutCall || r.Call == nil || r.Verdict == "" && r.Score == nil {
			continue
		}
		k := key{r.Call.InstanceID, r.Call.JobID, r.Call.TaskID}
		people, ok := in[k]
		if !ok {
			continue
		}
		of = append(of, r)
		in[k] = people + 1
		switch people {
		case 0:
			p.Seen++
		case 1:
			p.Both++
		}
		if r.Score != nil {
			p.Scores++
			p.Score += (*r.Score - p.Score) / float64(p.Scores)
		}
	}
	p.Agreement = verdicts.AgreementOf(of)
	return p
}
