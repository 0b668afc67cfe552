package verify

import (
	"cmp"
	"sync/atomic"

	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// retention counts the jobs that the snapshot has and should not keep: their last call
// (never called: first_seen) lies before the first day that was kept.
type retention struct {
	begin   int64 // of that day, in ms; 0: all are kept
	holds   map[erased.Job]bool
	overdue atomic.Int64
}

// prepareRetention reads which jobs are on hold, and kept however old they are.
func (p *plan) prepareRetention() {
	if p.manifest.Edge == 0 || p.location == nil {
		return
	}
	holds, err := erased.In(durable.OS{}, p.dir).Holds()
	if err != nil {
		p.leaveOut("whether jobs are kept too long", err.Error())
		return
	}
	r := &p.retention
	r.begin, r.holds = p.manifest.Edge.Start(p.location).UnixMilli(), map[erased.Job]bool{}
	for _, h := range holds {
		r.holds[h.Job] = true
	}
}

// count looks at a job.
func (r *retention) count(row *schema.JobRow) {
	if cmp.Or(row.LastCallTime, row.FirstSeen) < r.begin && !r.holds[erased.Job{InstanceID: row.InstanceID, JobID: row.JobID}] {
		r.overdue.Add(1)
	}
}

// noteRetention notes how many there are. It is no damage: a job that was on hold when the
// snapshot was published, and is released since, goes with the next run.
func (p *plan) noteRetention() {
	if n := p.retention.overdue.Load(); n > 0 {
		p.note("the snapshot holds jobs from before %s, the first day that is kept, that are not on hold, %d of them: the next run that publishes removes them", p.manifest.Edge, n)
	}
}
