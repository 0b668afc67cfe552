package pull

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/outboundbot/discover"
	"callmill/schema"
)

// judge adds the reasons for exit code 3 that only a pull can have.
func (p *Pull) judge(r *report.Report) {
	p.judgeMissing(r)
	p.judgeCovered(r)
	out, o := r.Pull, &p.options
	// A second run in the same night has no days to fetch, and need not have calls.
	if out.Calls < o.MinCalls && p.fetches() {
		r.Because(exit.TooFewCalls, fmt.Sprintf("%d jobs had calls, fewer than --min-calls %d", out.Calls, o.MinCalls),
			"look whether the campaigns of these days were started, and whether --instance names all robots; the days are not covered")
	}
	if len(out.Gaps) > 0 {
		r.Because(exit.DaysUncovered, fmt.Sprintf("days before the last %s are not covered", quantity.Duration(o.CatchUp)),
			"fetch them with `"+strings.Join(out.Gaps, "`, `")+"`")
	}
}

// judgeMissing adds the reasons that are due to what is expected and did not come.
func (p *Pull) judgeMissing(r *report.Report) {
	out, o, pending := r.Pull, &p.options, &r.Published.Pending
	status := fmt.Sprintf("`callmill status %s --pending` lists what is pending", quote.Shell(o.Out))
	out.Pending = pending.Asked
	if o.AllowMissing.Exceeded(pending.NewJobs, out.Asked) {
		whole := ""
		if pending.New[schema.PendingIncomplete]+pending.New[schema.PendingShrunk] > 0 {
			whole = " whole"
		}
		r.Because(exit.TooManyMissing, fmt.Sprintf("%d of %d ids did not come back%s, allowed are %s", pending.NewJobs, out.Asked, whole, o.AllowMissing),
			fmt.Sprintf("new in this run are %s: they are asked for again every night for %s; %s", spell(pending.New), quantity.Duration(o.Refetch), status))
	}
	if n := pending.Passed; n > 0 {
		r.Because(exit.TooManyMissing, fmt.Sprintf("%d not in the tables whole for 72 hours now", n),
			fmt.Sprintf("%s; `callmill pending %s drop` gives up what will never come", status, quote.Shell(o.Out)))
	}
	if n := pending.GivenUp; n > 0 {
		r.Warn(fmt.Sprintf("%d not in the tables whole after %s, and asked for no more", n, quantity.Duration(o.Refetch)),
			fmt.Sprintf("they are of %s; `callmill pull --out %s --jobs FILE` asks for those again that FILE names", some(pending.GivenUpJobs, n), quote.Shell(o.Out)))
	}
	if o.AllowMissing.Exceeded(out.Unlisted, out.Found+out.Unlisted) {
		r.Because(exit.TooManyMissing, fmt.Sprintf("%d entries of lists were counted but never shown, %d jobs were found, allowed are %s", out.Unlisted, out.Found, o.AllowMissing),
			"what was not seen whole is not covered, and is searched again by the next run")
	}
}

// some names the jobs that are known of n entries.
func some(jobs []string, n int64) string {
	list := "job"
	if n > 1 {
		list = "jobs"
	}
	list += " " + strings.Join(jobs, ", ")
	if n > int64(len(jobs)) {
		list += " and others"
	}
	return list
}

// spell names counts by their reason, such as "1 missing, 2 rejected".
func spell(counts map[string]int64) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[reason], reason))
	}
	return strings.Join(parts, ", ")
}

// mostReasons is how many failures are reasons of their own.
const mostReasons = 10

// judgeCovered adds the reasons that are due to what was left out.
func (p *Pull) judgeCovered(r *report.Report) {
	out := r.Pull
	for _, f := range out.Failures[:min(len(out.Failures), mostReasons)] {
		says := fmt.Sprintf("%s left out: %s", f.What, f.Reason)
		var ids []string
		if f.RequestID != "" {
			ids = []string{f.RequestID}
		}
		if f.RequestID != "" && !strings.Contains(f.Reason, f.RequestID) {
			says += fmt.Sprintf(" (request %s)", f.RequestID)
		}
		r.Because(exit.DaysUncovered, says, p.again(f.Command), ids...)
	}
	if n := len(out.Failures) - mostReasons; n > 0 {
		r.Because(exit.DaysUncovered, fmt.Sprintf("%d more were left out", n), fmt.Sprintf("runs/%s.json names them all", r.Run))
	}
	for i, after := range p.after {
		id := p.work[i].InstanceID
		if p.explained(id) {
			after.Uncovered = nil
		}
		for _, gap := range after.Uncovered {
			r.Because(exit.DaysUncovered, fmt.Sprintf("%s of instance %s: not seen whole, and not covered", gap, id),
				p.again(p.command(id, gap.Flags())))
		}
		if len(after.Empty) > 0 {
			r.Because(exit.DaysUncovered, fmt.Sprintf("%s of instance %s: no call is listed, on the same days of the four weeks before there were many", days(after.Empty), id),
				"not covered yet; what is still empty tomorrow is believed")
		}
	}
}

// again says how what was left out is fetched. What was asked for by name is not what
// the next night asks for.
func (p *Pull) again(command string) string {
	if p.options.asked() != "" {
		return "fetch it with `" + command + "`"
	}
	return "the next run tries again, or fetch it with `" + command + "`"
}

// explained reports whether a failure says why days of an instance are uncovered.
func (p *Pull) explained(instance string) bool {
	return slices.ContainsFunc(p.source.Outcomes(), func(o discover.Outcome) bool {
		return o.InstanceID == instance && slices.ContainsFunc(o.Failures, func(f discover.Failure) bool { return f.Campaign == "" })
	})
}

// days names some days.
func days[D fmt.Stringer](all []D) string {
	names := make([]string, len(all))
	for i, day := range all {
		names[i] = day.String()
	}
	return strings.Join(names, ", ")
}
