package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/nightly"
	"callmill/pipeline/outboundbot/discover"
)

// pullReport is what a pull adds to the report of a run.
type pullReport struct {
	Fetched []fetched `json:"fetched,omitempty"` // days, or parts of them
	Calls   int64     `json:"calls"`             // jobs that came and were called on the days fetched, or later
	Found   int64     `json:"found"`             // ids of jobs to ask for

	// Asked = Returned + Missing + Failed.
	Asked    int64 `json:"asked"`
	Returned int64 `json:"returned"`
	Missing  int64 `json:"missing"` // ids that did not come back in a readable form
	Failed   int64 `json:"failed"`  // ids that are answered with errors only
	Resumed  int64 `json:"resumed"` // of those asked, answered by what a killed run had received

	Pending    int      `json:"pending"`               // jobs to ask for again
	Unlisted   int64    `json:"unlisted"`              // entries that lists counted and never showed
	Gaps       []string `json:"gaps,omitempty"`        // commands that fetch what is left uncovered
	ResumedRun string   `json:"resumed_run,omitempty"` // the killed run

	Requests  int64 `json:"requests"` // sent, retries included
	Retries   int64 `json:"retries"`
	Throttles int64 `json:"throttles"`
	HighWater int64 `json:"high_water"` // largest number of requests that left within one second
}

// fetched is a span of time of which the calls were fetched.
type fetched struct {
	InstanceID string    `json:"instance_id"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
}

// count copies what the source counted.
func (p *pullReport) count(c discover.Counters) {
	p.Found, p.Asked, p.Returned, p.Missing, p.Failed, p.Resumed = c.Found, c.Asked, c.Returned, c.Missing, c.Failed, c.Resumed
	p.Unlisted, p.Requests, p.Retries, p.Throttles, p.HighWater = c.Unlisted, c.Requests, c.Retries, c.Throttles, c.HighWater
}

// line is the part of the last line that only a pull has.
func (p *pullReport) line() string {
	line := fmt.Sprintf("; %d asked, %d missing, %d failed, %d pending", p.Asked, p.Missing, p.Failed, p.Pending)
	if p.ResumedRun != "" {
		line += fmt.Sprintf("; resumed %s, which had %d of them", p.ResumedRun, p.Resumed)
	}
	if p.Unlisted > 0 {
		line += fmt.Sprintf("; %d entries of lists were counted but never shown", p.Unlisted)
	}
	if len(p.Gaps) > 0 {
		line += "; not covered: `" + strings.Join(p.Gaps, "`, `") + "`"
	}
	return line
}

// report completes the report of the run, with the reasons for exit code 3.
func (n *night) report(r *report, m *dataset.Manifest) {
	p := r.pull
	if p == nil {
		return
	}
	if n.source != nil {
		p.count(n.source.Counters())
	}
	p.Calls = n.calls
	if m != nil {
		p.Pending = len(m.Pending)
	}
	for _, w := range n.work {
		for _, window := range w.Windows {
			p.Fetched = append(p.Fetched, fetched{w.InstanceID, window.From, window.To})
		}
		for _, gap := range w.Gaps {
			p.Gaps = append(p.Gaps, fmt.Sprintf("callmill pull --out %s --instance %s %s", shellWord(n.out), shellWord(w.InstanceID), gap.Flags()))
		}
	}
	if r.published != nil {
		n.judge(r)
	}
}

// judge adds the reasons for exit code 3 that only a pull can have.
func (n *night) judge(r *report) {
	p, f := r.pull, n.flags
	if f.allowMissing.exceeded(p.Missing, p.Asked) {
		r.because(tooManyMissing, fmt.Sprintf("%d of %d ids did not come back, allowed are %s", p.Missing, p.Asked, f.allowMissing.String()),
			fmt.Sprintf("they are asked for again every night for %s; `callmill status %s` counts what is pending", spell(f.refetch), shellWord(n.out)))
	}
	if f.allowMissing.exceeded(p.Unlisted, p.Found+p.Unlisted) {
		r.because(tooManyMissing, fmt.Sprintf("%d entries of lists were counted but never shown, %d jobs were found, allowed are %s", p.Unlisted, p.Found, f.allowMissing.String()),
			"pull these days again with --from and --to: no other run looks for calls there")
	}
	if p.Calls < f.minCalls && n.fetchedDays() {
		r.because(tooFewCalls, fmt.Sprintf("%d jobs had calls, fewer than --min-calls %d", p.Calls, f.minCalls),
			"look whether the campaigns of these days were started, and whether --instance names all robots")
	}
	if len(p.Gaps) > 0 {
		r.because(daysUncovered, fmt.Sprintf("days before the last %s are not covered", spell(f.catchUp)),
			"fetch them with `"+strings.Join(p.Gaps, "`, `")+"`")
	}
}

// fetchedDays reports whether days were due: a second run in the same night has
// none, and need not have calls.
func (n *night) fetchedDays() bool {
	return slices.ContainsFunc(n.work, func(w nightly.Work) bool { return len(w.Windows) > 0 })
}

// shellWord quotes a word for a shell where necessary.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=@%+,", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
