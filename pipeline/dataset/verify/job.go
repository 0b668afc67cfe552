package verify

import (
	"cmp"
	"strings"
	"time"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// checkJob checks the rows of one job. Only where they hang together is the
// job made of them again.
func (c *shardCheck) checkJob(rows *schema.Rows, at int32) {
	j := &jobCheck{shardCheck: c, job: &rows.Job}
	j.checkPlace(at)
	j.checkTasks(rows.Tasks)
	j.checkTurns(rows.Tasks, rows.Turns)
	j.checkLists(rows.Contacts, rows.Extras)
	j.checkSummaries(rows)
	j.checkContactKeys(rows)
	if !j.wrong {
		j.checkAgain(rows)
	}
	c.previous = rows.Job
}

// jobCheck is the check of one job.
type jobCheck struct {
	*shardCheck
	job   *schema.JobRow
	wrong bool // something was found
}

// found adds a finding to the file of a table.
func (j *jobCheck) found(table, check, format string, args ...any) {
	j.wrong = true
	f := j.shard.files[table]
	if f == nil {
		f = j.shard.files[schema.TableJobs]
	}
	j.plan.findings.add(f.Path, check, "job %s of %s: "+format, append([]any{j.job.JobID, j.job.InstanceID}, args...)...)
}

// checkPlace checks that the job lies where it must.
func (j *jobCheck) checkPlace(at int32) {
	row, before := j.job, &j.previous
	if row.JobID == "" {
		j.found(schema.TableJobs, CheckKeys, "job_id is empty")
	}
	if at > 0 && cmp.Or(
		cmp.Compare(before.FirstCallTime, row.FirstCallTime),
		cmp.Compare(before.JobID, row.JobID), cmp.Compare(before.InstanceID, row.InstanceID)) >= 0 {
		j.found(schema.TableJobs, CheckOrder, "comes after job %s: not in the order of first_call_time, job_id", before.JobID)
	}
	if bucket := schema.JobKey(j.scratch, row.InstanceID, row.JobID).Bucket(max(1, j.shard.buckets)); bucket != j.shard.bucket {
		j.found(schema.TableJobs, CheckShards, "belongs into bucket %d of %d, not %d", bucket, j.shard.buckets, j.shard.bucket)
	}
	if day := j.plan.dayOf(row.FirstCallTime); j.plan.location != nil && day != j.shard.day {
		j.found(schema.TableJobs, CheckShards, "belongs under job_date=%s, not %s", dataset.FormatDay(day), dataset.FormatDay(j.shard.day))
	}
	if row.FirstSeen > row.ObservedAt {
		j.found(schema.TableJobs, CheckValues, "first_seen %d is after observed_at %d", row.FirstSeen, row.ObservedAt)
	}
}

// dayOf gives the day of an instant in the dataset's time zone.
func (p *Plan) dayOf(ms int64) int32 {
	if ms == 0 || p.location == nil {
		return schema.NoDate
	}
	year, month, day := time.UnixMilli(ms).In(p.location).Date()
	return int32(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// checkTasks checks keys, indexes and order of the tasks, and what the job's
// row says of them.
func (j *jobCheck) checkTasks(tasks []schema.TaskRow) {
	if int(j.job.TaskCount) != len(tasks) {
		j.found(schema.TableJobs, CheckCounts, "task_count is %d, there are %d tasks", j.job.TaskCount, len(tasks))
	}
	var first, last int64
	dialed := int32(0)
	ids := make(map[string]bool, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		switch {
		case t.TaskID == "":
			j.found(schema.TableTasks, CheckKeys, "task %d: task_id is empty", i)
		case ids[t.TaskID]:
			j.found(schema.TableTasks, CheckKeys, "task %s is there twice", t.TaskID)
		}
		ids[t.TaskID] = true
		if int(t.TaskIndex) != i {
			j.found(schema.TableTasks, CheckIndexes, "task %s has task_index %d, not %d", t.TaskID, t.TaskIndex, i)
		}
		if i > 0 && compareTasks(&tasks[i-1], t) > 0 {
			j.found(schema.TableTasks, CheckOrder, "task %s comes after %s: not in the order of call time, task_id", t.TaskID, tasks[i-1].TaskID)
		}
		if at := callTime(t); at != 0 {
			if first == 0 || at < first {
				first = at
			}
			last = max(last, at)
		}
		if t.Stage == schema.StageConnected || t.Stage == schema.StageNotConnected {
			dialed++
		}
		if t.TaskStatus != "" {
			if o := schema.OutcomeOf(t.TaskStatus); !o.Listed() {
				j.unlisted[strings.Clone(t.TaskStatus)] = true
			}
		}
	}
	if j.job.FirstCallTime != first || j.job.LastCallTime != last {
		j.found(schema.TableJobs, CheckDerived, "first and last call time are %d and %d, those of its tasks %d and %d",
			j.job.FirstCallTime, j.job.LastCallTime, first, last)
	}
	if j.job.DialedCount != dialed {
		j.found(schema.TableJobs, CheckCounts, "dialed_count is %d, %d tasks were dialled", j.job.DialedCount, dialed)
	}
}

func callTime(t *schema.TaskRow) int64 {
	if t.ActualTime != 0 {
		return t.ActualTime
	}
	return t.PlannedTime
}

// compareTasks is the order of a job's tasks: by call time, those without one
// last, then by id.
func compareTasks(a, b *schema.TaskRow) int {
	aTime, bTime := callTime(a), callTime(b)
	if (aTime == 0) != (bTime == 0) {
		if aTime == 0 {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(aTime, bTime), cmp.Compare(a.TaskID, b.TaskID))
}

// checkLists checks the indexes of contacts and extras.
func (j *jobCheck) checkLists(contacts []schema.ContactRow, extras []schema.ExtraRow) {
	for i := range contacts {
		if int(contacts[i].ContactIndex) != i {
			j.found(schema.TableContacts, CheckIndexes, "contact_index %d, not %d", contacts[i].ContactIndex, i)
		}
	}
	for i := range extras {
		if int(extras[i].ExtraIndex) != i {
			j.found(schema.TableExtras, CheckIndexes, "extra_index %d, not %d", extras[i].ExtraIndex, i)
		}
	}
}

// checkSummaries checks that the job's own summaries come first, then those of
// the turns in the turns' order, each list numbered from 0.
func (j *jobCheck) checkSummaries(rows *schema.Rows) {
	turn := -1 // index into rows.Turns of the list at hand, -1: the job's
	want := int32(0)
	for i := range rows.Summaries {
		s := &rows.Summaries[i]
		at := -1
		if s.TaskID != "" || s.TurnIndex != nil {
			if at = findTurn(rows.Turns, s, max(turn, 0)); at < 0 {
				at = findTurn(rows.Turns, s, 0)
			}
			if at < 0 {
				j.found(schema.TableSummaries, CheckReferences, "a summary of turn %s of task %q, which the job does not have", number(s.TurnIndex), s.TaskID)
				continue
			}
		}
		if at < turn {
			j.found(schema.TableSummaries, CheckOrder, "a summary of turn %s of task %q: not in the order of turns", number(s.TurnIndex), s.TaskID)
		}
		if at != turn {
			turn, want = at, 0
		}
		if s.SummaryIndex != want {
			j.found(schema.TableSummaries, CheckIndexes, "turn %s of task %q: summary_index %d, not %d", number(s.TurnIndex), s.TaskID, s.SummaryIndex, want)
		}
		want++
	}
}

// findTurn gives the index of the turn a summary is of, from an index on, -1
// where there is none.
func findTurn(turns []schema.TurnRow, s *schema.SummaryRow, from int) int {
	if s.TurnIndex == nil {
		return -1
	}
	for i := from; i < len(turns); i++ {
		if turns[i].TurnIndex == *s.TurnIndex && turns[i].TaskID == s.TaskID {
			return i
		}
	}
	return -1
}
