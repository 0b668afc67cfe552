package verify

import (
	"cmp"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// check checks the jobs of a part. Their rows are derived again only if they are
// consistent.
func (w *worker) check(p *part) {
	before := p.before
	for i := range p.jobs {
		rows := &p.jobs[i]
		j := &jobCheck{worker: w, part: p, job: &rows.Job}
		j.checkPlace(before, p.keys[i])
		w.plan.retention.count(j.job)
		taskAt := j.checkTasks(rows.Tasks)
		j.checkTurns(rows.Tasks, rows.Turns, taskAt)
		j.checkLists(rows.Contacts, rows.Extras)
		j.checkSummaries(rows.Turns, rows.Summaries)
		j.checkContactKeys(rows)
		if !j.wrong {
			j.checkDerived(rows)
		}
		before = j.job
	}
	p.jobs, p.keys, p.before = nil, nil, nil // only findings stay
	w.plan.join(p.checked, p.shard)
}

// jobCheck is the check of one job.
type jobCheck struct {
	*worker
	part  *part
	job   *schema.JobRow
	wrong bool // there is a finding
}

// add adds a finding about the file of a table.
func (j *jobCheck) add(table, check, format string, args ...any) {
	j.wrong = true
	files := j.part.shard.files
	f := cmp.Or(files[table], files[schema.TableJobs])
	j.part.findings.Add(f.Path, check, "job %s of %s: "+format, append([]any{j.job.JobID, j.job.InstanceID}, args...)...)
}

// checkPlace checks that the job, which has a key, is in the right shard, and in order
// there: behind another one, unless it is the first.
func (j *jobCheck) checkPlace(before *schema.JobRow, key schema.Key) {
	row, shard := j.job, j.part.shard
	if row.JobID == "" {
		j.add(schema.TableJobs, finding.Keys, "job_id is empty")
	}
	if before != nil && cmp.Or(
		cmp.Compare(before.FirstCallTime, row.FirstCallTime),
		cmp.Compare(before.JobID, row.JobID), cmp.Compare(before.InstanceID, row.InstanceID)) >= 0 {
		j.add(schema.TableJobs, finding.Order, "comes after job %s: not in the order of first_call_time, job_id", before.JobID)
	}
	if bucket := key.Bucket(max(1, shard.buckets)); bucket != shard.bucket {
		j.add(schema.TableJobs, finding.Shards, "belongs in bucket %d of %d, not %d", bucket, shard.buckets, shard.bucket)
	}
	if day := j.plan.dayOf(row.FirstCallTime); j.plan.location != nil && day != shard.day {
		j.add(schema.TableJobs, finding.Shards, "belongs under job_date=%s, not %s", day, shard.day)
	}
	if row.FirstSeen > row.ObservedAt {
		j.add(schema.TableJobs, finding.Values, "first_seen %d is after observed_at %d", row.FirstSeen, row.ObservedAt)
	}
}

// dayOf returns the day of an instant in ms in the dataset's time zone; 0 is no
// instant.
func (p *plan) dayOf(ms int64) calendar.Day {
	if ms == 0 || p.location == nil {
		return p.noDay
	}
	return min(calendar.DayOf(time.UnixMilli(ms), p.location), p.noDay-1)
}

// checkTasks checks keys, indexes and order of the tasks, and what the job's row
// says of them. It returns the index of each task, by task_id; if a task is there
// twice, the later one. The map is valid until the next call.
func (j *jobCheck) checkTasks(tasks []schema.TaskRow) (at map[string]int) {
	if int(j.job.TaskCount) != len(tasks) {
		j.add(schema.TableJobs, finding.Counts, "task_count is %d, there are %d tasks", j.job.TaskCount, len(tasks))
	}
	var first, last int64
	var previous schema.Task
	dialed := int32(0)
	at = emptied(&j.taskAt, len(tasks))
	for i := range tasks {
		t := &tasks[i]
		if t.TaskID == "" {
			j.add(schema.TableTasks, finding.Keys, "task %d: task_id is empty", i)
		} else if _, twice := at[t.TaskID]; twice {
			j.add(schema.TableTasks, finding.Keys, "task %s is there twice", t.TaskID)
		}
		at[t.TaskID] = i
		if int(t.TaskIndex) != i {
			j.add(schema.TableTasks, finding.Indexes, "task %s has task_index %d, not %d", t.TaskID, t.TaskIndex, i)
		}
		task := schema.Task{TaskID: t.TaskID, PlannedTime: t.PlannedTime, ActualTime: t.ActualTime}
		if i > 0 && schema.CompareTasks(previous, task) > 0 {
			j.add(schema.TableTasks, finding.Order, "task %s comes after %s: not in the order of call time, task_id", t.TaskID, previous.TaskID)
		}
		previous = task
		if ms := task.CallTime(); ms != 0 {
			first, last = cmp.Or(min(first, ms), ms), max(last, ms)
		}
		if t.Stage == schema.StageConnected || t.Stage == schema.StageNotConnected {
			dialed++
		}
		if o := schema.OutcomeOf(t.TaskStatus); t.TaskStatus != "" && !o.Listed() {
			if j.part.unlisted == nil {
				j.part.unlisted = map[string]bool{}
			}
			j.part.unlisted[t.TaskStatus] = true
		}
	}
	if j.job.FirstCallTime != first || j.job.LastCallTime != last {
		j.add(schema.TableJobs, finding.Derived, "first and last call time are %d and %d, those of its tasks %d and %d",
			j.job.FirstCallTime, j.job.LastCallTime, first, last)
	}
	if j.job.DialedCount != dialed {
		j.add(schema.TableJobs, finding.Counts, "dialed_count is %d, %d tasks were dialled", j.job.DialedCount, dialed)
	}
	return at
}
