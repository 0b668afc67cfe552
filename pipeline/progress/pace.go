package progress

import (
	"sync"
	"time"
)

// lately is the time over which the rate is taken. Over much less, a run that
// is throttled now and then would promise another end every few seconds; over
// the whole stage, one that resumed, or that was slowed down for good, would
// promise the same wrong end for long.
const lately = time.Minute

// pace remembers how far a stage was. It may be used by many goroutines.
type pace struct {
	mu    sync.Mutex
	marks []mark // in order, a second apart or more; but for the first, of late
	last  mark   // when there was more than before
}

type mark struct {
	elapsed time.Duration
	done    int64
}

// at notes how far the stage is, and gives its rate of late, and for how long
// nothing was seen to be done.
func (p *pace) at(elapsed time.Duration, done int64) (rate float64, idle time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if done != p.last.done {
		p.last = mark{elapsed, done}
	}
	if len(p.marks) == 0 {
		p.marks = append(p.marks, mark{}) // when the stage began
	}
	for len(p.marks) > 1 && elapsed-p.marks[1].elapsed >= lately {
		p.marks = p.marks[1:]
	}
	since := p.marks[0]
	if elapsed-p.marks[len(p.marks)-1].elapsed >= time.Second {
		p.marks = append(p.marks, mark{elapsed, done})
	}
	return perSecond(done-since.done, elapsed-since.elapsed), elapsed - p.last.elapsed
}

// perSecond is a rate, 0 over a time that is too short to tell.
func perSecond(n int64, d time.Duration) float64 {
	if d < 100*time.Millisecond || n < 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
