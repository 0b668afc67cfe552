package flatten

import (
	"slices"

	"callmill/schema"
)

// Job returns the job that rows were flattened from: everything ListJobs and
// SearchTask said of it. The rows must be those of one job, with tasks and turns in
// the order in which they are published. A list without elements is nil.
//
// The job shares the rows' strings and nothing else of them.
func Job(rows *schema.Rows) *schema.Job {
	r := &rows.Job
	j := &schema.Job{
		InstanceID:     r.InstanceID,
		JobID:          r.JobID,
		JobGroupID:     r.JobGroupID,
		ReferenceID:    r.JobReferenceID,
		ScenarioID:     r.ScenarioID,
		StrategyID:     r.StrategyID,
		Status:         r.JobStatus,
		FailureReason:  r.FailureReason,
		Priority:       copyOf(r.Priority),
		SystemPriority: copyOf(r.SystemPriority),
		CallingNumbers: copyOfList(r.CallingNumbers),
		Contacts:       listOf(rows.Contacts, contactOf),
		Extras:         listOf(rows.Extras, extraOf),
		Tasks:          tasksOf(rows),
		RequestID:      r.RequestID,
		ObservedAt:     r.ObservedAt,
		Undated:        rows.Undated,
	}
	if r.FirstSeen != r.ObservedAt {
		j.FirstSeen = r.FirstSeen
	}
	putSummaries(j, rows.Summaries)
	return j
}

// Redacted is Job for rows of a redacted job: it keeps the patterns, too, which cannot
// be made again.
func Redacted(rows *schema.Rows) *schema.Job {
	j, turns := Job(rows), rows.Turns
	j.Redacted = true
	for i := range j.Tasks {
		of := j.Tasks[i].Turns
		for k := range of {
			of[k].Pattern = turns[k].Pattern
		}
		turns = turns[len(of):]
	}
	return j
}

// listOf makes a list of rows; one without elements is nil.
func listOf[R, T any](rows []R, of func(*R) T) []T {
	if len(rows) == 0 {
		return nil
	}
	list := make([]T, len(rows))
	for i := range rows {
		list[i] = of(&rows[i])
	}
	return list
}

func contactOf(r *schema.ContactRow) schema.Contact {
	return schema.Contact{
		ContactID:   r.ContactID,
		Name:        r.ContactName,
		Honorific:   r.ContactHonorific,
		PhoneNumber: r.ContactPhoneNumber,
		ReferenceID: r.ContactReferenceID,
		Role:        r.ContactRole,
		State:       r.ContactState,
		JobID:       r.ContactJobID,
		Key:         r.ContactKey,
	}
}

func extraOf(r *schema.ExtraRow) schema.Extra { return schema.Extra{Key: r.Key, Value: r.Value} }

func turnOf(r *schema.TurnRow) schema.Turn {
	return schema.Turn{Speaker: r.Speaker, Script: r.Script, Timestamp: r.StoredTime}
}

// tasksOf makes the tasks of a job with their turns.
func tasksOf(rows *schema.Rows) []schema.Task {
	turns := rows.Turns
	return listOf(rows.Tasks, func(r *schema.TaskRow) schema.Task {
		n := 0
		for n < len(turns) && turns[n].TaskID == r.TaskID {
			n++
		}
		task := taskOf(r)
		task.Turns = listOf(turns[:n], turnOf)
		turns = turns[n:]
		return task
	})
}

func taskOf(r *schema.TaskRow) schema.Task {
	return schema.Task{
		TaskID:        r.TaskID,
		JobID:         r.TaskJobID,
		CallID:        r.CallID,
		ChatbotID:     r.ChatbotID,
		ScenarioID:    r.TaskScenarioID,
		Status:        r.TaskStatus,
		Brief:         r.Brief,
		PlannedTime:   r.PlannedTime,
		ActualTime:    r.ActualTime,
		Duration:      copyOf(r.Duration),
		CallingNumber: r.CallingNumber,
		CalledNumber:  r.CalledNumber,
		ContactKey:    r.ContactKey,
		Contact: schema.Contact{
			ContactID:   r.ContactID,
			Name:        r.ContactName,
			Honorific:   r.ContactHonorific,
			PhoneNumber: r.ContactPhoneNumber,
			ReferenceID: r.ContactReferenceID,
			Role:        r.ContactRole,
			State:       r.ContactState,
			JobID:       r.ContactJobID,
		},
		Facts: factsOf(r),
	}
}

// putSummaries adds summaries to the job and its turns.
func putSummaries(j *schema.Job, rows []schema.SummaryRow) {
	at := 0
	for i := range rows {
		r := &rows[i]
		s := schema.Summary{Category: r.Category, Name: r.SummaryName, Content: r.Content}
		if r.TurnIndex == nil {
			j.Summaries = append(j.Summaries, s)
			continue
		}
		at = findTask(j.Tasks, r.TaskID, at)
		if at == len(j.Tasks) || int(*r.TurnIndex) >= len(j.Tasks[at].Turns) {
			continue // of no turn: the rows are not those of one job
		}
		turn := &j.Tasks[at].Turns[*r.TurnIndex]
		turn.Summaries = append(turn.Summaries, s)
	}
}

// findTask returns the index of the task with the given id, len(tasks) without one.
// It looks from start on first: summaries are in the order of the tasks.
func findTask(tasks []schema.Task, id string, start int) int {
	for n := range tasks {
		if i := (start + n) % len(tasks); tasks[i].TaskID == id {
			return i
		}
	}
	return len(tasks)
}

func copyOfList(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}
