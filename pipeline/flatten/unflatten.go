package flatten

import (
	"slices"

	"callmill/schema"
)

// Job returns the job of its rows: everything ListJobs and SearchTask said of it.
// Rows must be those of one job, its tasks and turns in the order in which they
// are published. A list without elements is nil.
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
		Contacts:       contactsOf(rows.Contacts),
		Extras:         extrasOf(rows.Extras),
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

func contactsOf(rows []schema.ContactRow) []schema.Contact {
	if len(rows) == 0 {
		return nil
	}
	list := make([]schema.Contact, len(rows))
	for i := range rows {
		r := &rows[i]
		list[i] = schema.Contact{
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
	return list
}

func extrasOf(rows []schema.ExtraRow) []schema.Extra {
	if len(rows) == 0 {
		return nil
	}
	list := make([]schema.Extra, len(rows))
	for i := range rows {
		list[i] = schema.Extra{Key: rows[i].Key, Value: rows[i].Value}
	}
	return list
}

func tasksOf(rows *schema.Rows) []schema.Task {
	if len(rows.Tasks) == 0 {
		return nil
	}
	list := make([]schema.Task, len(rows.Tasks))
	turns := rows.Turns
	for i := range rows.Tasks {
		list[i] = taskOf(&rows.Tasks[i])
		n := 0
		for n < len(turns) && turns[n].TaskID == list[i].TaskID {
			n++
		}
		list[i].Turns = turnsOf(turns[:n])
		turns = turns[n:]
	}
	return list
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

func turnsOf(rows []schema.TurnRow) []schema.Turn {
	if len(rows) == 0 {
		return nil
	}
	list := make([]schema.Turn, len(rows))
	for i := range rows {
		r := &rows[i]
		list[i] = schema.Turn{Speaker: r.Speaker, Script: r.Script, Timestamp: r.StoredTime}
	}
	return list
}

// putSummaries adds the results to the job and its turns.
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
			continue // of an unknown turn: not the rows of one job
		}
		turn := &j.Tasks[at].Turns[*r.TurnIndex]
		turn.Summaries = append(turn.Summaries, s)
	}
}

// findTask returns the index of the task with the given id, len(tasks) if there
// is none. It looks from start on first: results come in the order of the tasks.
func findTask(tasks []schema.Task, id string, start int) int {
	for i := start; i < len(tasks); i++ {
		if tasks[i].TaskID == id {
			return i
		}
	}
	for i := range start {
		if tasks[i].TaskID == id {
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
