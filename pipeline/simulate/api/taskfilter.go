package api

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/simulate"
)

// taskFilter is the filter of a SearchTask request. Bounds are inclusive.
type taskFilter struct {
	from, to *int64 // actual time, ms

	// Decided by job, task and group alone.
	group, groupName, scriptName string
	task, job, other             string

	// Decided by the content of the call.
	created, createdTo   *int64 // s
	duration, durationTo *int64 // ms
	ringing, ringingTo   *int64 // s
	called, calling      string
	user                 string
	jobStatuses          []string
	taskStatuses         []string
}

func readTaskFilter(q *request) (*taskFilter, *refusal) {
	f := &taskFilter{
		group: q.text("JobGroupId"), groupName: q.text("JobGroupNameQuery"), scriptName: q.text("ScriptNameQuery"),
		task: q.text("TaskId"), job: q.text("JobId"), other: q.text("OtherId"),
		called: q.text("CalledNumber"), calling: q.text("CallingNumber"), user: q.text("UserIdMatch"),
		jobStatuses: q.list("JobStatusStringList"), taskStatuses: q.list("TaskStatusStringList"),
	}
	for _, bound := range []struct {
		name string
		to   **int64
	}{
		{"ActualTimeGte", &f.from}, {"ActualTimeLte", &f.to},
		{"TaskCreateTimeGte", &f.created}, {"TaskCreateTimeLte", &f.createdTo},
		{"CallDurationGte", &f.duration}, {"CallDurationLte", &f.durationTo},
		{"RecordingDurationGte", &f.ringing}, {"RecordingDurationLte", &f.ringingTo},
	} {
		n, refused := q.number(bound.name)
		if refused != nil {
			return nil, refused
		}
		*bound.to = n
	}
	// Per the vendor's models, one without the other has no effect.
	if f.created == nil || f.createdTo == nil {
		f.created, f.createdTo = nil, nil
	}
	labels, refused := q.repeated("LabelsJson")
	if refused != nil {
		return nil, refused
	}
	if len(labels) > 0 || q.text("LabelsJson") != "" {
		return nil, invalid("LabelsJson", "calls of the simulated API have no labels")
	}
	return f, nil
}

// maxFound is how many filtered lists are cached for their next pages.
const maxFound = 8

// findCalls returns the calls that pass the filter, by time. The slice must not be
// modified.
func (h *Handler) findCalls(world *simulate.World, f *taskFilter) []simulate.Call {
	calls := world.Calls(instantOr(f.from, math.MinInt64), instantOr(f.to, math.MaxInt64))
	matches, byID := h.idFilter(world, f)
	if !byID && !f.looksInside() {
		return calls
	}
	key := fmt.Sprint(world.Now().UnixMilli(), f.key())
	h.lists.mu.Lock()
	found, ok := h.lists.found[key]
	h.lists.mu.Unlock()
	if ok {
		return found
	}
	for _, call := range calls {
		if matches(call) && (!f.looksInside() || f.passes(world, call)) {
			found = append(found, call)
		}
	}
	h.lists.mu.Lock()
	defer h.lists.mu.Unlock()
	if h.lists.found == nil || len(h.lists.found) >= maxFound {
		h.lists.found = map[string][]simulate.Call{}
	}
	h.lists.found[key] = found
	return found
}

// instantOr returns an instant, clamped to what time.Time can hold in ms.
func instantOr(ms *int64, otherwise int64) time.Time {
	const furthest = int64(1) << 50
	if ms == nil {
		ms = &otherwise
	}
	return time.UnixMilli(min(max(*ms, -furthest), furthest))
}

// key returns a string that identifies the filter.
func (f *taskFilter) key() string {
	var b strings.Builder
	for _, n := range []*int64{f.from, f.to, f.created, f.createdTo, f.duration, f.durationTo, f.ringing, f.ringingTo} {
		if n == nil {
			b.WriteString("-,")
			continue
		}
		fmt.Fprint(&b, *n, ",")
	}
	fmt.Fprintf(&b, "%q", [][]string{
		{f.group, f.groupName, f.scriptName, f.task, f.job, f.other, f.called, f.calling, f.user}, f.jobStatuses, f.taskStatuses,
	})
	return b.String()
}

// idFilter returns a test by job, task and group, and whether it tests anything.
func (h *Handler) idFilter(world *simulate.World, f *taskFilter) (passes func(simulate.Call) bool, any bool) {
	var tests []func(simulate.Call) bool
	if f.task != "" {
		job, task, ok := world.FindTask(f.task)
		tests = append(tests, func(c simulate.Call) bool { return ok && int(c.Job) == job && int(c.Task) == task })
	}
	if f.job != "" {
		job, ok := world.FindJob(f.job)
		tests = append(tests, func(c simulate.Call) bool { return ok && int(c.Job) == job })
	}
	if f.other != "" {
		job, isJob := world.FindJob(f.other)
		ofTask, task, isTask := world.FindTask(f.other)
		tests = append(tests, func(c simulate.Call) bool {
			return isJob && int(c.Job) == job || isTask && int(c.Job) == ofTask && int(c.Task) == task
		})
	}
	if f.group != "" || f.groupName != "" || f.scriptName != "" {
		var groups []groupRow
		for _, g := range h.groups(world) {
			if (f.group == "" || g.ID == f.group) && strings.Contains(g.Name, f.groupName) && strings.Contains(g.ScriptName, f.scriptName) {
				groups = append(groups, g)
			}
		}
		tests = append(tests, func(c simulate.Call) bool {
			return slices.ContainsFunc(groups, func(g groupRow) bool {
				return int(c.Job) >= g.First && int(c.Job) < g.First+g.Group.Jobs
			})
		})
	}
	return func(c simulate.Call) bool {
		return !slices.ContainsFunc(tests, func(passes func(simulate.Call) bool) bool { return !passes(c) })
	}, len(tests) > 0
}

// looksInside reports whether the filter needs the content of calls: some 50 µs
// for each call of the window, once for all pages.
func (f *taskFilter) looksInside() bool {
	return f.created != nil || f.duration != nil || f.durationTo != nil || f.ringing != nil || f.ringingTo != nil ||
		f.called != "" || f.calling != "" || f.user != "" || len(f.jobStatuses) > 0 || len(f.taskStatuses) > 0
}

func (f *taskFilter) passes(world *simulate.World, call simulate.Call) bool {
	job, _ := world.Job(int(call.Job))
	row := rowOf(job, int(call.Task))
	return within(row.TaskCreateTime, f.created, f.createdTo) &&
		withinKnown(row.CallDuration, f.duration, f.durationTo) &&
		withinKnown(row.RecordingDuration, f.ringing, f.ringingTo) &&
		(f.called == "" || row.CalledNumber == f.called) &&
		(f.calling == "" || row.CallingNumber == f.calling) &&
		(f.user == "" || row.UserId == f.user) &&
		among(row.JobStatusString, f.jobStatuses) && among(row.TaskStatusString, f.taskStatuses)
}

// withinKnown reports whether v is within bounds; an unknown v is within none.
func withinKnown[N int32 | int64](v *N, from, to *int64) bool {
	if v == nil {
		return from == nil && to == nil
	}
	return within(int64(*v), from, to)
}
