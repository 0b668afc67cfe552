package simulate

import (
	"sort"

	"callmill/schema"
)

// Group is a campaign's batch of jobs (a job group) as it stands now.
type Group struct {
	ID, Name, Description               string
	ScriptID, ScriptName, ScriptVersion string
	Status                              string // Draft, Scheduling, Executing, Completed, Paused, Cancelled
	Created, Modified                   int64  // ms
	First, Jobs                         int    // its jobs have the indexes First to First+Jobs-1

	// Completed are the jobs that are over, whether they succeeded, failed or
	// were cancelled; the others are parts of Jobs, too.
	Completed, Succeeded, Failed, Cancelled int
	Scheduling, Executing, Paused, Drafted  int
	NotAnswered                             int // failed without an answer
}

// Groups lists the campaigns created by now, in the order of their creation.
// It plays the calls around now to say which are over: some microseconds for
// each job.
func (w *World) Groups() []Group {
	n := sort.Search(len(w.groups), func(i int) bool { return w.groups[i].created > w.now })
	made := w.newMaker()
	groups := make([]Group, n)
	for i, g := range w.groups[:n] {
		groups[i] = w.describe(g, made)
	}
	return groups
}

func (w *World) describe(g *group, made *maker) Group {
	c := g.campaign
	v := Group{
		ID: w.id(groupIDs, uint64(g.first)), Name: g.nameOf(), Description: c.description,
		ScriptID: w.scriptID(c), ScriptName: c.script, ScriptVersion: c.versions[g.version].name,
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
	if g.stopped != 0 && g.stopped <= w.now {
		v.Modified = max(v.Modified, g.stopped)
	}
	v.Completed = v.Succeeded + v.Failed + v.Cancelled
	v.Status = g.statusAt(w.now, &v)
	return v
}

// statusAt: jobs set aside one by one do not keep a group from being completed.
func (g *group) statusAt(now int64, v *Group) string {
	stopped := g.stopped != 0 && g.stopped <= now
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

// standing is the status of a job now and the time of its last event, without
// playing its calls where the plan alone tells.
func (m *maker) standing(i int) (status, reason string, last int64) {
	m.w.plan(i, &m.plan)
	begun := m.plan.begun(m.w.now)
	inProgress := false
	if begun > 0 {
		a := &m.plan.attempts[begun-1]
		last = max(a.planned, a.actual)
		// No call lasts as long as an hour.
		if connected(a.status) || a.status == "" {
			if m.w.now-last < hourMS {
				job, _ := m.job(i)
				inProgress = job.Tasks[begun-1].Status == "Executing"
			}
		}
	}
	status, reason = m.plan.statusAt(m.w.now, inProgress)
	return status, reason, last
}

// Script is a campaign's script with its published versions, oldest first.
type Script struct {
	ID, Name string
	Versions []ScriptVersion
}

// ScriptVersion is a published state of a script.
type ScriptVersion struct {
	Name, Description string
	Published         int64 // ms
}

// Scripts lists the scripts and what of them was published by now.
func (w *World) Scripts() []Script {
	var scripts []Script
	for _, c := range w.campaigns {
		s := Script{ID: w.scriptID(c), Name: c.script}
		for _, v := range c.versions {
			// The evening before the first groups that use it.
			day := int64((v.from*w.options.Days + 99) / 100)
			if at := w.begin + day*dayMS - 4*hourMS; at <= w.now {
				s.Versions = append(s.Versions, ScriptVersion{v.name, v.note, at})
			}
		}
		scripts = append(scripts, s)
	}
	return scripts
}

func (w *World) scriptID(c *campaign) string { return w.id(scriptIDs, hashText(c.id)&0xffffff) }
