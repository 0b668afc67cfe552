package report

import (
	"fmt"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/quote"
)

// LastLine sums up a run that published.
func (r *Report) LastLine() string {
	p, c := r.Published, r.Published.Counts
	var parts []string
	for _, part := range []struct {
		n    int64
		what string
	}{{c.New, "new"}, {c.Changed, "changed"}, {c.Unchanged, "unchanged"}, {c.Superseded, "superseded"}, {c.Rejected, "rejected"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "none")
	}
	line := fmt.Sprintf("published %s: ", p.Snapshot)
	if !p.Changed {
		line = fmt.Sprintf("nothing new, %s stays: ", p.Snapshot)
	}
	line += fmt.Sprintf("%d jobs seen (%s) in %s", c.Seen, strings.Join(parts, ", "), r.Finished.Sub(r.Started).Round(10*time.Millisecond))
	if n := r.Read.coerced(); n > 0 {
		line += fmt.Sprintf("; %d values coerced", n)
	}
	if r.Pull != nil {
		line += r.Pull.line()
	}
	if c.Shrunk > 0 {
		line += fmt.Sprintf("; %d jobs shrunk: they have fewer tasks or turns than before", c.Shrunk)
	}
	if c.Undated > 0 {
		line += fmt.Sprintf("; %d superseded because they have no timestamp; pass --observed-at", c.Undated)
	}
	separator := "; undocumented statuses: "
	for _, status := range p.Unlisted {
		line += separator + quote.Field(status)
		separator = ", "
	}
	return line
}

// line is the part of the last line that only a pull has.
func (p *Pull) line() string {
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

// coerced returns how many values were not spelled as documented. Raw lines and
// pages of other actions are counted with them, but are nothing unusual.
func (r *Read) coerced() (n int64) {
	for kind, count := range r.Coercions {
		if kind != "raw_line" && !strings.HasPrefix(kind, "action_") {
			n += count
		}
	}
	return n
}
