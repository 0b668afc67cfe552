// Package watch shows the progress of a run: what the run and the source of a
// pull report, as stages of package progress.
package watch

import (
	"sync"
	"time"

	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/progress"
)

// Observer shows the progress of a run: by bytes of input or, where there are
// counters of an API, by the jobs that were asked for. It implements
// pipeline.Observer and commit.Observer, whose methods are called after Begin.
type Observer struct {
	show     *progress.Progress
	writes   string                   // what the last stage is called
	counters func() discover.Counters // nil: the input is files
	end      func()                   // of fetching; it may be called again

	mu    sync.Mutex
	shown discover.Counters
}

// New returns an observer of a run that has not begun.
func New(show *progress.Progress) *Observer { return &Observer{show: show, writes: "writing"} }

// WritesAll tells that the run will write all tables anew.
func (o *Observer) WritesAll() { o.writes = "writing all tables anew" }

// Begin shows the first stage of a run: by bytes, 0 for an unknown number, or
// by counters where they are not nil. end must be called when the run has ended.
// Jobs are discovered before they are fetched, by an unknown number of requests.
// Since a response may take long, a goroutine polls the counters.
func (o *Observer) Begin(bytes int64, counters func() discover.Counters) (end func()) {
	if o.counters = counters; counters == nil {
		o.show.Start("reading", bytes, progress.Bytes)
		o.end = func() {}
		return o.end
	}
	o.show.Start("finding", 0, "requests")
	tick, stop := time.NewTicker(time.Second), make(chan struct{})
	var polling sync.WaitGroup
	polling.Go(func() {
		for {
			select {
			case <-tick.C:
				o.fetched()
			case <-stop:
				return
			}
		}
	})
	o.end = sync.OnceFunc(func() {
		tick.Stop()
		close(stop)
		polling.Wait()
		o.fetched()
	})
	return o.end
}

// fetched shows the counters.
func (o *Observer) fetched() {
	o.mu.Lock()
	defer o.mu.Unlock()
	now, shown := o.counters(), o.shown
	o.shown = now
	o.show.Count(progress.Retries, now.Retries-shown.Retries)
	o.show.Count(progress.Throttles, now.Throttles-shown.Throttles)
	if now.Found == 0 {
		o.show.Add(now.Requests - shown.Requests)
		return
	}
	if shown.Found == 0 {
		o.show.Start("fetching", 0, "jobs")
	}
	o.show.Grow(now.Found - shown.Found)
	o.show.Add(now.Asked - shown.Asked)
}

// Read shows a piece of input that is done with.
func (o *Observer) Read(bytes, jobs, turns, rejects int64) {
	if o.counters != nil {
		o.fetched() // first, so that no job is shown before there are any to fetch
	}
	o.show.Count(progress.Jobs, jobs)
	o.show.Count(progress.Turns, turns)
	o.show.Count(progress.Rejects, rejects)
	if o.counters == nil {
		o.show.Add(bytes)
	}
}

// Writing shows that n shards will be written.
func (o *Observer) Writing(n int) {
	o.end()
	o.show.Start(o.writes, int64(n), "shards")
}

// Wrote shows that one of them is.
func (o *Observer) Wrote() { o.show.Add(1) }
