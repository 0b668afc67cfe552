package simulate

import (
	"sort"
	"time"

	"callmill/schema"
)

// What the world shows at an instant. World.happened is the only place that
// decides whether something is visible yet; nothing else compares an instant
// with World.now.

// At returns the same world as it stands at another instant, earlier or later
// than Options.Until: groups created after t do not exist, calls after t are
// not dialled, a call going on at t is Executing and has no dialogue, results
// that arrive after t are absent. The worlds share their memory.
func (w *World) At(t time.Time) *World {
	at := *w
	at.now = t.UnixMilli()
	return &at
}

// Now returns the instant at which the world stands.
func (w *World) Now() time.Time { return instant(w.now) }

// Len returns the number of jobs: those of the groups created by now. Jobs have
// the indexes 0 to Len()-1.
func (w *World) Len() int {
	groups := w.visibleGroups()
	if len(groups) == 0 {
		return 0
	}
	last := groups[len(groups)-1]
	return last.first + last.jobs
}

// happened reports whether what happens at an instant, in ms, is visible.
func (w *World) happened(at int64) bool { return at <= w.now }

// visibleGroups returns the groups created by now, in the order of creation.
func (w *World) visibleGroups() []*group {
	n := sort.Search(len(w.groups), func(i int) bool { return !w.happened(w.groups[i].created) })
	return w.groups[:n]
}

// begun returns how many attempts of a job have begun.
func (w *World) begun(p *plan) int {
	n := 0
	for i := range p.attempts {
		if w.happened(p.attempts[i].begin()) {
			n++
		}
	}
	return n
}

// jobStatus returns the status of a job and its FailureReason. inProgress is
// whether its last call is still going on.
func (w *World) jobStatus(p *plan, inProgress bool) (status, reason string) {
	switch {
	case p.never != "":
		return p.never, p.reason
	case inProgress:
		return schema.JobExecuting, ""
	case w.begun(p) < len(p.attempts):
		return schema.JobScheduling, ""
	case p.endedByStop() && !w.happened(p.group.stopped):
		return schema.JobScheduling, ""
	case p.final != schema.JobFailed:
		return p.final, ""
	}
	return p.final, p.reason
}

// groupStatus returns the status of a group whose jobs v counts. Jobs set aside
// one by one do not keep a group from being completed.
func (w *World) groupStatus(g *group, v *Group) string {
	stopped := g.stopped != 0 && w.happened(g.stopped)
	switch {
	case g.fate == groupIsDraft:
		return "Draft"
	case stopped && g.fate == groupIsPaused:
		return "Paused"
	case stopped && g.fate == groupIsCancelled:
		return "Cancelled"
	case v.Scheduling+v.Executing == 0:
		return "Completed"
	case v.Modified == g.created:
		return "Scheduling"
	}
	return "Executing"
}
