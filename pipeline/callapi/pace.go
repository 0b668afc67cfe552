package callapi

import "time"

const (
	// perTurn is how many answers make a turn: a pace is that of the last two.
	perTurn = 256
	// tooFew answers say nothing of what others take.
	tooFew = 8
	// wayThere is what of the fastest answer may have been the way to the API.
	wayThere = 15 * time.Millisecond
)

// pace is how long the API takes for answers of a class, of late: it may
// become slower.
type pace struct{ now, before turn }

// turn is what some answers took.
type turn struct {
	n            int
	fastest, sum time.Duration
}

func (p *pace) note(took time.Duration) {
	if p.now.n == perTurn {
		p.now, p.before = turn{}, p.now
	}
	p.now = p.now.and(turn{1, took, took})
}

// fastest is how long the fastest answer took; 0: nothing is known yet.
func (p *pace) fastest() time.Duration { return p.now.and(p.before).fastest }

// least is how long the API takes at least from when a request has arrived. The
// fastest answer was on its way there, too; and where answers take now longer
// and now shorter, it was perhaps itself late.
func (p *pace) least() time.Duration {
	all := p.now.and(p.before)
	if all.n < tooFew {
		return 0
	}
	more := all.sum/time.Duration(all.n) - all.fastest
	return max(0, all.fastest-max(wayThere, more/2))
}

func (t turn) and(o turn) turn {
	switch {
	case t.n == 0:
		return o
	case o.n == 0:
		return t
	}
	return turn{t.n + o.n, min(t.fastest, o.fastest), t.sum + o.sum}
}
