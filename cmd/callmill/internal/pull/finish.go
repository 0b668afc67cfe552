package pull

import (
	"fmt"
	"slices"
	"strings"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/quantity"
	"callmill/cmd/callmill/internal/quote"
	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline/dataset"
	"callmill/pipeline/nightly"
)

// Finish completes the report of the run, with the reasons for exit code 3, and
// closes the log of responses, also after a failure. m is what is published, nil
// for nothing.
func (p *Pull) Finish(r *report.Report, m *dataset.Manifest) error {
	out := r.Pull
	out.Counters, out.Calls = p.source.Counters(), p.calls
	if m != nil {
		out.Pending = len(m.Listed)
	}
	for _, w := range p.work {
		for _, window := range w.Windows {
			out.Fetched = append(out.Fetched, report.Fetched{InstanceID: w.InstanceID, From: window.From, To: window.To})
		}
		for _, gap := range w.Gaps {
			out.Gaps = append(out.Gaps, fmt.Sprintf("callmill pull --out %s --instance %s %s", quote.Shell(p.options.Out), quote.Shell(w.InstanceID), gap.Flags()))
		}
	}
	if r.Published != nil {
		p.judge(r)
	}
	return p.closeLog()
}

// judge adds the reasons for exit code 3 that only a pull can have.
func (p *Pull) judge(r *report.Report) {
	out, o := r.Pull, &p.options
	if o.AllowMissing.Exceeded(out.Missing, out.Asked) {
		r.Because(exit.TooManyMissing, fmt.Sprintf("%d of %d ids did not come back, allowed are %s", out.Missing, out.Asked, o.AllowMissing),
			fmt.Sprintf("they are asked for again every night for %s; `callmill status %s` counts what is pending", quantity.Duration(o.Refetch), quote.Shell(o.Out)))
	}
	if o.AllowMissing.Exceeded(out.Unlisted, out.Found+out.Unlisted) {
		r.Because(exit.TooManyMissing, fmt.Sprintf("%d entries of lists were counted but never shown, %d jobs were found, allowed are %s", out.Unlisted, out.Found, o.AllowMissing),
			"pull these days again with --from and --to: no other run looks for calls there")
	}
	// A second run in the same night has no days to fetch, and need not have calls.
	fetched := slices.ContainsFunc(p.work, func(w nightly.Work) bool { return len(w.Windows) > 0 })
	if out.Calls < o.MinCalls && fetched {
		r.Because(exit.TooFewCalls, fmt.Sprintf("%d jobs had calls, fewer than --min-calls %d", out.Calls, o.MinCalls),
			"look whether the campaigns of these days were started, and whether --instance names all robots")
	}
	if len(out.Gaps) > 0 {
		r.Because(exit.DaysUncovered, fmt.Sprintf("days before the last %s are not covered", quantity.Duration(o.CatchUp)),
			"fetch them with `"+strings.Join(out.Gaps, "`, `")+"`")
	}
}
