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
	names names
	calls int
}

// foundJob is kept small: there may be millions.
type foundJob struct {
	lastCall int64 // in ms, that SearchTask knows of; 0: none
	calls    []byte
}

func newFound() *found { return &found{jobs: map[string]*foundJob{}} }

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
	if row.TaskID == "" {
		return
	}
	calls := job.calls
	rest := make([]byte, 0, len(calls)+callSize) // as long as it needs to be, mostly
	f.calls++
	for len(calls) > 0 {
		call, next := f.names.readCall(calls)
		if call.taskID == string(row.TaskID) {
			f.calls--
		} else {
			rest = append(rest, calls[:len(calls)-len(next)]...)
		}
		calls = next
	}
	job.calls = f.names.appendCall(rest, foundCall{string(row.TaskID), row.facts()})
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
		for calls := job.calls; len(calls) > 0; {
			var call foundCall
			call, calls = f.names.readCall(calls)
			if call.facts.IsZero() {
				continue
			}
			if all == nil {
				all = map[string]map[string]schema.RawFacts{}
			}
			if all[id] == nil {
				all[id] = map[string]schema.RawFacts{}
			}
			all[id][call.taskID] = call.facts.Raw()
		}
	}
	return all
}
