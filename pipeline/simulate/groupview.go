package simulate

import (
	"callmill/pipeline/simulate/script"
	"callmill/schema"
)

// Group is a batch of jobs of a campaign (a job group) at the world's instant.
type Group struct {
	ID, Name, Description               string
	ScriptID, ScriptName, ScriptVersion string
	Status                              string // Draft, Scheduling, Executing, Completed, Paused, Cancelled
	Created, Modified                   int64  // ms
	First, Jobs                         int    // its jobs have the indexes First to First+Jobs-1

	// Numbers of jobs by status; Completed is the sum of the first three.
	Completed, Succeeded, Failed, Cancelled int
	Scheduling, Executing, Paused, Drafted  int
	NotAnswered                             int // failed because no call was answered
}

// Groups returns the groups created by now, in the order of creation. It simulates
// the calls around now to know which are over: some microseconds per job.
func (w *World) Groups() []Group {
	visible := w.visibleGroups()
	made := w.newMaker()
	groups := make([]Group, len(visible))
	for i, g := range visible {
		groups[i] = w.describe(g, made)
	}
	return groups
}

func (w *World) describe(g *group, made *maker) Group {
	c := g.campaign
	v := Group{
		ID: w.id(groupIDs, uint64(g.first)), Name: g.nameOf(), Description: c.Description,
		ScriptID: w.scriptID(c), ScriptName: c.Script, ScriptVersion: c.Versions[g.version].Name,
		Created: g.created, Modified: g.created, First: g.first, Jobs: g.jobs,
	}
	tallies := map[string]*int{
		schema.JobSucceeded: &v.Succeeded, schema.JobFailed: &v.Failed, schema.JobCancelled: &v.Cancelled,
		schema.JobScheduling: &v.Scheduling, schema.JobExecuting: &v.Executing, schema.JobPaused: &v.Paused,
		schema.JobDrafted: &v.Drafted,
	}
	for i := g.first; i < g.first+g.jobs; i++ {
		status, reason, last := made.standing(i)
		*tallies[status]++
		if reason == "NoAnswer" {
			v.NotAnswered++
		}
		v.Modified = max(v.Modified, last)
	}
	if g.stopped != 0 && w.happened(g.stopped) {
		v.Modified = max(v.Modified, g.stopped)
	}
	v.Completed = v.Succeeded + v.Failed + v.Cancelled
	v.Status = w.groupStatus(g, &v)
	return v
}

// standing returns the status of a job and the time of its last event. It
// simulates calls only if the plan does not suffice.
func (m *maker) standing(i int) (status, reason string, last int64) {
	m.w.plan(i, &m.plan)
	begun := m.w.begun(&m.plan)
	inProgress := false
	if begun > 0 {
		a := &m.plan.attempts[begun-1]
		last = a.begin()
		// No call lasts an hour.
		if a.actual != 0 && !m.w.happened(last+hourMS) {
			job, _ := m.job(i)
			inProgress = job.Tasks[begun-1].Status == "Executing"
		}
	}
	status, reason = m.w.jobStatus(&m.plan, inProgress)
	return status, reason, last
}

func (w *World) scriptID(c *script.Campaign) string { return w.id(scriptIDs, hashText(c.ID)&0xffffff) }
