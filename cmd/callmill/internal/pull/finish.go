package pull

import (
	"fmt"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
)

// maxSkew is how far clocks may differ without a warning.
const maxSkew = 5 * time.Minute

// Finish completes the report of the run, with the reasons for exit code 3, and
// closes the log of responses, also after a failure. m is what is published, nil
// for nothing.
func (p *Pull) Finish(r *report.Report, _ *dataset.Manifest) error {
	out := r.Pull
	out.Counters, out.Calls = p.source.Counters(), p.calls
	for _, w := range p.work {
		for _, window := range w.Windows {
			out.Fetched = append(out.Fetched, report.Fetched{InstanceID: w.InstanceID, From: window.From, To: window.To})
		}
		for _, window := range w.Again {
			out.Again = append(out.Again, report.Fetched{InstanceID: w.InstanceID, From: window.From, To: window.To})
		}
		for _, gap := range w.Gaps {
			out.Gaps = append(out.Gaps, p.command(w.InstanceID, gap.Flags()))
		}
	}
	for _, o := range p.source.Outcomes() {
		for i := range o.Failures {
			out.Failures = append(out.Failures, p.failure(&o.Failures[i]))
		}
	}
	for i, after := range p.after {
		if len(after.Empty) > 0 {
			out.Doubted = append(out.Doubted, fmt.Sprintf("%s of %s", days(after.Empty), p.work[i].InstanceID))
		}
	}
	if ahead, known := p.source.Skew(); known && ahead.Abs() > maxSkew {
		r.Warn(fmt.Sprintf("the clock of this machine is %s the API's", client.DescribeSkew(ahead)),
			"set it, and keep it right with NTP: days are covered only when they are over by both")
	}
	if r.Published != nil {
		p.judge(r)
	}
	return p.closeLog(r.Published != nil)
}

// command returns the command that pulls something of an instance.
func (p *Pull) command(instance, flags string) string {
	return strings.TrimRight(fmt.Sprintf("callmill pull --out %s --instance %s %s", quote.Shell(p.options.Out), quote.Shell(instance), flags), " ")
}

// failure says what was left out, why, and which command fetches it.
func (p *Pull) failure(f *discover.Failure) report.Failure {
	told := report.Failure{Reason: f.Reason, RequestID: f.RequestID, Command: p.command(f.InstanceID, p.options.asked())}
	switch {
	case f.Instance:
		told.What = "instance " + f.InstanceID
	case f.Campaign != "":
		told.What = fmt.Sprintf("campaign %s of instance %s", f.Campaign, f.InstanceID)
		told.Command = p.command(f.InstanceID, "--group "+quote.Shell(f.Campaign))
	case !f.Window.Empty():
		told.What = fmt.Sprintf("calls of instance %s from %s to %s", f.InstanceID,
			f.Window.From.In(p.zone).Format(time.RFC3339), f.Window.To.In(p.zone).Format(time.RFC3339))
		told.Command = p.command(f.InstanceID, p.request.Over(f.Window).Flags())
	default:
		told.What = fmt.Sprintf("%s of instance %s", f.Action, f.InstanceID)
	}
	return told
}
