//go:build cgo

package query_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/particulars"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

// jobDates returns the job_dates of a dataset, by their job.
func jobDates(t *testing.T, dir string) map[[2]string]calendar.Day {
	t.Helper()
	d, err := dataset.View(dir)
	if err != nil {
		t.Fatal(err)
	}
	zone := open(t, dir).Zone()
	days := map[[2]string]calendar.Day{}
	for _, job := range all[schema.JobRow](t, d, schema.TableJobs) {
		day := calendar.Day(schema.NoDate)
		if job.FirstCallTime != 0 {
			day = calendar.DayOf(time.UnixMilli(job.FirstCallTime), zone)
		}
		days[[2]string{job.InstanceID, job.JobID}] = day
	}
	return days
}

// The particulars of the jobs of all days are those of all rows of tasks.
func TestParticulars(t *testing.T) {
	for _, name := range []string{"pulled", "responses", "masked", "instances"} {
		t.Run(name, func(t *testing.T) {
			dir := sources[name].published(t)
			db, recount := open(t, dir), read(t, dir)
			days, tables := jobDates(t, dir), map[calendar.Day]*particulars.Table{}
			jobs := 0
			for _, day := range days {
				if tables[day] != nil {
					continue
				}
				table, err := db.Particulars(t.Context(), day)
				if err != nil {
					t.Fatal(err)
				}
				tables[day] = table
				jobs += table.Jobs()
			}
			want := map[[2]string][]particulars.Attempt{}
			slices.SortStableFunc(recount.tasks, func(a, b schema.TaskRow) int { return cmp.Compare(a.TaskIndex, b.TaskIndex) })
			for i := range recount.tasks {
				row := &recount.tasks[i]
				job := [2]string{row.InstanceID, row.JobID}
				want[job] = append(want[job], recount.particulars(row))
			}
			if jobs != len(want) {
				t.Errorf("%d jobs, want %d", jobs, len(want))
			}
			for job, attempts := range want {
				if diff := gocmp.Diff(attempts, tables[days[job]].Of(job[0], job[1])); diff != "" {
					t.Fatalf("job %q (-rows +particulars):\n%s", job, diff)
				}
			}
		})
	}
}

// particulars returns what a row says.
func (in *contents) particulars(row *schema.TaskRow) particulars.Attempt {
	group := in.groups[row.InstanceID][row.JobGroupID]
	a := particulars.Attempt{
		Task: row.TaskID, Outcome: row.Outcome, Status: row.TaskStatus, Start: cmp.Or(row.ActualTime, row.PlannedTime), Said: row.FirstTurnTime, Last: row.IsLastTask, Lines: row.TurnCount,
		Campaign: cmp.Or(row.JobGroupName, group.JobGroupName, row.JobGroupID), Version: group.ScriptVersion,
		Script: cmp.Or(row.ScriptName, group.ScriptName), Calling: row.CallingNumber, CallID: row.CallID,
		Name: row.ContactName, Phone: cmp.Or(row.CalledNumber, row.ContactPhoneNumber), Key: row.ContactKey,
		CallMS: particulars.Unknown, RingingS: particulars.Unknown, EndReason: particulars.Unknown,
		ReachedEnd: truthOf(row.ReachedEnd), PlayedOut: truthOf(row.LastPlaybackCompleted), RejectionHungUp: truthOf(row.HungUpByRejection),
		DialExceptions: strings.Join(row.DialExceptions, ", "), EndedBy: row.EndedBy,
	}
	if a.Script == "" && !in.scriptsNamed() {
		a.Script = cmp.Or(row.ChatbotID, row.TaskScenarioID)
	}
	if row.Attempt != nil {
		a.Attempt = *row.Attempt
	}
	if row.CallMS != nil {
		a.CallMS = *row.CallMS
	}
	if row.RingingS != nil {
		a.RingingS = int64(*row.RingingS)
	}
	if row.EndReason != nil {
		a.EndReason = int64(*row.EndReason)
	}
	return a
}

func (in *contents) scriptsNamed() bool {
	return slices.ContainsFunc(in.tasks, func(row schema.TaskRow) bool { return row.ScriptName != "" })
}

func truthOf(b *bool) particulars.Truth {
	switch {
	case b == nil:
		return particulars.Untold
	case *b:
		return particulars.Yes
	}
	return particulars.No
}

// What was said in a call is its transcript, and its results are those of the corpus.
func TestSaid(t *testing.T) {
	dir := sources["pulled"].published(t)
	db := open(t, dir)
	c := load(t, db, query.LoadOptions{})
	for i := 0; i < len(c.Calls); i += len(c.Calls)/20 + 1 {
		ref := c.Ref(int32(i))
		key := query.Key{Instance: ref.Instance, Job: ref.Job, Task: ref.Task}
		lines, results, err := db.Said(t.Context(), key, ref.JobDate)
		if err != nil {
			t.Fatal(err)
		}
		want, err := db.Transcript(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, lines); diff != "" {
			t.Errorf("call %v (-transcript +said):\n%s", key, diff)
		}
		var known []string
		for _, code := range c.Calls[i].Results {
			known = append(known, c.Results.String(code))
		}
		slices.Sort(known)
		if !slices.Equal(results, known) {
			t.Errorf("call %v: results %q, want %q", key, results, known)
		}
		if other, _, err := db.Said(t.Context(), key, ref.JobDate+1); err != nil || len(other) > 0 {
			t.Errorf("call %v has %d lines on another day, %v", key, len(other), err)
		}
	}
}

// A number leads to the key of who has it, in whichever spelling the dataset has it.
func TestKeysOfNumber(t *testing.T) {
	dir := sources["pulled"].published(t)
	db, recount := open(t, dir), read(t, dir)
	row := recount.tasks[len(recount.tasks)/2]
	keys, known, err := db.KeysOfNumber(t.Context(), []string{"0", row.CalledNumber})
	if err != nil || !known || !slices.Equal(keys, []string{row.ContactKey}) {
		t.Errorf("keys %q, known %v, %v; want %s", keys, known, err, row.ContactKey)
	}
	for _, number := range []string{"", "17000000000", `' OR ''='`, "%", "\x00", strings.Repeat("1", 1<<20)} {
		if keys, known, err := db.KeysOfNumber(t.Context(), []string{number}); err != nil || known || len(keys) > 0 {
			t.Errorf("%.20q: keys %q, known %v, %v", number, keys, known, err)
		}
	}
}
