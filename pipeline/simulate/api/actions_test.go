package api_test

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// jobsOfGroups reads all groups, and all their jobs, page by page.
func jobsOfGroups(t *testing.T, c client, size int) map[string]string {
	t.Helper()
	jobs := map[string]string{} // id → status
	for number, more := 1, true; more; number++ {
		var groups groupsAnswer
		c.ask(t, "ListJobGroups", with("PageNumber", number, "PageSize", size), &groups)
		more = number*size < groups.JobGroups.TotalCount
		for _, g := range groups.JobGroups.List {
			before := len(jobs)
			for number, more := 1, true; more; number++ {
				var page groupJobsAnswer
				c.ask(t, "ListJobsByGroup", with("JobGroupId", g.JobGroupID, "PageNumber", number, "PageSize", size), &page)
				more = number*size < page.Jobs.TotalCount
				for _, job := range page.Jobs.List {
					if job.JobGroupID != g.JobGroupID || job.Tasks != nil {
						t.Fatalf("group %s has %+v", g.JobGroupID, job)
					}
					jobs[job.JobID] = job.Status
				}
			}
			if len(jobs)-before != g.Progress.TotalJobs {
				t.Fatalf("group %s: %d jobs, said to be %d", g.JobGroupName, len(jobs)-before, g.Progress.TotalJobs)
			}
		}
	}
	return jobs
}

// Every job of the world is listed by its group, called or not.
func TestJobsByGroup(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 700})
	c, _ := serve(t, w, api.Options{})
	want := map[string]string{}
	for i := range w.Len() {
		job, _ := w.Job(i)
		want[job.JobID] = job.Status
	}
	if len(want) != 700 {
		t.Fatalf("%d jobs", len(want))
	}
	for _, size := range []int{7, 100} {
		if diff := cmp.Diff(want, jobsOfGroups(t, c, size)); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", size, diff)
		}
	}
}

// searchAll reads all pages of a search.
func searchAll(t failure, c client, parameters url.Values, size int) []taskRow {
	var rows []taskRow
	parameters.Set("PageSize", strconv.Itoa(size))
	for index := 0; ; index++ {
		var page tasksAnswer
		parameters.Set("PageIndex", strconv.Itoa(index))
		c.ask(t, "SearchTask", parameters, &page)
		rows = append(rows, page.SearchTaskInfoList...)
		if (index+1)*size >= page.Total {
			if len(rows) != page.Total {
				t.Fatal(len(rows), "rows, said to be", page.Total)
			}
			return rows
		}
	}
}

// dialled returns the expected SearchTask rows of a world.
func dialled(w *simulate.World) map[string]taskRow {
	rows := map[string]taskRow{}
	for i := range w.Len() {
		job, _ := w.Job(i)
		for _, task := range job.Tasks {
			if task.ActualTime == 0 {
				continue
			}
			f := task.Facts
			rows[task.TaskID] = taskRow{
				JobID: job.JobID, TaskID: task.TaskID, InstanceID: "an-instance", JobGroupID: job.JobGroupID,
				JobGroupName: f.JobGroupName, ScriptName: f.ScriptName, CalledNumber: task.CalledNumber,
				CallingNumber: task.CallingNumber, UserID: job.ReferenceID, TaskStatusString: task.Status,
				JobStatusString: job.Status, ActualTime: task.ActualTime, TaskCreateTime: task.PlannedTime / 1000,
				CallDuration: f.CallMS, RecordingDuration: f.RingingS, TaskEndReason: f.EndReason,
				HasReachedEndOfFlow: f.ReachedEnd, HasLastPlaybackCompleted: f.LastPlaybackCompleted,
				HasHangUpByRejection: f.HungUpByRejection, DialExceptionCodes: append([]string{}, f.DialExceptions...),
			}
		}
	}
	return rows
}

