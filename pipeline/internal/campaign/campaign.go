// Package campaign keeps what a campaign was like when its jobs were last listed, so
// that it is read again only where it has changed.
package campaign

import "callmill/schema"

// Stamp is a campaign as it was when all its jobs were last listed. It says
// whether it has changed since. The zero value is that of one of which they never
// were, although they were asked for.
type Stamp struct {
	Status           string `json:"status"`
	ModifyTime       int64  `json:"modify_time"` // ms
	TotalJobs        *int64 `json:"total_jobs,omitempty"`
	TotalCompleted   *int64 `json:"total_completed,omitempty"`
	TotalNotAnswered *int64 `json:"total_not_answered,omitempty"`
	Listed           int64  `json:"listed"` // jobs that its list showed
	// ChangedAt is the last change that is known of, ms: of the campaign itself, or
	// of its totals from one reading to the next.
	ChangedAt int64 `json:"changed_at"`
	ReadAt    int64 `json:"read_at"` // ms
}

// StampOf returns the stamp of a campaign whose list showed so many jobs at an
// instant, in ms. before is its stamp until then, nil where it has none.
func StampOf(g *schema.JobGroupRow, listed, readAt int64, before *Stamp) Stamp {
	s := Stamp{g.JobGroupStatus, g.ModifyTime, g.TotalJobs, g.TotalCompleted, g.TotalNotAnswered, listed, max(g.ModifyTime, g.CreationTime), readAt}
	if before == nil {
		return s
	}
	s.ChangedAt = max(s.ChangedAt, before.ChangedAt)
	if !before.Unchanged(g) || before.Called(g) || before.Listed != listed {
		s.ChangedAt = readAt
	}
	return s
}

// WasRead reports whether all jobs of the campaign were ever listed.
func (s Stamp) WasRead() bool { return s.ReadAt != 0 }

// Unchanged reports whether a campaign has the jobs that it had when it was
// stamped, as far as its own row tells.
func (s Stamp) Unchanged(g *schema.JobGroupRow) bool {
	return equal(s.TotalJobs, g.TotalJobs) && s.Status == g.JobGroupStatus && s.ModifyTime == g.ModifyTime
}

// Called reports whether a campaign's totals show that calls were made since it was
// stamped.
func (s Stamp) Called(g *schema.JobGroupRow) bool {
	return !equal(s.TotalCompleted, g.TotalCompleted) || !equal(s.TotalNotAnswered, g.TotalNotAnswered)
}

// Same reports whether two stamps say the same of a campaign, whenever it was read.
func (s Stamp) Same(other Stamp) bool {
	return s.Status == other.Status && s.ModifyTime == other.ModifyTime && s.Listed == other.Listed && s.ChangedAt == other.ChangedAt &&
		equal(s.TotalJobs, other.TotalJobs) && equal(s.TotalCompleted, other.TotalCompleted) && equal(s.TotalNotAnswered, other.TotalNotAnswered)
}

func equal(a, b *int64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// Over reports whether a campaign with this status makes no more calls.
func Over(status string) bool {
	return status == "Completed" || status == "Cancelled" || status == "Failed"
}
