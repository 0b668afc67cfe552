package callapi

import (
	"math"
	"time"
)

// window is how long a request keeps its place after it reached the API: a
// second, and what clocks are read apart.
const window = time.Second + 3*time.Millisecond

// reach is how requests get to an API.
type reach struct {
	latest time.Duration // how late one may arrive, see leave.until
	few    int           // how many may be under way in any case
}

// nearby is an API on this machine, which is a simulated one. It shares the
// processors with the run: it may be kept from looking at a request for long,
// and where many are under way they only wait for each other. Few are, so that
// a run that is killed has fewer than 32 answers not kept yet.
func nearby() reach { return reach{latest: 2 * time.Second, few: 31} }

// abroad is an API across the network, whose gateway does nothing but look at
// requests. What it does with them takes now longer and now shorter, which
// tells little of when they arrived: more of the rate than this is not given
// for that.
func abroad() reach { return reach{latest: 40 * time.Millisecond, few: math.MaxInt} }

// leave is a request that was let out.
type leave struct {
	gate *gate
	pace *pace
	out  time.Time
	// Of those below, zero is not yet.
	written  time.Time // connections are made first, and machines are busy
	answered time.Time // its first byte, or the end without one
	ended    bool
}

// until is when the request gives back its place: a second after it can have
// reached the API at the latest. When it did nobody tells: after it was
// written and before its answer, by as much as the API takes for one at
// least. What took longer than that may all have been spent on arriving.
func (l *leave) until() time.Time {
	if l.written.IsZero() {
		return l.out.Add(never)
	}
	late := l.gate.reach.latest
	least := l.pace.least()
	switch {
	case !l.answered.IsZero():
		late = min(late, max(0, l.answered.Sub(l.written)-least))
	case least >= window:
		late = 0 // no answer is expected yet
	}
	return l.written.Add(late + window)
}

// wrote notes that the request was written; when it is written again, on
// another connection, the last time counts.
func (l *leave) wrote() {
	l.note(func(now time.Time) {
		l.written = now
		l.gate.count(now)
	})
}

// heard notes the first byte of the answer.
func (l *leave) heard() {
	l.note(func(now time.Time) { l.answered = now })
}

// end notes that nothing more comes. A request that was never written gives
// back its place, unless the transport does not tell when it writes.
func (l *leave) end(sent bool) {
	l.note(func(now time.Time) {
		if l.ended {
			return
		}
		l.ended = true
		l.gate.underWay--
		switch {
		case l.written.IsZero() && sent:
			l.written = l.out
			l.gate.count(now)
		case l.written.IsZero():
			l.written = now.Add(-never)
		}
		if l.answered.IsZero() {
			l.answered = now
		}
	})
}

// served notes that the answer was one: how long it took tells what
// others of its class take.
func (l *leave) served() {
	l.note(func(time.Time) {
		if !l.written.IsZero() && !l.answered.IsZero() {
			l.pace.note(l.answered.Sub(l.written))
		}
	})
}

func (l *leave) note(change func(now time.Time)) {
	g := l.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	change(time.Now())
	if !g.crowded && !l.until().Before(g.freed) {
		return // it makes no difference to anybody yet
	}
	select {
	case g.moved <- struct{}{}:
	default: // it is told already
	}
}

// count notes how many requests were written in the last second.
func (g *gate) count(now time.Time) {
	old := 0
	for old < len(g.recent) && now.Sub(g.recent[old]) >= time.Second {
		old++
	}
	g.recent = append(g.recent[old:], now)
	g.high = max(g.high, len(g.recent))
}

// class tells requests apart that take the API differently long.
type class struct {
	action string
	ids    int // of ListJobs
}

// paceOf is the pace of a class, of which there are few more than ids in a
// batch.
func (g *gate) paceOf(c class) *pace {
	p := g.classes[c]
	if p == nil {
		p = &pace{}
		g.classes[c] = p
	}
	return p
}
