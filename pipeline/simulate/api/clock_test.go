package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"

	"github.com/google/go-cmp/cmp"
)

// listing is everything an API lists at one instant.
type listing struct {
	Groups []groupRow         // newest first
	Jobs   map[string]jobView // by id, of ListJobs
	Rows   map[string]taskRow // by task id, of SearchTask
}

type jobView struct {
	JobID, Status, FailureReason string
	Summary                      []any
	Tasks                        []taskView
}

type taskView struct {
	TaskID, Status string
	ActualTime     int64
	Duration       int64
	Conversation   []struct {
		Script, Speaker string
		Timestamp       int64
	}
}

// list reads everything the API lists.
func list(t *testing.T, c client) listing {
	t.Helper()
	l := listing{Jobs: map[string]jobView{}, Rows: map[string]taskRow{}}
	var groups groupsAnswer
	c.ask(t, "ListJobGroups", with("PageNumber", 1, "PageSize", 100), &groups)
	l.Groups = groups.JobGroups.List
	ids := slices.Sorted(maps.Keys(jobsOfGroups(t, c, 100)))
	for batch := range slices.Chunk(ids, api.MaxIDs) {
		var jobs struct{ Jobs []jobView }
		c.ask(t, "ListJobs", withIDs(batch...), &jobs)
		for _, job := range jobs.Jobs {
			l.Jobs[job.JobID] = job
		}
	}
	for _, row := range searchAll(t, c, with(), 100) {
		l.Rows[row.TaskID] = row
	}
	return l
}

// TestClock moves the clock through two weeks, until the last result has arrived.
// What is listed only grows, is never ahead of the clock, agrees across the actions,
// and ends as the final world.
func TestClock(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes many snapshots")
	}
	w := newWorld(t, simulate.Options{People: 150})
	end := w.Now().Add(31 * time.Hour) // results are at most 30 hours late
	want := list(t, fixed(t, w.At(end)))

	var now time.Time
	clock := func() time.Time { return now }
	c, _ := serve(t, w, api.Options{Now: clock, Clock: clock})
	var before listing
	executing, scheduled, late := 0, 0, 0
	for _, now = range instants(w, end) {
		c.date = now
		l := list(t, c)
		checkPresent(t, l, now)
		checkGrown(t, before, l)
		checkWithin(t, l, want)
		for id, job := range l.Jobs {
			switch job.Status {
			case "Executing":
				executing++
			case "Scheduling":
				scheduled++
			}
			if old, ok := before.Jobs[id]; ok && old.Status == "Succeeded" && len(old.Summary) < len(job.Summary) {
				late++
			}
		}
		before = l
	}
	if diff := cmp.Diff(want, before); diff != "" || len(want.Jobs) != 150 || len(want.Rows) == 0 {
		t.Errorf("at the end (-want +got):\n%s", diff)
	}
	if executing == 0 || scheduled == 0 || late == 0 {
		t.Errorf("met %d jobs executing, %d scheduling, %d with late results, want some of each", executing, scheduled, late)
	}
}

