package progress

import (
	"sync"
	"time"
)

// rateWindow is the time over which the rate is measured. With a much shorter one,
// the estimate of a run that is throttled now and then would change every few
// seconds; over the whole stage, that of a run that resumed or slowed down for good
// would stay wrong for long.
const rateWindow = time.Minute

// meter measures the rate of a stage. It is safe for concurrent use.
type meter struct {
	mu      sync.Mutex
	samples []sample // in order, at least a second apart; all but the first within rateWindow
	last    sample   // the last with an increase
}

// sample is how much of a stage was done after a time.
type sample struct {
	elapsed time.Duration
	done    int64
}

// observe adds a sample. It returns the rate over rateWindow, and the time since
// the last increase.
func (m *meter) observe(elapsed time.Duration, done int64) (rate float64, idle time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if done != m.last.done {
		m.last = sample{elapsed, done}
	}
	if len(m.samples) == 0 {
		m.samples = append(m.samples, sample{}) // the start of the stage
	}
	for len(m.samples) > 1 && elapsed-m.samples[1].elapsed >= rateWindow {
		m.samples = m.samples[1:]
	}
	oldest := m.samples[0]
	if elapsed-m.samples[len(m.samples)-1].elapsed >= time.Second {
		m.samples = append(m.samples, sample{elapsed, done})
	}
	return perSecond(done-oldest.done, elapsed-oldest.elapsed), elapsed - m.last.elapsed
}

// perSecond returns a rate, 0 over a time that is too short to tell.
func perSecond(n int64, d time.Duration) float64 {
	if d < 100*time.Millisecond || n < 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
