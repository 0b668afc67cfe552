package schema

// Stamp is a campaign as it was when all its jobs were last listed. It says
// whether it has changed since.
type Stamp struct {
	Status           string `json:"status"`
	ModifyTime       int64  `json:"modify_time"` // ms
	TotalJobs        *int64 `json:"total_jobs,omitempty"`
	TotalCompleted   *int64 `json:"total_completed,omitempty"`
	TotalNotAnswered *int64 `json:"total_not_answered,omitempty"`
	Listed           int64  `json:"listed"`  // jobs that its list showed
	ReadAt           int64  `json:"read_at"` // ms
}

// StampOf returns the stamp of a campaign whose list showed so many jobs at an
// instant, in ms.
func StampOf(g *JobGroupRow, listed, readAt int64) Stamp {
	return Stamp{g.JobGroupStatus, g.ModifyTime, g.TotalJobs, g.TotalCompleted, g.TotalNotAnswered, listed, readAt}
}

// Unchanged reports whether a campaign is as it was when it was stamped: what
// changes by each call does not count, only what more jobs or an edit change.
func (s *Stamp) Unchanged(g *JobGroupRow) bool {
	jobs := s.TotalJobs == g.TotalJobs || s.TotalJobs != nil && g.TotalJobs != nil && *s.TotalJobs == *g.TotalJobs
	return jobs && s.Status == g.JobGroupStatus && s.ModifyTime == g.ModifyTime
}
