package callapi

import (
	"maps"
	"slices"
	"sync"

	"callmill/schema"
)

// found are the jobs of one instance that are to be asked for, each once,
// with what SearchTask said of their calls.
type found struct {
	mu    sync.Mutex
	jobs  map[string]*foundJob
	names map[string]string // names that many calls share, once
	calls int
}

type foundJob struct {
	lastCall int64 // in ms, that SearchTask knows of; 0: none
	calls    []foundCall
}

type foundCall struct {
	taskID string
	facts  schema.Facts
}

func newFound() *found {
	return &found{jobs: map[string]*foundJob{}, names: map[string]string{}}
}

// add notes a job.
func (f *found) add(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.job(id)
}

func (f *found) job(id string) *foundJob {
	job := f.jobs[id]
	if job == nil {
		job = &foundJob{}
		f.jobs[id] = job
	}
	return job
}

// addCall notes a job by one of its calls. Of a call that is listed twice, as
// it is while it goes on, the later row counts.
func (f *found) addCall(row *searchRow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	job := f.job(string(row.JobID))
	job.lastCall = max(job.lastCall, row.ActualTime.value)
	call := foundCall{string(row.TaskID), row.facts(f.intern)}
	if call.taskID == "" {
		return
	}
	for i := range job.calls {
		if job.calls[i].taskID == call.taskID {
			job.calls[i] = call
			return
		}
	}
	job.calls = append(job.calls, call)
	f.calls++
}

func (f *found) intern(name string) string {
	if known, ok := f.names[name]; ok {
		return known
	}
	f.names[name] = name
	return name
}

// ids lists the jobs in order.
func (f *found) ids() []string { return slices.Sorted(maps.Keys(f.jobs)) }

// facts are those of some jobs, as a raw line spells them; nil: none.
func (f *found) facts(ids []string) map[string]map[string]schema.RawFacts {
	var all map[string]map[string]schema.RawFacts
	for _, id := range ids {
		job := f.jobs[id]
		if job == nil {
			continue
		}
		for i := range job.calls {
			if job.calls[i].facts.IsZero() {
				continue
			}
			if all == nil {
				all = map[string]map[string]schema.RawFacts{}
			}
			if all[id] == nil {
				all[id] = map[string]schema.RawFacts{}
			}
			all[id][job.calls[i].taskID] = job.calls[i].facts.Raw()
		}
	}
	return all
}
