package flatten

import "callmill/schema"

// addTask appends the rows of the job's task with the given index.
func (f *Flattener) addTask(j *schema.Job, index int, o *schema.Outcome, attempt *int32) {
	t := &j.Tasks[index]
	c := &t.Contact
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
		FailedDialogue: o.FailedDialogue(t.Facts.ReachedEnd),
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
	}
	f.setFacts(&row, &t.Facts)
	if at := t.CallTime(); at != 0 {
		day, hour := dayAndHour(at, f.loc)
		row.CallDate, row.CallHour = new(day), new(hour)
	}
	f.addTurns(j, t, &row)
	f.rows.Tasks = append(f.rows.Tasks, row)
}
