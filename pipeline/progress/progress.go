// Package progress shows on stderr how far a run is: a bar on a terminal,
// else a line every few seconds, for people or as JSON for machines.
//
// It is told what was done and decides only what to show and when. It starts
// no goroutine (the bar's library does, and [Progress.Done] ends them), never
// fails (a stream that cannot be written to shows nothing) and does not print
// the last line of a run, which is the command's.
package progress

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Modes lists the values of --progress. The first, the default, is a bar on a
// terminal and plain elsewhere.
func Modes() []string { return []string{"auto", "plain", "json", "none"} }

// Bytes is the unit of stages that are shown as kB, MB and GB; any other unit
// is a plural shown as it is.
const Bytes = "bytes"

// Field is one of the tallies of a run that are shown besides how far it is.
type Field int

// The fields, in the order in which they are shown.
const (
	Jobs Field = iota
	Turns
	Rejects
	Retries
	Throttles
	fieldCount
)

// Options change how a Progress behaves. The zero value is the usual.
type Options struct {
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Every is the least time between two lines, or between two states of the
	// bar; 0 is five seconds for lines and a seventh of a second for the bar.
	Every time.Duration
}

// Progress shows the stages of a run, one at a time. [Progress.Add],
// [Progress.Grow] and [Progress.Count] may be called from many goroutines;
// [Progress.Start] and [Progress.Done] belong to the one that runs the stages.
// A nil *Progress shows nothing.
type Progress struct {
	now    func() time.Time
	view   view
	counts [fieldCount]atomic.Int64
	stage  atomic.Pointer[stage]

	mu sync.Mutex // held while the view is used
}

// stage is what is going on between Start and Done.
type stage struct {
	label, unit string
	start       time.Time
	done, total atomic.Int64
	due         atomic.Int64 // when the next line is, in nanoseconds since start
	pace        pace
	end         atomic.Pointer[time.Time] // when Done was called, nil before
}

// view is a way to show a stage. snap may be called at any time between start
// and the return of finish, which shows the stage a last time.
type view interface {
	start(label string, snap func() snapshot)
	show(snapshot)
	finish(snapshot)
	every() time.Duration // least time between two calls of show; 0: it needs none
}

// New makes the Progress of a run; for "none" that is nil. mode is a value of
// --progress; w is where it shows, and terminal whether that is one.
func New(mode string, w io.Writer, terminal bool, opts Options) (*Progress, error) {
	p := &Progress{now: opts.Now}
	if p.now == nil {
		p.now = time.Now
	}
	switch {
	case mode == "none":
		return nil, nil
	case mode == "auto" && terminal:
		p.view = &bar{w: w, refresh: opts.Every}
	case mode == "auto", mode == "plain":
		p.view = &lines{w: w, least: opts.Every, format: plainLine}
	case mode == "json":
		p.view = &lines{w: w, least: opts.Every, format: jsonLine}
	default:
		return nil, fmt.Errorf("--progress must be auto, plain, json or none, got %q", mode)
	}
	return p, nil
}

// Start begins a stage, such as "convert", and ends the one before. total is
// in units; 0 is not known (yet: see [Progress.Grow]).
func (p *Progress) Start(label string, total int64, unit string) {
	if p == nil {
		return
	}
	p.Done()
	s := &stage{label: label, unit: unit, start: p.now()}
	s.total.Store(total)
	s.due.Store(int64(p.view.every()))
	p.view.start(label, func() snapshot { return p.snapshot(s) })
	p.stage.Store(s)
}

// Add says that n more units are done. It costs little more than a look at
// the clock, and now and then a line.
func (p *Progress) Add(n int64) {
	if p == nil {
		return
	}
	s := p.stage.Load()
	if s == nil {
		return
	}
	s.done.Add(n)
	every := p.view.every()
	if every == 0 {
		return
	}
	// Whoever moves due on writes the line; the others go on.
	elapsed, due := p.now().Sub(s.start), s.due.Load()
	if int64(elapsed) < due || !s.due.CompareAndSwap(due, int64(elapsed+every)) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage.Load() == s { // no line after the stage's last
		p.view.show(p.snapshot(s))
	}
}

// Grow says that there are n more units to do than was known.
func (p *Progress) Grow(n int64) {
	if p == nil {
		return
	}
	if s := p.stage.Load(); s != nil {
		s.total.Add(n)
	}
}

// Count adds n to a tally of the run. Tallies go on over stages.
func (p *Progress) Count(f Field, n int64) {
	if p == nil {
		return
	}
	p.counts[f].Add(n)
}

// Done ends the stage, complete or not, and shows it a last time. When it
// returns nothing more is written and no goroutine is left. Without a stage
// it does nothing, so it may be deferred.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stage.Swap(nil)
	if s == nil {
		return
	}
	end := p.now()
	s.end.Store(&end)
	p.view.finish(p.snapshot(s))
}
