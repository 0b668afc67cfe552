package reconcile

import (
	"slices"
	"strings"

	"callmill/schema"
)

// Summary is what became of the entries of a run.
type Summary struct {
	ByReason map[string]int64 `json:"by_reason,omitempty"` // entries afterwards
	Asked    int64            `json:"asked"`               // jobs that are to be asked for again
	New      map[string]int64 `json:"new,omitempty"`       // of the entries those of trouble that are new in this run, by reason
	NewJobs  int64            `json:"new_jobs"`            // of how many jobs they are
	Met      int64            `json:"met"`                 // entries of trouble that are gone, since what they expected came
	Passed   int64            `json:"passed"`              // entries of trouble from before that became Overdue since Rules.Previous
	GivenUp  int64            `json:"given_up"`            // entries of trouble that were too old, but for Rules.Retired
	// GivenUpJobs are the first mostGivenUp jobs that they are about.
	GivenUpJobs []string `json:"given_up_jobs,omitempty"`
}

const mostGivenUp = 10

// what is what an entry is about: the call, the version that is held, or else the job.
type what struct{ task, hash string }

func whatOf(row *schema.PendingRow) what { return what{row.TaskID, row.ContentHash} }

// Add adds what became of the entries of a job. It keeps no texts of theirs, whose memory
// may be used again.
func (s *Summary) Add(r *Rules, old []schema.PendingRow, o *Outcome) {
	if s.ByReason == nil {
		s.ByReason, s.New = map[string]int64{}, map[string]int64{}
	}
	var before map[what]bool
	for i := range old {
		if Trouble(old[i].Reason) {
			if before == nil {
				before = map[what]bool{}
			}
			before[whatOf(&old[i])] = true
		}
	}
	asked, fresh := false, false
	for i := range o.Rows {
		row := &o.Rows[i]
		s.ByReason[strings.Clone(row.Reason)]++
		asked = asked || Asked(row.Reason) && !slices.Contains(r.Retired, row.InstanceID)
		switch is := whatOf(row); {
		case !Trouble(row.Reason) && row.Reason != schema.PendingGivenUp:
		case before[is]:
			delete(before, is)
			if Trouble(row.Reason) && r.passes(row) {
				s.Passed++
			}
		case Trouble(row.Reason):
			s.New[strings.Clone(row.Reason)]++
			fresh = true
		}
	}
	if asked {
		s.Asked++
	}
	if fresh {
		s.NewJobs++
	}
	for i := range o.GivenUp {
		if is := whatOf(&o.GivenUp[i]); before[is] {
			delete(before, is)
			s.giveUp(r, &o.GivenUp[i])
		}
	}
	s.Met += int64(len(before))
}

// giveUp counts an entry of trouble that is given up.
func (s *Summary) giveUp(r *Rules, row *schema.PendingRow) {
	if slices.Contains(r.Retired, row.InstanceID) {
		return
	}
	s.GivenUp++
	if len(s.GivenUpJobs) < mostGivenUp && !slices.Contains(s.GivenUpJobs, row.JobID) {
		s.GivenUpJobs = append(s.GivenUpJobs, strings.Clone(row.JobID))
	}
}

// passes reports whether an entry became Overdue since the run before began.
func (r *Rules) passes(row *schema.PendingRow) bool {
	at := r.at(row.Since).Add(Overdue)
	return !r.Previous.IsZero() && !slices.Contains(r.Retired, row.InstanceID) && at.After(r.Previous) && !at.After(r.Now)
}
