package progress

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// snapshot is the state of a stage at a point in time.
type snapshot struct {
	label, unit string
	now         time.Time
	elapsed     time.Duration
	done, total int64         // total 0: unknown
	rate        float64       // units per second; 0: unknown
	idle        time.Duration // since the last increase of done
	counts      [fieldCount]int64
	final       bool
}

func (p *Progress) snapshot(s *stage) snapshot {
	snap := snapshot{
		label: s.label, unit: s.unit, now: p.now(),
		done: s.done.Load(), total: s.total.Load(),
	}
	if end := s.end.Load(); end != nil {
		snap.now, snap.final = *end, true
	}
	snap.elapsed = snap.now.Sub(s.start)
	snap.rate, snap.idle = s.meter.observe(snap.elapsed, snap.done)
	if snap.final {
		snap.rate = perSecond(snap.done, snap.elapsed)
	}
	for f := range p.counts {
		snap.counts[f] = p.counts[f].Load()
	}
	return snap
}

// left returns the estimated time to the end of the stage; false if unknown.
func (s *snapshot) left() (time.Duration, bool) {
	if s.final || s.total <= s.done || s.rate == 0 {
		return 0, false
	}
	seconds := float64(s.total-s.done) / s.rate
	const year = 365 * 24 * time.Hour
	if seconds > year.Seconds() || seconds < s.idle.Seconds() {
		return 0, false // the rest is slower than what is done
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// text returns the state as text: "45%, 4.5 MB of 10.0 MB, 1.2 MB/s, 5s left; 17 jobs".
func (s *snapshot) text() string {
	var b strings.Builder
	complete := s.final && s.done == s.total
	switch {
	case complete || s.total <= 0:
		b.WriteString(s.amount(s.done))
	default:
		// Rounded down: 100% only when all is done.
		percent := int(100 * min(float64(s.done)/float64(s.total), 1))
		fmt.Fprintf(&b, "%d%%, %s of %s", percent, s.number(s.done), s.amount(s.total))
	}
	if s.final {
		b.WriteString(" in " + duration(s.elapsed))
	}
	if s.rate > 0 {
		b.WriteString(", " + s.perSecond(s.rate))
	}
	if left, ok := s.left(); ok {
		b.WriteString(", " + duration(left) + " left")
	}
	separator := "; "
	for f, n := range s.counts {
		if n != 0 {
			b.WriteString(separator + plural(n, Field(f)))
			separator = ", "
		}
	}
	return b.String()
}

// amount returns a number with its unit.
func (s *snapshot) amount(n int64) string {
	switch {
	case s.unit == Bytes:
		return size(float64(n))
	case n == 1:
		return "1 " + strings.TrimSuffix(s.unit, "s")
	}
	return thousands(n) + " " + s.unit
}

// number returns an amount whose unit follows; kB and MB may differ from that.
func (s *snapshot) number(n int64) string {
	if s.unit == Bytes {
		return size(float64(n))
	}
	return thousands(n)
}

func (s *snapshot) perSecond(rate float64) string {
	switch {
	case s.unit == Bytes:
		return size(rate) + "/s"
	case rate < 10:
		return strconv.FormatFloat(rate, 'f', 1, 64) + "/s"
	}
	return thousands(int64(rate)) + "/s"
}

// fieldNames are the singular and the plural of each field.
var fieldNames = [fieldCount][2]string{
	{"job", "jobs"}, {"turn", "turns"}, {"reject", "rejects"}, {"retry", "retries"}, {"throttle", "throttles"},
}

func plural(n int64, f Field) string {
	if n == 1 {
		return "1 " + fieldNames[f][0]
	}
	return thousands(n) + " " + fieldNames[f][1]
}

// size returns a number of bytes in powers of 1000: "4.5 MB".
func size(n float64) string {
	units, digits := []string{"B", "kB", "MB", "GB", "TB"}, 0
	for n >= 999.95 && len(units) > 1 {
		n, units, digits = n/1000, units[1:], 1
	}
	return strconv.FormatFloat(n, 'f', digits, 64) + " " + units[0]
}

// thousands returns a number with commas: "1,234,567".
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 1 // no comma before this index
	if n < 0 {
		first = 2
	}
	for i := len(s) - 3; i >= first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// duration rounds to a tenth of a second below ten seconds, or else to a second.
func duration(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

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
