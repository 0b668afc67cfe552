package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/callapi"
	"callmill/pipeline/coverage"
	"callmill/pipeline/dataset"
	"callmill/pipeline/spool"
	"callmill/schema"
)

// pullReport is what a pull adds to the report of a run.
type pullReport struct {
	Fetched []fetched `json:"fetched,omitempty"` // days, or parts of them
	Calls   int64     `json:"calls"`             // jobs that came and had been called
	Found   int64     `json:"found"`             // ids of jobs to ask for

	// Asked = Returned + Missing + Failed.
	Asked    int64 `json:"asked"`
	Returned int64 `json:"returned"`
	Missing  int64 `json:"missing"` // ids that did not come back
	Failed   int64 `json:"failed"`  // ids that are answered with errors only
	Resumed  int64 `json:"resumed"` // of those asked, answered by what a killed run had received

	Pending    int      `json:"pending"`               // jobs that are asked for again
	Unlisted   int64    `json:"unlisted"`              // entries that lists counted and never showed
	Gaps       []string `json:"gaps,omitempty"`        // commands that fetch what is left uncovered
	ResumedRun string   `json:"resumed_run,omitempty"` // the killed run

	Requests  int64 `json:"requests"` // sent, retries included
	Retries   int64 `json:"retries"`
	Throttles int64 `json:"throttles"`
	HighWater int64 `json:"high_water"` // most requests that left in any one second
}

