package flatten

import (
	"cmp"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/flatten/pattern"
	"callmill/schema"
)

// addTask appends the rows of the job's task with the given index.
func (f *Flattener) addTask(j *schema.Job, index int, o *schema.Outcome, attempt *int32) {
	t := &j.Tasks[index]
	c := &t.Contact
	ended, source := flowEnded(t)
	row := schema.TaskRow{
		InstanceID:     j.InstanceID,
		JobID:          j.JobID,
		TaskID:         t.TaskID,
		JobGroupID:     j.JobGroupID,
		CallID:         t.CallID,
		ChatbotID:      t.ChatbotID,
		TaskScenarioID: t.ScenarioID,
		TaskJobID:      t.JobID,
		TaskIndex:      count(index),
		Attempt:        attempt,
		IsLastTask:     index == len(j.Tasks)-1,

		TaskStatus:     t.Status,
		Stage:          o.Stage,
		Outcome:        o.Outcome,
		Connected:      o.Connected(),
		Answered:       o.Answered(),
		NotUnderstood:  o.WasNotUnderstood(),
		FailedDialogue: o.FailedDialogue(ended),
		EndedBy:        o.EndedBy,

		PlannedTime: t.PlannedTime,
		ActualTime:  t.ActualTime,
		Duration:    copyOf(t.Duration),
		Brief:       t.Brief,

		CallingNumber: t.CallingNumber,
		CalledNumber:  t.CalledNumber,
		ContactKey:    t.ContactKey,

		ContactID:          c.ContactID,
		ContactName:        c.Name,
		ContactHonorific:   c.Honorific,
		ContactPhoneNumber: c.PhoneNumber,
		ContactReferenceID: c.ReferenceID,
		ContactRole:        c.Role,
		ContactState:       c.State,
		ContactJobID:       c.JobID,

		FlowEnded:       ended,
		FlowEndedSource: source,
	}
	f.setFacts(&row, &t.Facts)
	if at := t.CallTime(); at != 0 {
		day, hour := f.dayAndHour(at)
		row.CallDate, row.CallHour = new(day), new(hour)
	}
	f.addTurns(j, t, &row)
	f.rows.Tasks = append(f.rows.Tasks, row)
}

// Dates are kept between 0001-01-01 and the last day before schema.NoDate,
// which is not a date of a call.
const (
	firstDay = -719162
	lastDay  = schema.NoDate - 1
)

// dayAndHour returns the day, in days since 1970-01-01, and the hour of an
// instant in ms, on the clocks of the dataset's time zone.
func (f *Flattener) dayAndHour(ms int64) (day, hour int32) {
	date, h := calendar.DayAndHour(time.UnixMilli(ms), f.loc)
	return min(max(int32(date), firstDay), lastDay), int32(h)
}

// callOf returns the names in the lines of a task: those of its contact or, if it
// has none, of the only contact of the job.
func callOf(j *schema.Job, t *schema.Task) pattern.Call {
	c := &t.Contact
	if c.Name == "" && c.Honorific == "" && len(j.Contacts) == 1 {
		c = &j.Contacts[0]
	}
	return pattern.Call{Name: c.Name, Honorific: c.Honorific}
}

// attempts goes through the tasks of a job in order, numbers the dialled ones and
// derives the outcome of the job.
type attempts struct {
	dialed int32

	// Outcomes; "" if there was no task of the kind.
	lastAnswered string
	lastDialed   string
	last         string
}

// add adds the next task and returns its attempt, nil if it was not dialled.
func (a *attempts) add(o *schema.Outcome) *int32 {
	a.last = o.Outcome
	if !o.Dialed() {
		return nil
	}
	a.dialed++
	a.lastDialed = o.Outcome
	if answered := o.Answered(); answered != nil && *answered {
		a.lastAnswered = o.Outcome
	}
	return new(a.dialed)
}

// outcome returns the outcome of the job: that of its last answered attempt, else
// of its last dialled one, else of its last task, else that of its status.
func (a *attempts) outcome(jobStatus string) string {
	withoutTasks := schema.NotCalled
	switch jobStatus {
	case schema.JobCancelled:
		withoutTasks = schema.Cancelled
	case schema.JobFailed:
		withoutTasks = schema.Failed
	}
	return cmp.Or(a.lastAnswered, a.lastDialed, a.last, withoutTasks)
}
