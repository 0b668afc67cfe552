package simulate_test

import (
	"maps"
	"slices"
	"testing"

	"callmill/pipeline/simulate"
	"callmill/schema"
)

// Every job is consistent: ids, people, times, statuses, facts of SearchTask.
func TestJobsAreConsistent(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 3000, Seed: 5})
	groups := map[string]simulate.Group{}
	for _, g := range w.Groups() {
		groups[g.ID] = g
	}
	ids := map[string]bool{}
	once := func(id string) {
		if ids[id] {
			t.Errorf("id %s is there twice", id)
		}
		ids[id] = true
	}
	for i := range w.Len() {
		job, truth := w.Job(i)
		once(job.JobID)
		g, ok := groups[job.JobGroupID]
		if !ok || i < g.First || i >= g.First+g.Jobs {
			t.Fatalf("job %d is not in its group %q", i, job.JobGroupID)
		}
		checkStatus(t, job)
		if !slices.IsSortedFunc(job.Tasks, func(a, b schema.Task) int { return int(a.CallTime() - b.CallTime()) }) {
			t.Errorf("job %s: tasks are not in the order of their times", job.JobID)
		}
		for k := range job.Tasks {
			task := &job.Tasks[k]
			once(task.TaskID)
			if task.PlannedTime < g.Created || task.ActualTime != 0 && task.ActualTime < task.PlannedTime {
				t.Errorf("task %s: created %d, planned %d, actual %d", task.TaskID, g.Created, task.PlannedTime, task.ActualTime)
			}
			if task.CalledNumber != job.Contacts[0].PhoneNumber || task.Contact != job.Contacts[0] {
				t.Errorf("task %s calls %s, the job's contact is %+v", task.TaskID, task.CalledNumber, job.Contacts[0])
			}
			if !slices.Contains(job.CallingNumbers, task.CallingNumber) {
				t.Errorf("task %s calls from %s, not one of %v", task.TaskID, task.CallingNumber, job.CallingNumbers)
			}
			if task.Facts.JobGroupName != g.Name || task.Facts.ScriptName != g.ScriptName {
				t.Errorf("task %s: facts name %q, %q", task.TaskID, task.Facts.JobGroupName, task.Facts.ScriptName)
			}
			checkCall(t, task)
			if task.TaskID != truth.Tasks[k].TaskID || len(task.Turns) != len(truth.Tasks[k].Turns) {
				t.Errorf("task %s: %d turns, truth %s has %d", task.TaskID, len(task.Turns), truth.Tasks[k].TaskID, len(truth.Tasks[k].Turns))
			}
		}
	}
}

var failureReasons = []string{
	"Unknown", "NoAnswer", "InvalidStrategy", "TimeUp", "NoStrategy", "CallFailed", "PerDayCallCountLimit", "ContactBlockList", "EmptyNumber",
	"JobPerDayCallCountLimit", "VerificationCancelled", "ContactSuspended", "InArrears", "OutOfService", "NoneRepeatableJobMaxAttemptCountLimit",
}

func checkStatus(t *testing.T, job *schema.Job) {
	t.Helper()
	reached := slices.ContainsFunc(job.Tasks, func(task schema.Task) bool {
		o := schema.OutcomeOf(task.Status)
		return o.Stage == schema.StageConnected
	})
	switch {
	case job.Status == schema.JobSucceeded && !reached, job.Status == schema.JobFailed && job.FailureReason == "",
		job.Status != schema.JobFailed && job.FailureReason != "", job.Status == schema.JobDrafted && len(job.Tasks) != 0:
		t.Errorf("job %s: status %s, reason %q, reached %t, %d tasks", job.JobID, job.Status, job.FailureReason, reached, len(job.Tasks))
	}
	if job.FailureReason != "" && !slices.Contains(failureReasons, job.FailureReason) {
		t.Errorf("job %s: reason %q is not documented", job.JobID, job.FailureReason)
	}
}

// checkCall checks turns and facts against the status.
func checkCall(t *testing.T, task *schema.Task) {
	t.Helper()
	o := schema.OutcomeOf(task.Status)
	if !o.Listed() {
		t.Errorf("task %s: status %q is not documented", task.TaskID, task.Status)
	}
	f := task.Facts
	if o.Stage != schema.StageConnected {
		if len(task.Turns) != 0 || *task.Duration != 0 || f.EndReason != nil {
			t.Errorf("task %s (%s): %d turns, duration %d, facts %+v", task.TaskID, task.Status, len(task.Turns), *task.Duration, f)
		}
		if dialled := o.Stage == schema.StageNotConnected; dialled != (f.RingingS != nil) && task.Status != "Failed" {
			t.Errorf("task %s (%s): ringing %v", task.TaskID, task.Status, f.RingingS)
		}
		return
	}
	if len(task.Turns) == 0 || f.CallMS == nil || f.ReachedEnd == nil || f.LastPlaybackCompleted == nil {
		t.Fatalf("task %s (%s): %d turns, facts %+v", task.TaskID, task.Status, len(task.Turns), f)
	}
	if f.EndReason != nil && (*f.EndReason < 1 || *f.EndReason > 11) {
		t.Errorf("task %s: end reason %d", task.TaskID, *f.EndReason)
	}
	if task.Status == "SucceededFinish" && !*f.ReachedEnd || o.Outcome == schema.Silent && *f.ReachedEnd || o.NotUnderstood && o.EndedBy != "transfer" && !*f.HungUpByRejection {
		t.Errorf("task %s (%s): facts %+v", task.TaskID, task.Status, f)
	}
	answered := task.ActualTime + int64(*f.RingingS)*1000
	if late := task.Turns[len(task.Turns)-1].Timestamp; late > answered+*f.CallMS {
		t.Errorf("task %s: a line is stored at %d, the call was over at %d", task.TaskID, late, answered+*f.CallMS)
	}
	for n, turn := range task.Turns {
		if turn.Script == "" || turn.Timestamp < answered-1500 || turn.Speaker != schema.SpeakerRobot && turn.Speaker != schema.SpeakerContact {
			t.Errorf("task %s, turn %d: %+v", task.TaskID, n, turn)
		}
	}
}

// The counts of groups agree with their jobs.
func TestGroupsCount(t *testing.T) {
	for _, at := range []string{"the end", "an afternoon"} {
		w := newWorld(t, simulate.Options{People: 2000})
		if at == "an afternoon" {
			w = w.At(simulate.EndOfDay(2026, 1, 28).Add(-9 * 3600e9))
		}
		next := 0
		for _, g := range w.Groups() {
			counted := map[string]int{}
			if g.First != next {
				t.Fatalf("%s: group %s begins at %d, want %d", at, g.Name, g.First, next)
			}
			for i := g.First; i < g.First+g.Jobs; i++ {
				job, _ := w.Job(i)
				counted[job.Status]++
			}
			next += g.Jobs
			got := map[string]int{}
			for status, n := range map[string]int{
				"Succeeded": g.Succeeded, "Failed": g.Failed, "Cancelled": g.Cancelled, "Scheduling": g.Scheduling,
				"Executing": g.Executing, "Paused": g.Paused, "Drafted": g.Drafted,
			} {
				if n > 0 {
					got[status] = n
				}
			}
			if !maps.Equal(got, counted) || g.Completed != g.Succeeded+g.Failed+g.Cancelled {
				t.Errorf("%s: group %s counts %v, its jobs are %v", at, g.Name, got, counted)
			}
		}
		if next != w.Len() {
			t.Errorf("%s: groups have %d jobs, the world %d", at, next, w.Len())
		}
	}
}
