package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/callapi"
	"callmill/pipeline/dataset"
	"callmill/pipeline/nightly"
	"callmill/pipeline/spool"
	"callmill/schema"
)

// open finds what is due and makes the input of the run of it.
func (n *night) open(_ context.Context, with opening) (*input, error) {
	d, r := with.dataset, with.report
	plans, err := n.plan(d, with.settings.location, with.tx)
	if err != nil {
		return nil, err
	}
	resume, err := spool.Unfinished(nil, d.RawDir(), func(run string) bool {
		// A run that published may have been killed before it could tell.
		m := d.Manifest()
		return m != nil && m.Run == run || d.Finished(run)
	})
	if err != nil {
		return nil, err
	}
	journal, err := spool.Open(spool.Options{Dir: d.RawDir(), Run: r.run.ID, Resume: resume})
	if err != nil {
		return nil, err
	}
	r.pull = &pullReport{ResumedRun: resume}
	source := callapi.NewSource(n.client, plans, callapi.SourceOptions{Journal: journal, Saw: n.saw})
	n.closeJournal = func() error {
		if err := journal.Close(); err != nil {
			return err
		}
		_, err := spool.Prune(nil, d.RawDir(), n.flags.keepRaw, r.run.ID)
		return err
	}
	return &input{source: source, decoder: newDecoder, counters: n.client.Counters, extend: n.extend}, nil
}

// saw notes what became of a job that was asked for.
func (n *night) saw(s callapi.Sighting) {
	seen := schema.Sighting{
		InstanceID: s.InstanceID, JobID: s.JobID, Final: schema.FinalStatus(s.Status), ObservedAt: time.UnixMilli(s.ObservedAt),
	}
	if s.LastCall != 0 {
		seen.LastCall = time.UnixMilli(s.LastCall)
		if n.isDue(s.InstanceID, seen.LastCall) {
			n.calls++
		}
	}
	switch {
	case s.Failed:
		seen.Trouble = schema.PendingUnfetched
	case !s.Came:
		seen.Trouble = schema.PendingMissing
	}
	n.tracker.Saw(seen)
}

// isDue reports whether a call was made on the days that are fetched or since.
// Jobs that are pending were called before, and would hide that nobody was
// called on those days.
func (n *night) isDue(instance string, call time.Time) bool {
	return n.flags.named() || slices.ContainsFunc(n.work, func(w nightly.Work) bool {
		return w.InstanceID == instance && len(w.Windows) > 0 && !call.Before(w.Windows[0].From)
	})
}

// extend adds to the snapshot what this night covered and what is pending.
func (n *night) extend(e *dataset.Extent) {
	e.Covered = nightly.Cover(e.Covered, n.work, n.zone, n.now)
	e.Pending = n.tracker.Pending()
}

// look tries what a pull would do, and fetches nothing.
func (n *night) look(ctx context.Context, o *operation) error {
	if err := o.flags.check(); err != nil {
		return err
	}
	d, err := lookAt(o.flags.out)
	if err != nil {
		return err
	}
	s, err := o.check(d)
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