// instants returns every seventh hour of the world up to end, and some instants at
// which a phone is ringing or a call is in progress.
func instants(w *simulate.World, end time.Time) []time.Time {
	var list []time.Time
	for at := w.Now().AddDate(0, 0, -14); at.Before(end); at = at.Add(7 * time.Hour) {
		list = append(list, at)
	}
	for i, call := range w.At(end).Calls(time.Time{}, end) {
		if i%12 == 0 {
			list = append(list, time.UnixMilli(call.ActualTime).Add(time.Duration(i%36)*time.Second))
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return append(list, end)
}

// fixed returns a client of an API without a clock.
func fixed(t *testing.T, w *simulate.World) client {
	c, _ := serve(t, w, api.Options{})
	return c
}

// checkPresent fails if anything listed is later than now, or if SearchTask lists
// other calls than ListJobs.
func checkPresent(t *testing.T, l listing, now time.Time) {
	t.Helper()
	dialled := map[string]string{}
	for _, job := range l.Jobs {
		for _, task := range job.Tasks {
			if task.ActualTime > now.UnixMilli() {
				t.Fatalf("%s: task %s is dialled at %d", now, task.TaskID, task.ActualTime)
			}
			for _, turn := range task.Conversation {
				if turn.Timestamp > now.UnixMilli() {
					t.Fatalf("%s: task %s has a turn of %d", now, task.TaskID, turn.Timestamp)
				}
			}
			if task.ActualTime != 0 {
				dialled[task.TaskID] = task.Status
			}
		}
	}
	rows := map[string]string{}
	for id, row := range l.Rows {
		rows[id] = row.TaskStatusString
		over := row.RecordingDuration != nil && row.CallDuration != nil
		if over && row.ActualTime+int64(*row.RecordingDuration)*1000+*row.CallDuration > now.UnixMilli() {
			t.Fatalf("%s: %+v ends later", now, row)
		}
		if over == (row.TaskStatusString == "Executing") {
			t.Fatalf("%s: %+v", now, row)
		}
	}
	if diff := cmp.Diff(dialled, rows); diff != "" {
		t.Fatalf("%s: ListJobs and SearchTask differ (-jobs +rows):\n%s", now, diff)
	}
}

// checkGrown fails if anything listed before is missing or has shrunk.
func checkGrown(t *testing.T, before, after listing) {
	t.Helper()
	if len(after.Groups) < len(before.Groups) {
		t.Fatalf("%d groups, before %d", len(after.Groups), len(before.Groups))
	}
	for id, old := range before.Jobs {
		job := after.Jobs[id]
		if len(job.Tasks) < len(old.Tasks) || len(job.Summary) < len(old.Summary) {
			t.Fatalf("job %s: %+v, before %+v", id, job, old)
		}
		for i, task := range old.Tasks {
			if task.Status != "Executing" && !cmp.Equal(task, job.Tasks[i]) {
				t.Fatalf("task %s changed after it was over: %s", task.TaskID, cmp.Diff(task, job.Tasks[i]))
			}
		}
	}
	for id, old := range before.Rows {
		row := after.Rows[id]
		row.JobStatusString = old.JobStatusString // may still change
		if old.TaskStatusString != "Executing" && !cmp.Equal(old, row) {
			t.Fatalf("row %s changed after its call was over: %s", id, cmp.Diff(old, row))
		}
	}
}

// checkWithin fails unless everything listed is in the final world.
func checkWithin(t *testing.T, l, final listing) {
	t.Helper()
	for id, job := range l.Jobs {
		if len(job.Tasks) > len(final.Jobs[id].Tasks) {
			t.Fatalf("job %s: %d tasks, in the end %d", id, len(job.Tasks), len(final.Jobs[id].Tasks))
		}
	}
	for id := range l.Rows {
		if _, ok := final.Rows[id]; !ok {
			t.Fatalf("task %s is not in the final world", id)
		}
	}
}

// The header Date is the gateway's clock.
func TestDate(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 20})
	now := time.Date(2026, 1, 20, 1, 30, 0, 0, time.UTC)
	c, _ := serve(t, w, api.Options{Clock: func() time.Time { return now }})
	c.date = now
	response, body, err := c.send("ListJobs", withIDs("x"))
	if err != nil || !json.Valid(body) || response.Header.Get("Date") != now.Format(http.TimeFormat) {
		t.Errorf("%v, %v", response, err)
	}
}

// An action with a lag shows an earlier world than the others; with a lag of the
// columns, rows are there before they are filled.
func TestLag(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 150})
	now := w.Now().Add(-(7*24 + 9) * time.Hour) // in the afternoon, while calls are made
	clock := func() time.Time { return now }
	listed := func(lag map[string]time.Duration, ago time.Duration) listing {
		c, _ := serve(t, w, api.Options{Now: func() time.Time { return now.Add(-ago) }, Clock: clock, Lag: lag})
		c.date = now
		return list(t, c)
	}
	for _, lag := range []time.Duration{2 * time.Hour, 12 * time.Hour, 30 * time.Hour} {
		present, past := listed(nil, 0), listed(nil, lag)
		jobs, rows := listed(map[string]time.Duration{"ListJobs": lag}, 0), listed(map[string]time.Duration{"SearchTask": lag}, 0)
		if diff := cmp.Diff(listing{present.Groups, past.Jobs, present.Rows}, jobs); diff != "" {
			t.Errorf("ListJobs %s behind (-want +got):\n%s", lag, diff)
		}
		if diff := cmp.Diff(listing{present.Groups, present.Jobs, past.Rows}, rows); diff != "" {
			t.Errorf("SearchTask %s behind (-want +got):\n%s", lag, diff)
		}
		want := maps.Clone(present.Rows)
		empty := 0
		for id, row := range want {
			then := past.Rows[id]
			row.CallDuration, row.RecordingDuration, row.TaskEndReason = then.CallDuration, then.RecordingDuration, then.TaskEndReason
			row.HasReachedEndOfFlow, row.HasLastPlaybackCompleted, row.HasHangUpByRejection = then.HasReachedEndOfFlow, then.HasLastPlaybackCompleted, then.HasHangUpByRejection
			row.DialExceptionCodes = append([]string{}, then.DialExceptionCodes...)
			want[id] = row
			if row.CallDuration == nil {
				empty++
			}
		}
		columns := listed(map[string]time.Duration{api.Columns: lag}, 0)
		if diff := cmp.Diff(listing{present.Groups, present.Jobs, want}, columns); diff != "" || empty == 0 || empty == len(want) {
			t.Errorf("columns %s behind, %d of %d without (-want +got):\n%s", lag, empty, len(want), diff)
		}
	}
}
