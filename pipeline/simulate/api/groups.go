package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"callmill/pipeline/simulate"
)

type jobGroupsResponse struct {
	head
	JobGroups struct {
		List                             []groupBody
		PageNumber, PageSize, TotalCount int
	}
	tail
}

type groupBody struct {
	CreationTime                                  int64 // ms
	JobGroupDescription, JobGroupId, JobGroupName string
	MinConcurrency                                int
	ModifyTime                                    string // ms; a string in the vendor's models
	Progress                                      progressBody
	ScriptId, ScriptName, ScriptVersion, Status   string
	TotalCallNum                                  int
}

type progressBody struct {
	CancelledNum, ExecutingNum, FailedNum, PausedNum, Scheduling int
	StartTime                                                    int64
	TotalCompleted, TotalJobs, TotalNotAnswered                  int
}

type jobsByGroupResponse struct {
	head
	Jobs struct {
		List                             []groupJobBody
		PageNumber, PageSize, TotalCount int
	}
	tail
}

// groupJobBody is a job without its tasks.
type groupJobBody struct {
	jobFields
	Summary []groupSummaryBody
	jobLists
}

type groupSummaryBody struct {
	summaryBody
	JobGroupId, JobId string
}

// groupRow is a group with the number of its dialled calls.
type groupRow struct {
	simulate.Group
	calls int
}

// groups returns the groups of a world, newest first.
func (h *Handler) groups(world *simulate.World) []groupRow {
	h.lists.mu.Lock()
	defer h.lists.mu.Unlock()
	now := world.Now().UnixMilli()
	if h.lists.groups != nil && h.lists.at == now {
		return h.lists.groups
	}
	rows := []groupRow{}
	for _, g := range world.Groups() {
		rows = append(rows, groupRow{Group: g})
	}
	for _, call := range world.Calls(time.Time{}, world.Now()) {
		// Groups are sorted by their jobs.
		i, _ := slices.BinarySearchFunc(rows, int(call.Job), func(g groupRow, job int) int { return cmp.Compare(g.First+g.Jobs-1, job) })
		rows[i].calls++
	}
	slices.Reverse(rows)
	h.lists.groups, h.lists.at = rows, now
	return rows
}

func (h *Handler) listJobGroups(q *request) (answer, *refusal) {
	first, size, refused := q.page()
	if refused != nil {
		return nil, refused
	}
	keep, refused := groupFilter(q)
	if refused != nil {
		return nil, refused
	}
	var found []groupRow
	for _, g := range h.groups(q.world) {
		if keep(&g) {
			found = append(found, g)
		}
	}
	a := &jobGroupsResponse{}
	page := &a.JobGroups
	page.List, page.PageNumber, page.PageSize, page.TotalCount = []groupBody{}, first/size+1, size, len(found)
	for _, n := range q.rows(len(found), first, size) {
		page.List = append(page.List, bodyOfGroup(&found[n]))
	}
	return a, nil
}

// groupFilter reads the filters of ListJobGroups. StartTime and EndTime limit the
// creation time, in ms.
func groupFilter(q *request) (func(*groupRow) bool, *refusal) {
	if async, refused := q.flag("AsyncQuery"); refused != nil || async {
		return nil, cmp.Or(refused, invalid("AsyncQuery", "the simulated API answers at once"))
	}
	guaranteed, refused := q.flag("OnlyMinConcurrencyEnabled")
	if refused != nil {
		return nil, refused
	}
	from, refused := q.number("StartTime")
	if refused != nil {
		return nil, refused
	}
	to, refused := q.number("EndTime")
	if refused != nil {
		return nil, refused
	}
	text, statuses := q.text("SearchText"), q.list("JobGroupStatusFilter")
	return func(g *groupRow) bool {
		return !guaranteed && // no group has a minimum concurrency
			within(g.Created, from, to) && strings.Contains(g.Name, text) && among(g.Status, statuses)
	}, nil
}

// within reports whether v is within bounds; a nil bound is open.
func within(v int64, from, to *int64) bool {
	return (from == nil || v >= *from) && (to == nil || v <= *to)
}

// among reports whether v is in list, or list is empty.
func among(v string, list []string) bool { return len(list) == 0 || slices.Contains(list, v) }

func bodyOfGroup(g *groupRow) groupBody {
	return groupBody{
		CreationTime: g.Created, JobGroupDescription: g.Description, JobGroupId: g.ID, JobGroupName: g.Name,
		ModifyTime: strconv.FormatInt(g.Modified, 10),
		Progress: progressBody{
			CancelledNum: g.Cancelled, ExecutingNum: g.Executing, FailedNum: g.Failed, PausedNum: g.Paused,
			Scheduling: g.Scheduling, StartTime: g.Created,
			TotalCompleted: g.Completed, TotalJobs: g.Group.Jobs, TotalNotAnswered: g.NotAnswered,
		},
		ScriptId: g.ScriptID, ScriptName: g.ScriptName, ScriptVersion: g.ScriptVersion, Status: g.Status,
		TotalCallNum: g.calls,
	}
}

// listJobsByGroup lists the jobs of a group, called or not, without tasks.
func (h *Handler) listJobsByGroup(q *request) (answer, *refusal) {
	id, refused := q.need("JobGroupId")
	if refused != nil {
		return nil, refused
	}
	first, size, refused := q.page()
	if refused != nil {
		return nil, refused
	}
	groups := h.groups(q.world)
	i := slices.IndexFunc(groups, func(g groupRow) bool { return g.ID == id })
	if i < 0 {
		return nil, notExist("JobGroup", id)
	}
	jobs := jobsOf(q, &groups[i])
	a := &jobsByGroupResponse{}
	page := &a.Jobs
	page.List, page.PageNumber, page.PageSize, page.TotalCount = []groupJobBody{}, first/size+1, size, len(jobs)
	for _, n := range q.rows(len(jobs), first, size) {
		job, _ := q.world.Job(jobs[n])
		row := groupJobBody{jobFields: fieldsOf(job), Summary: []groupSummaryBody{}, jobLists: listsOf(job)}
		for _, s := range summariesOf(job.Summaries) {
			row.Summary = append(row.Summary, groupSummaryBody{s, job.JobGroupID, job.JobID})
		}
		page.List = append(page.List, row)
	}
	return a, nil
}

// jobsOf returns the indexes of the group's jobs that pass the filters.
func jobsOf(q *request, g *groupRow) []int {
	status, reason := q.text("JobStatus"), q.text("JobFailureReason")
	var jobs []int
	for i := g.First; i < g.First+g.Group.Jobs; i++ {
		if status != "" || reason != "" {
			job, _ := q.world.Job(i)
			if status != "" && job.Status != status || reason != "" && job.FailureReason != reason {
				continue
			}
		}
		jobs = append(jobs, i)
	}
	return jobs
}
