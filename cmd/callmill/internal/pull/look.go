package pull

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/check"
	"callmill/pipeline/outboundbot/discover"
)

// Check checks what a pull into d needs, prints what it finds to w, and returns an
// error where something is wrong. It fetches nothing. Validate has been called
// with d.
func (p *Pull) Check(ctx context.Context, w io.Writer, d *dataset.Dataset) error {
	if err := p.findWork(d.Manifest(), nil); err != nil {
		return err
	}
	var instances []string
	for _, w := range p.work {
		instances = append(instances, w.InstanceID)
	}
	findings, err := check.Instances(ctx, p.client, instances)
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
		fmt.Fprintf(w, "%s %-30s %s\n", mark, f.What, f.Says)
		if f.Hint != "" {
			fmt.Fprintf(w, "     %-30s %s\n", "", f.Hint)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("check: a pull would fail: %s", strings.Join(wrong, ", "))
	}
	return nil
}

// List prints to w what a pull into d would fetch, and returns an error where not all
// of it could be listed. Validate has been called with d.
func (p *Pull) List(ctx context.Context, w io.Writer, d *dataset.Dataset) error {
	plans, err := p.plan(d, nil)
	if err != nil {
		return err
	}
	for _, plan := range plans {
		for _, window := range plan.Windows {
			fmt.Fprintf(w, "%s: from %s to %s\n", plan.InstanceID, window.From.In(p.zone).Format(time.RFC3339), window.To.In(p.zone).Format(time.RFC3339))
		}
		fmt.Fprintf(w, "%s: %d jobs are pending\n", plan.InstanceID, len(plan.JobIDs))
	}
	source := discover.NewSource(p.client, plans, discover.Options{})
	found, err := source.Discover(ctx)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Fprintf(w, "%s: %d calls and %d campaigns are listed, at most %d jobs would be fetched\n", f.InstanceID, f.Calls, f.Groups, f.Jobs)
	}
	left := 0
	for _, o := range source.Outcomes() {
		for i := range o.Failures {
			f := p.failure(&o.Failures[i])
			fmt.Fprintf(w, "%s: not listed: %s\n", f.What, f.Reason)
			left++
		}
	}
	if left > 0 {
		return fmt.Errorf("dry run: %d of what is to be listed could not be", left)
	}
	return nil
}
