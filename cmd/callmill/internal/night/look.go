package night

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/discover"
)

// Try tries what a pull into d needs, prints what it finds to w, and fails where
// something is wrong. It fetches nothing. Check has been called with d.
func (n *Night) Try(ctx context.Context, w io.Writer, d *dataset.Dataset) error {
	instances, err := n.findWork(d.Manifest())
	if err != nil {
		return err
	}
	findings, err := discover.Check(ctx, n.client, instances)
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

// List prints to w what a pull into d would fetch. Check has been called with d.
func (n *Night) List(ctx context.Context, w io.Writer, d *dataset.Dataset) error {
	plans, err := n.plan(d, nil)
	if err != nil {
		return err
	}
	for _, p := range plans {
		for _, window := range p.Windows {
			fmt.Fprintf(w, "%s: from %s to %s\n", p.InstanceID, window.From.In(n.zone).Format(time.RFC3339), window.To.In(n.zone).Format(time.RFC3339))
		}
		fmt.Fprintf(w, "%s: %d jobs are pending\n", p.InstanceID, len(p.JobIDs))
	}
	found, err := discover.NewSource(n.client, plans, discover.Options{}).Discover(ctx)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Fprintf(w, "%s: %d calls and %d campaigns are listed, %d jobs would be fetched\n", f.InstanceID, f.Calls, f.Groups, f.Jobs)
	}
	return nil
}
