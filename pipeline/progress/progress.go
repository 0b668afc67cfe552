// Package progress shows the progress of a run: a bar on a terminal, or else a line
// every few seconds, as text or JSON.
//
// Its callers report what is done; it decides what to show and when. It starts no
// goroutine (the bar's library does, and [Progress.Done] ends them), never fails
// (write errors are ignored) and does not print the summary of a run, which is up
// to the command.
package progress

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Modes returns the values of --progress. The first, the default, is a bar on a
// terminal and plain elsewhere.
func Modes() []string { return []string{"auto", "plain", "json", "none"} }

// Check returns an error unless mode is a value of --progress.
func Check(mode string) error {
	modes := Modes()
	if slices.Contains(modes, mode) {
		return nil
	}
	last := len(modes) - 1
	return fmt.Errorf("--progress must be %s or %s, got %q", strings.Join(modes[:last], ", "), modes[last], mode)
}

// Bytes is the unit of stages shown in kB, MB and GB; any other unit is a plural
// noun, shown unchanged.
const Bytes = "bytes"

// Field is a counter of a run that is shown besides its progress.
type Field int

// The fields, in display order.
const (
	Jobs Field = iota
	Turns
	Rejects
	Retries
	Throttles
	fieldCount
)

// Options of a [Progress]. The zero value is useful.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Every is the minimum time between two lines or two frames of the bar; 0
	// means five seconds for lines and a seventh of a second for the bar.
	Every time.Duration
}

// Progress shows the stages of a run, one at a time. [Progress.Add],
// [Progress.Grow] and [Progress.Count] are safe for concurrent use;
// [Progress.Start] and [Progress.Done] must not be called concurrently. A nil
// *Progress shows nothing.
type Progress struct {
	now    func() time.Time
	view   view
	counts [fieldCount]atomic.Int64
	stage  atomic.Pointer[stage]

	mu sync.Mutex // held while the view is used
}

// stage is the state between Start and Done.
type stage struct {
	label, unit string
	start       time.Time
	done, total atomic.Int64
	due         atomic.Int64 // time of the next line, in nanoseconds since start
	meter       meter
	end         atomic.Pointer[time.Time] // time of Done, nil before
}

// view is a way to show a stage. snap may be called from start until finish returns,
// which shows the stage a last time.
type view interface {
	start(label string, snap func() snapshot)
	show(snapshot)
	finish(snapshot)
	every() time.Duration // minimum time between two calls of show; 0: show is not used
}

// New returns the Progress of a run, nil for mode "none". mode is a value of
// --progress, w the destination, terminal whether w is a terminal.
func New(mode string, w io.Writer, terminal bool, opts Options) (*Progress, error) {
	p := &Progress{now: time.Now}
	if opts.Now != nil {
		p.now = opts.Now
	}
	switch {
	case mode == "none":
		return nil, nil
	case mode == "auto" && terminal:
		p.view = &bar{w: w, refresh: cmp.Or(opts.Every, time.Second/7)}
	case mode == "auto", mode == "plain":
		p.view = &printer{w: w, interval: cmp.Or(opts.Every, 5*time.Second), format: formatPlain}
	case mode == "json":
		p.view = &printer{w: w, interval: cmp.Or(opts.Every, 5*time.Second), format: formatJSON}
	default:
		return nil, Check(mode)
	}
	return p, nil
}

// Start starts a stage, such as "convert", and ends the previous one. total is in
// units; 0 means unknown (see [Progress.Grow]).
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

// running returns the stage between Start and Done, nil without one.
func (p *Progress) running() *stage {
	if p == nil {
		return nil
	}
	return p.stage.Load()
}

// Add reports that n more units are done. It costs little more than reading the
// clock, and now and then prints a line.
func (p *Progress) Add(n int64) {
	s := p.running()
	if s == nil {
		return
	}
	s.done.Add(n)
	every := p.view.every()
	if every == 0 {
		return
	}
	// The goroutine that advances due prints the line; others return.
	elapsed, due := p.now().Sub(s.start), s.due.Load()
	if int64(elapsed) < due || !s.due.CompareAndSwap(due, int64(elapsed+every)) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running() == s { // not after the last line of the stage
		p.view.show(p.snapshot(s))
	}
}

// Grow adds n units to the total.
func (p *Progress) Grow(n int64) {
	if s := p.running(); s != nil {
		s.total.Add(n)
	}
}

// Count adds n to a counter of the run. Counters are kept across stages.
func (p *Progress) Count(f Field, n int64) {
	if p != nil {
		p.counts[f].Add(n)
	}
}

// Done ends the stage, complete or not, and shows it a last time. Once it has
// returned, nothing is written and no goroutine is running. Without a stage it does
// nothing, so it can be deferred.
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
