package main

import (
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"callmill/pipeline/callapi"
	"callmill/pipeline/progress"
)

// observer shows the progress of a run: by bytes of input or, where there are
// counters of an API, by the jobs that were asked for.
type observer struct {
	show     *progress.Progress
	counters func() callapi.Counters // nil: the input is files

	mu    sync.Mutex
	shown callapi.Counters
	ended bool // fetching is over; now the writing is shown
}

// begin shows the first stage; end must be called when the run has ended. Jobs
// are discovered before they are fetched, by an unknown number of requests. Since
// a response may take long, a goroutine polls the counters.
func (o *observer) begin(bytes int64) (end func()) {
	if o.counters == nil {
		o.show.Start("reading", bytes, progress.Bytes)
		return func() {}
	}
	o.show.Start("finding", 0, "requests")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				o.fetched()
			case <-stop:
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		o.endFetching()
	}
}

// fetched shows the counters, unless fetching is over.
func (o *observer) fetched() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended {
		return
	}
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

// endFetching shows the counters a last time.
func (o *observer) endFetching() {
	o.fetched()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
}

func (o *observer) Read(bytes, jobs, turns, rejects int64) {
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

func (o *observer) Writing(n int) {
	if o.counters != nil {
		o.endFetching()
	}
	o.show.Start("writing", int64(n), "shards")
}

func (o *observer) Wrote() { o.show.Add(1) }

// isTerminal reports whether a stream is a terminal.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