// A window lists all dialled calls within it, with everything that ListJobs lacks,
// in the requested order.
func TestSearchTaskWindow(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 400})
	c, _ := serve(t, w, api.Options{})
	all := dialled(w)
	times := slices.Sorted(func(yield func(int64) bool) {
		for _, row := range all {
			if !yield(row.ActualTime) {
				return
			}
		}
	})
	// From a call to a call: the bounds are inclusive.
	from, to := times[len(times)/4], times[len(times)*3/4]
	want := map[string]taskRow{}
	for id, row := range all {
		if row.ActualTime >= from && row.ActualTime <= to {
			want[id] = row
		}
	}
	for _, order := range []string{"asc", "desc", ""} {
		rows := searchAll(t, c, with("ActualTimeGte", from, "ActualTimeLte", to, "SortOrder", order), 90)
		got := map[string]taskRow{}
		for i, row := range rows {
			got[row.TaskID] = row
			if i > 0 && (rows[i-1].ActualTime > row.ActualTime) == (order == "asc") && rows[i-1].ActualTime != row.ActualTime {
				t.Fatalf("order %q: row %d is out of order", order, i)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(rows) != len(want) {
			t.Errorf("order %q: %d rows (-want +got):\n%s", order, len(rows), diff)
		}
	}
}

// Each filter passes exactly what it describes.
func TestSearchTaskFilters(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 400})
	c, _ := serve(t, w, api.Options{})
	all := dialled(w)
	some := all[slices.Sorted(maps.Keys(all))[17]]
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if r := all[id]; r.CallDuration != nil && *r.CallDuration > 20_000 {
			some = r
			break
		}
	}
	tests := []struct {
		parameters url.Values
		keep       func(taskRow) bool
	}{
		{with(), func(taskRow) bool { return true }},
		{with("JobId", some.JobID), func(r taskRow) bool { return r.JobID == some.JobID }},
		{with("TaskId", some.TaskID), func(r taskRow) bool { return r.TaskID == some.TaskID }},
		{with("OtherId", some.JobID), func(r taskRow) bool { return r.JobID == some.JobID }},
		{with("OtherId", some.TaskID), func(r taskRow) bool { return r.TaskID == some.TaskID }},
		{with("JobGroupId", some.JobGroupID), func(r taskRow) bool { return r.JobGroupID == some.JobGroupID }},
		{with("JobGroupNameQuery", "还款"), func(r taskRow) bool { return strings.Contains(r.JobGroupName, "还款") }},
		{with("ScriptNameQuery", some.ScriptName), func(r taskRow) bool { return r.ScriptName == some.ScriptName }},
		{with("CalledNumber", some.CalledNumber), func(r taskRow) bool { return r.CalledNumber == some.CalledNumber }},
		{with("CallingNumber", some.CallingNumber), func(r taskRow) bool { return r.CallingNumber == some.CallingNumber }},
		{with("UserIdMatch", some.UserID), func(r taskRow) bool { return r.UserID == some.UserID }},
		{with("TaskStatusStringList", "NoAnswer, Busy"), func(r taskRow) bool { return r.TaskStatusString == "NoAnswer" || r.TaskStatusString == "Busy" }},
		{with("JobStatusStringList", "Failed"), func(r taskRow) bool { return r.JobStatusString == "Failed" }},
		{with("CallDurationGte", *some.CallDuration, "CallDurationLte", 60_000), func(r taskRow) bool {
			return r.CallDuration != nil && *r.CallDuration >= *some.CallDuration && *r.CallDuration <= 60_000
		}},
		{with("RecordingDurationGte", 30), func(r taskRow) bool { return r.RecordingDuration != nil && *r.RecordingDuration >= 30 }},
		{with("TaskCreateTimeGte", some.TaskCreateTime, "TaskCreateTimeLte", some.TaskCreateTime), func(r taskRow) bool { return r.TaskCreateTime == some.TaskCreateTime }},
		{with("TaskCreateTimeGte", some.TaskCreateTime), func(taskRow) bool { return true }}, // one without the other
		{with("ActualTimeGte", some.ActualTime, "JobGroupId", some.JobGroupID), func(r taskRow) bool {
			return r.ActualTime >= some.ActualTime && r.JobGroupID == some.JobGroupID
		}},
		{with("JobId", "unknown"), func(taskRow) bool { return false }},
		{with("TaskId", "unknown"), func(taskRow) bool { return false }},
		{with("ActualTimeGte", int64(1)<<62), func(taskRow) bool { return false }},
		{with("ActualTimeLte", -int64(1)<<62), func(taskRow) bool { return false }},
	}
	for _, tt := range tests {
		want, got := map[string]bool{}, map[string]bool{}
		for id, row := range all {
			if tt.keep(row) {
				want[id] = true
			}
		}
		for _, row := range searchAll(t, c, tt.parameters, 100) {
			got[row.TaskID] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.parameters.Encode(), diff)
		}
	}
}

// Unknown ids are omitted, duplicates returned once, in the requested order.
func TestListJobsIDs(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 120})
	c, _ := serve(t, w, api.Options{})
	ids := []string{w.JobID(5), "unknown", w.JobID(3), w.JobID(5), "24fb9a8d-f20e-4ee2-a11c-094dda68c5cc"}
	var a jobsAnswer
	c.ask(t, "ListJobs", withIDs(ids...), &a)
	if len(a.Jobs) != 2 || a.Jobs[0].JobID != ids[0] || a.Jobs[1].JobID != ids[2] {
		t.Errorf("%+v", a.Jobs)
	}
	c.ask(t, "ListJobs", withIDs("unknown"), &a)
	if len(a.Jobs) != 0 || a.Jobs == nil || !a.Success {
		t.Errorf("none: %+v", a)
	}
	many := make([]string, api.MaxIDs)
	for i := range many {
		many[i] = w.JobID(i)
	}
	c.ask(t, "ListJobs", withIDs(many...), &a)
	for i, job := range a.Jobs {
		if job.JobID != many[i] { // JobId.10 comes after JobId.9
			t.Fatalf("job %d is %s, want %s", i, job.JobID, many[i])
		}
	}
	if len(a.Jobs) != len(many) {
		t.Errorf("%d jobs", len(a.Jobs))
	}
}