// fetched is a span of time of which the calls were fetched.
type fetched struct {
	InstanceID string    `json:"instance_id"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
}

// count takes over what the client counted.
func (p *pullReport) count(c callapi.Counters) {
	p.Found, p.Asked, p.Returned, p.Missing, p.Failed, p.Resumed = c.Found, c.Asked, c.Returned, c.Missing, c.Failed, c.Resumed
	p.Unlisted, p.Requests, p.Retries, p.Throttles, p.HighWater = c.Unlisted, c.Requests, c.Retries, c.Throttles, c.HighWater
}

// line is what the last line of a pull says besides.
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

// open finds what is due and makes the input of the run of it.
func (n *night) open(ctx context.Context, d *dataset.Dataset, s *resolved, r *report) (*input, error) {
	tx, err := d.Begin(ctx, r.run)
	if err != nil {
		return nil, err
	}
	in, err := n.input(d, tx, s, r)
	if err != nil {
		return nil, errors.Join(err, tx.Close())
	}
	return in, nil
}

func (n *night) input(d *dataset.Dataset, tx *dataset.Tx, s *resolved, r *report) (*input, error) {
	plans, err := n.plan(d, s.location, tx)
	if err != nil {
		return nil, err
	}
	resume, err := spool.Unfinished(nil, d.RawDir(), d.Finished)
	if err != nil {
		return nil, err
	}
	journal, err := spool.Open(spool.Options{Dir: d.RawDir(), Run: r.run.ID, Resume: resume})
	if err != nil {
		return nil, err
	}
	r.pull = &pullReport{ResumedRun: resume}
	source := callapi.NewSource(n.client, plans, callapi.SourceOptions{Journal: journal, Saw: n.saw})
	return &input{
		source: source, tx: tx,
		decoder:  newDecoder,
		counters: n.client.Counters,
		extend:   n.extend,
		close: func() error {
			if err := journal.Close(); err != nil {
				return err
			}
			_, err := spool.Prune(nil, d.RawDir(), n.flags.keepRaw, r.run.ID)
			return err
		},
	}, nil
}

// saw notes what became of a job that was asked for.
func (n *night) saw(s callapi.Sighting) {
	seen := coverage.Sighting{
		InstanceID: s.InstanceID, JobID: s.JobID, Final: schema.FinalStatus(s.Status), ObservedAt: time.UnixMilli(s.ObservedAt),
	}
	if s.LastCall != 0 {
		seen.LastCall = time.UnixMilli(s.LastCall)
		n.calls++
	}
	switch {
	case s.Failed:
		seen.Trouble = coverage.Unfetched
	case !s.Came:
		seen.Trouble = coverage.Missing
	}
	n.tracker.Saw(seen)
}

// extend adds to the snapshot what this night covered and what is pending.
func (n *night) extend(e *dataset.Extent) {
	covered := intervals(e.Covered)
	for _, w := range n.work {
		covered[w.InstanceID] = coverage.Union(covered[w.InstanceID], coverage.Over(w.Windows, n.zone, n.now)...)
	}
	e.Covered = map[string][]dataset.Interval{}
	for instance, list := range covered {
		for _, i := range list {
			e.Covered[instance] = append(e.Covered[instance], dataset.Interval(i))
		}
	}
	if len(e.Covered) == 0 {
		e.Covered = nil
	}
	e.Pending = nil
	for _, p := range n.tracker.Pending() {
		e.Pending = append(e.Pending, dataset.Pending{InstanceID: p.InstanceID, JobID: p.JobID, Since: p.Since.UTC(), Reason: p.Reason})
	}
}

// report sums up the night, and says why it must not pass for a clean one.
func (n *night) report(r *report, m *dataset.Manifest) {
	p := r.pull
	if p == nil {
		return
	}
	p.count(n.client.Counters())
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

// judge finds all reasons that only a pull can have.
func (n *night) judge(r *report) {
	p, f := r.pull, n.flags
	if f.allowMissing.exceeded(p.Missing, p.Asked) {
		r.because(tooManyMissing, fmt.Sprintf("%d of %d ids did not come back, allowed are %s", p.Missing, p.Asked, f.allowMissing.String()),
			fmt.Sprintf("they are asked for again every night for %s; `callmill status %s` counts what is pending", newSpan(new(time.Duration), f.refetch), shellWord(n.out)))
	}
	if p.Calls < f.minCalls && n.fetchedDays() {
		r.because(tooFewCalls, fmt.Sprintf("%d jobs had calls, fewer than --min-calls %d", p.Calls, f.minCalls),
			"look whether the campaigns of these days were started, and whether --instance names all robots")
	}
	if len(p.Gaps) > 0 {
		r.because(daysUncovered, fmt.Sprintf("days before the last %s are not covered", newSpan(new(time.Duration), f.catchUp)),
			"fetch them with `"+strings.Join(p.Gaps, "`, `")+"`")
	}
}

// fetchedDays reports whether days were due: a second run of the same night
// has none, and no calls to expect.
func (n *night) fetchedDays() bool {
	return slices.ContainsFunc(n.work, func(w coverage.Work) bool { return len(w.Windows) > 0 })
}

// shellWord quotes a word for a shell, where that is needed.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=@%+,", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// look tries what a pull would do, and fetches nothing.
func (n *night) look(ctx context.Context, j *job) error {
	if err := j.flags.check(); err != nil {
		return err
	}
	d, err := lookAt(j.flags.out)
	if err != nil {
		return err
	}
	s, err := j.check(d)
	if err != nil {
		return err
	}
	plans, err := n.plan(d, s.location, nil)
	if err != nil {
		return err
	}
	if n.flags.check {
		return n.check(ctx, plans)
	}
	return n.dryRun(ctx, plans)
}

// check tries what a pull needs, and fails where something is wrong.
func (n *night) check(ctx context.Context, plans []callapi.Plan) error {
	var instances []string
	for _, p := range plans {
		instances = append(instances, p.InstanceID)
	}
	findings, err := n.client.Check(ctx, instances)
	if err != nil {
		return err
	}
	var wrong []string
	for _, f := range findings {
		mark := "ok  "
		if !f.OK {
			mark = "BAD "
			wrong = append(wrong, f.What)
		}
		fmt.Fprintf(n.env.stdout, "%s %-30s %s\n", mark, f.What, f.Says)
		if f.Hint != "" {
			fmt.Fprintf(n.env.stdout, "     %-30s %s\n", "", f.Hint)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("check: a pull would fail: %s", strings.Join(wrong, ", "))
	}
	return nil
}

// dryRun lists what there is to fetch.
func (n *night) dryRun(ctx context.Context, plans []callapi.Plan) error {
	for _, p := range plans {
		for _, w := range p.Windows {
			fmt.Fprintf(n.env.stdout, "%s: from %s to %s\n", p.InstanceID, w.From.In(n.zone).Format(time.RFC3339), w.To.In(n.zone).Format(time.RFC3339))
		}
		fmt.Fprintf(n.env.stdout, "%s: %d jobs are pending\n", p.InstanceID, len(p.JobIDs))
	}
	found, err := callapi.NewSource(n.client, plans, callapi.SourceOptions{}).Discover(ctx)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Fprintf(n.env.stdout, "%s: %d calls and %d campaigns are listed, %d jobs would be fetched\n", f.InstanceID, f.Calls, f.Groups, f.Jobs)
	}
	return nil
}

func intervals(covered map[string][]dataset.Interval) map[string][]coverage.Interval {
	all := map[string][]coverage.Interval{}
	for instance, list := range covered {
		for _, i := range list {
			all[instance] = append(all[instance], coverage.Interval(i))
		}
	}
	return all
}

func pendingJobs(pending []dataset.Pending) []coverage.Pending {
	var all []coverage.Pending
	for _, p := range pending {
		all = append(all, coverage.Pending{InstanceID: p.InstanceID, JobID: p.JobID, Since: p.Since, Reason: p.Reason})
	}
	return all
}
