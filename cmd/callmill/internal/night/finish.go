package night

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
func (n *Night) Finish(r *report.Report, m *dataset.Manifest) error {
	p := r.Pull
	p.Counters, p.Calls = n.source.Counters(), n.calls
	if m != nil {
		p.Pending = len(m.Pending)
	}
	for _, w := range n.work {
		for _, window := range w.Windows {
			p.Fetched = append(p.Fetched, report.Fetched{InstanceID: w.InstanceID, From: window.From, To: window.To})
		}
		for _, gap := range w.Gaps {
			p.Gaps = append(p.Gaps, fmt.Sprintf("callmill pull --out %s --instance %s %s", quote.Shell(n.options.Out), quote.Shell(w.InstanceID), gap.Flags()))
		}
	}
	if r.Published != nil {
		n.judge(r)
	}
	return n.closeLog()
}

// judge adds the reasons for exit code 3 that only a pull can have.
func (n *Night) judge(r *report.Report) {
	p, o := r.Pull, &n.options
	if o.AllowMissing.Exceeded(p.Missing, p.Asked) {
		r.Because(exit.TooManyMissing, fmt.Sprintf("%d of %d ids did not come back, allowed are %s", p.Missing, p.Asked, o.AllowMissing),
			fmt.Sprintf("they are asked for again every night for %s; `callmill status %s` counts what is pending", quantity.Duration(o.Refetch), quote.Shell(o.Out)))
	}
	if o.AllowMissing.Exceeded(p.Unlisted, p.Found+p.Unlisted) {
		r.Because(exit.TooManyMissing, fmt.Sprintf("%d entries of lists were counted but never shown, %d jobs were found, allowed are %s", p.Unlisted, p.Found, o.AllowMissing),
			"pull these days again with --from and --to: no other run looks for calls there")
	}
	// A second run in the same night has no days to fetch, and need not have calls.
	fetched := slices.ContainsFunc(n.work, func(w nightly.Work) bool { return len(w.Windows) > 0 })
	if p.Calls < o.MinCalls && fetched {
		r.Because(exit.TooFewCalls, fmt.Sprintf("%d jobs had calls, fewer than --min-calls %d", p.Calls, o.MinCalls),
			"look whether the campaigns of these days were started, and whether --instance names all robots")
	}
	if len(p.Gaps) > 0 {
		r.Because(exit.DaysUncovered, fmt.Sprintf("days before the last %s are not covered", quantity.Duration(o.CatchUp)),
			"fetch them with `"+strings.Join(p.Gaps, "`, `")+"`")
	}
}