func TestGroupFilters(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 600})
	c, _ := serve(t, w, api.Options{})
	read := func(pairs ...any) []groupRow {
		var a groupsAnswer
		c.ask(t, "ListJobGroups", with(append(pairs, "PageNumber", 1, "PageSize", 100)...), &a)
		if a.JobGroups.TotalCount != len(a.JobGroups.List) {
			t.Fatalf("%v: %d of %d", pairs, len(a.JobGroups.List), a.JobGroups.TotalCount)
		}
		return a.JobGroups.List
	}
	all := read()
	calls := 0
	for i, g := range all {
		calls += g.TotalCallNum
		if i > 0 && all[i-1].CreationTime < g.CreationTime {
			t.Errorf("group %d is later than the one before it", i)
		}
		if _, err := strconv.ParseInt(g.ModifyTime, 10, 64); err != nil {
			t.Error(err)
		}
	}
	if len(all) != len(w.Groups()) || calls != len(dialled(w)) {
		t.Errorf("%d groups with %d calls, want %d with %d", len(all), calls, len(w.Groups()), len(dialled(w)))
	}
	middle := all[len(all)/2]
	for _, tt := range []struct {
		pairs []any
		keep  func(groupRow) bool
	}{
		{[]any{"StartTime", middle.CreationTime}, func(g groupRow) bool { return g.CreationTime >= middle.CreationTime }},
		{[]any{"EndTime", middle.CreationTime}, func(g groupRow) bool { return g.CreationTime <= middle.CreationTime }},
		{[]any{"SearchText", "还款"}, func(g groupRow) bool { return strings.Contains(g.JobGroupName, "还款") }},
		{[]any{"JobGroupStatusFilter", "Completed,Draft"}, func(g groupRow) bool { return g.Status == "Completed" || g.Status == "Draft" }},
		{[]any{"OnlyMinConcurrencyEnabled", "true"}, func(groupRow) bool { return false }},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(g groupRow) bool { return !tt.keep(g) })
		if diff := cmp.Diff(want, read(tt.pairs...), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.pairs, diff)
		}
	}
	var failed groupJobsAnswer
	c.ask(t, "ListJobsByGroup", with("JobGroupId", middle.JobGroupID, "JobStatus", "Failed", "JobFailureReason", "NoAnswer", "PageNumber", 1, "PageSize", 100), &failed)
	for _, job := range failed.Jobs.List {
		if job.Status != "Failed" || job.FailureReason != "NoAnswer" {
			t.Errorf("%+v", job)
		}
	}
}

// As time passes, calls and jobs appear.
func TestTimeMoves(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 300})
	now := w.Now().Add(-6 * 24 * time.Hour)
	c, _ := serve(t, w, api.Options{Now: func() time.Time { return now }})
	calls, jobs := -1, -1
	for ; !now.After(w.Now()); now = now.Add(48 * time.Hour) {
		found := searchAll(t, c, with(), 100)
		byGroup := jobsOfGroups(t, c, 100)
		then := w.At(now)
		if len(found) != len(dialled(then)) || len(byGroup) != then.Len() {
			t.Errorf("%s: %d calls, %d jobs; want %d, %d", now, len(found), len(byGroup), len(dialled(then)), then.Len())
		}
		if len(found) <= calls || len(byGroup) < jobs {
			t.Errorf("%s: %d calls, %d jobs; before %d, %d", now, len(found), len(byGroup), calls, jobs)
		}
		calls, jobs = len(found), len(byGroup)
	}
}

func TestOptions(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 20})
	for _, o := range []api.Options{
		{Faults: 1.5}, {Faults: -1}, {Poison: -1}, {Quota: -1}, {Quota: 1e-9}, {Stall: -1}, {Deny: []string{"ListJob"}},
		{Lag: map[string]time.Duration{"ListJob": 1}}, {Lag: map[string]time.Duration{"ListJobs": -1}},
	} {
		if _, err := api.New(w, o); err == nil || !strings.HasPrefix(err.Error(), "simulated API: ") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	h, err := api.New(w, api.Options{Poison: 100})
	if err != nil || len(h.PoisonIDs()) != w.Len() {
		t.Errorf("%v: %d poisonous ids of %d jobs", err, len(h.PoisonIDs()), w.Len())
	}
}
