package main

import (
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/progress"
)

// observer shows the progress of a run: by bytes of input or, where there are
// counters of an API, by the jobs that were asked for.
type observer struct {
	show     *progress.Progress
	counters func() discover.Counters // nil: the input is files
	end      func()                   // of fetching; it may be called again

	mu    sync.Mutex
	shown discover.Counters
}

// begin shows the first stage of a run; end must be called when the run has
// ended. Jobs are discovered before they are fetched, by an unknown number of
// requests. Since a response may take long, a goroutine polls the counters.
func (o *observer) begin(in *input) (end func()) {
	if o.counters = in.counters; o.counters == nil {
		o.show.Start("reading", in.bytes, progress.Bytes)
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
func (o *observer) fetched() {
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
	o.end()
	o.show.Start("writing", int64(n), "shards")
}

func (o *observer) Wrote() { o.show.Add(1) }

// isTerminal reports whether a stream is a terminal.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
