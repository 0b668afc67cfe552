// Package consistency checks the rows of jobs, each by itself and beside the job before it:
// place, keys, order, indexes, references, counts, and every column that can be derived
// again. It reads no file and starts no goroutine.
package consistency

import (
	"cmp"
	"fmt"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// Rules are what jobs are checked against. The zero value checks what needs nothing from
// outside the rows.
type Rules struct {
	Format   int            // of the snapshot
	NoDay    calendar.Day   // of jobs without a call, in that format
	Location *time.Location // of days; nil: whether jobs lie under their day is not checked

	// Job makes the job of its rows. If it is nil, content hashes and derived columns
	// are not checked.
	Job func(*schema.Rows) *schema.Job

	// Derive derives the rows of a job whose content has the given hash; they need be
	// valid only until the next call. If it is nil, no column is derived again.
	Derive func(*schema.Job, schema.ContentHash) *schema.Rows

	// ContactKey makes the contact key of a phone number, "" if the number has none. If
	// it is nil, contact keys are not checked.
	ContactKey func(number string) string
}

// Shard says which jobs of a day are in one file per table.
type Shard struct {
	Day             calendar.Day
	Bucket, Buckets int // bucket 0 to Buckets-1 of the day's
}

func (s Shard) String() string {
	return fmt.Sprintf("job_date=%s bucket %d of %d", s.Day, s.Bucket, s.Buckets)
}

// Part is some jobs of a shard that follow each other, and what was found in them.
type Part struct {
	Shard  Shard
	Path   func(table string) string // what to name in a finding about a table: its file in the shard
	Before *schema.JobRow            // the job before the first one, nil if there is none
	Jobs   []schema.Rows             // with all their rows
	Keys   []schema.Key              // of the jobs, in their order; there may be more

	Findings finding.List
	Unlisted map[string]bool // undocumented statuses met; may be nil
}

// Checker checks jobs. Its memory is used again from job to job. Not safe for concurrent
// use.
type Checker struct {
	rules   Rules
	columns columns

	content []byte // for content hashes
	taskAt  map[string]int
	turnAt  map[turnKey]int
}

// New returns a checker with these rules.
func New(rules Rules) *Checker { return &Checker{rules: rules, columns: newColumns()} }

// Check checks the jobs of a part and adds what is wrong to its findings. It keeps nothing
// of the part. The rows of a job are derived again only if they are consistent.
func (c *Checker) Check(p *Part) {
	before := p.Before
	for i := range p.Jobs {
		rows := &p.Jobs[i]
		j := &jobCheck{Checker: c, part: p, job: &rows.Job}
		j.checkPlace(before, p.Keys[i])
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
}

// jobCheck is the check of one job.
type jobCheck struct {
	*Checker
	part  *Part
	job   *schema.JobRow
	wrong bool // there is a finding
}

// add adds a finding about the file of a table.
func (j *jobCheck) add(table, check, format string, args ...any) {
	j.wrong = true
	j.part.Findings.Add(j.part.Path(table), check, "job %s of %s: "+format, append([]any{j.job.JobID, j.job.InstanceID}, args...)...)
}

// checkPlace checks that the job, which has a key, is in the right shard, and in order
// there: behind another one, unless it is the first.
func (j *jobCheck) checkPlace(before *schema.JobRow, key schema.Key) {
	row, shard := j.job, &j.part.Shard
	if row.JobID == "" {
		j.add(schema.TableJobs, finding.Keys, "job_id is empty")
	}
	if before != nil && cmp.Or(
		cmp.Compare(before.FirstCallTime, row.FirstCallTime),
		cmp.Compare(before.JobID, row.JobID), cmp.Compare(before.InstanceID, row.InstanceID)) >= 0 {
		j.add(schema.TableJobs, finding.Order, "comes after job %s: not in the order of first_call_time, job_id", before.JobID)
	}
	if bucket := key.Bucket(max(1, shard.Buckets)); bucket != shard.Bucket {
		j.add(schema.TableJobs, finding.Shards, "belongs in bucket %d of %d, not %d", bucket, shard.Buckets, shard.Bucket)
	}
	if day := j.rules.dayOf(row.FirstCallTime); j.rules.Location != nil && day != shard.Day {
		j.add(schema.TableJobs, finding.Shards, "belongs under job_date=%s, not %s", day, shard.Day)
	}
	if row.FirstSeen > row.ObservedAt {
		j.add(schema.TableJobs, finding.Values, "first_seen %d is after observed_at %d", row.FirstSeen, row.ObservedAt)
	}
}

// dayOf returns the day of an instant in ms in the dataset's time zone; 0 is no
// instant.
func (r *Rules) dayOf(ms int64) calendar.Day {
	if ms == 0 || r.Location == nil {
		return r.NoDay
	}
	return min(calendar.DayOf(time.UnixMilli(ms), r.Location), r.NoDay-1)
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
			if j.part.Unlisted == nil {
				j.part.Unlisted = map[string]bool{}
			}
			j.part.Unlisted[t.TaskStatus] = true
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

// maxKept is how many entries a map may have that is kept for the next job: to empty one
// takes as long as it once was large.
const maxKept = 64

// emptied returns an empty map with room for n entries: the one in m, where it is small.
func emptied[K comparable](m *map[K]int, n int) map[K]int {
	if n > maxKept {
		return make(map[K]int, n)
	}
	if *m == nil {
		*m = make(map[K]int, maxKept)
	}
	clear(*m)
	return *m
}
