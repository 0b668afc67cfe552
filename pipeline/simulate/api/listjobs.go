package api

import (
	"fmt"

	"callmill/schema"
)

// listJobsResponse is the answer of ListJobs, in the order of the API page's
// example.
type listJobsResponse struct {
	head
	Jobs []jobBody
	tail
}

type jobBody struct {
	jobFields
	Summary []summaryBody
	Tasks   []taskBody
	jobLists
}

// jobFields and jobLists are the parts of a job that ListJobsByGroup shares.
type jobFields struct {
	Status, JobGroupId, ScenarioId, ReferenceId string
	Priority                                    int32
	FailureReason                               string
	SystemPriority                              int32
	StrategyId, JobId                           string
}

type jobLists struct {
	Contacts       []contactBody
	Extras         []extraBody
	CallingNumbers []string
}

type taskBody struct {
	Status                              string
	PlanedTime                          int64
	ChatbotId, CalledNumber, ScenarioId string
	TaskId                              string
	ActualTime                          int64  `json:",omitempty" xml:",omitempty"`
	CallId                              string `json:",omitempty" xml:",omitempty"`
	Duration                            int64
	Brief, CallingNumber, JobId         string
	Conversation                        []turnBody
	Contact                             contactBody
}

type turnBody struct {
	Script    string
	Timestamp int64
	Speaker   string
	Summary   []summaryBody
}

type contactBody struct {
	Role, Honorific, ReferenceId, State, PhoneNumber, ContactId, ContactName, JobId string
}

type summaryBody struct{ Category, Content, SummaryName string }

type extraBody struct{ Value, Key string }

func (h *Handler) listJobs(q *request) (answer, *refusal) {
	ids, refused := q.repeated("JobId")
	switch {
	case refused != nil:
		return nil, refused
	case len(ids) == 0:
		return nil, missing("JobId")
	case len(ids) > MaxIDs:
		return nil, invalid("JobId", fmt.Sprintf("there are %d of them and at most %d are allowed", len(ids), MaxIDs))
	}
	seen := make(map[string]bool, len(ids))
	a := &listJobsResponse{Jobs: make([]jobBody, 0, len(ids))}
	for _, id := range ids {
		i, known := q.world.FindJob(id)
		if !known || seen[id] {
			continue
		}
		if h.poison[id] || len(ids) > 1 && h.isShy(id) {
			return nil, internalError()
		}
		seen[id] = true
		job, _ := q.world.Job(i)
		a.Jobs = append(a.Jobs, bodyOf(job))
	}
	return a, nil
}

func bodyOf(j *schema.Job) jobBody {
	b := jobBody{jobFields: fieldsOf(j), Summary: summariesOf(j.Summaries), Tasks: make([]taskBody, len(j.Tasks)), jobLists: listsOf(j)}
	for i := range j.Tasks {
		t := &j.Tasks[i]
		b.Tasks[i] = taskBody{
			Status: t.Status, PlanedTime: t.PlannedTime, ChatbotId: t.ChatbotID, CalledNumber: t.CalledNumber,
			ScenarioId: t.ScenarioID, TaskId: t.TaskID, ActualTime: t.ActualTime, CallId: t.CallID,
			Duration: *t.Duration, Brief: t.Brief, CallingNumber: t.CallingNumber, JobId: j.JobID,
			Conversation: turnsOf(t.Turns), Contact: contactOf(&t.Contact),
		}
	}
	return b
}

func fieldsOf(j *schema.Job) jobFields {
	return jobFields{
		Status: j.Status, JobGroupId: j.JobGroupID, ScenarioId: j.ScenarioID, ReferenceId: j.ReferenceID,
		Priority: *j.Priority, FailureReason: j.FailureReason, SystemPriority: *j.SystemPriority,
		StrategyId: j.StrategyID, JobId: j.JobID,
	}
}

func listsOf(j *schema.Job) jobLists {
	b := jobLists{
		Contacts: make([]contactBody, len(j.Contacts)), Extras: make([]extraBody, len(j.Extras)),
		CallingNumbers: append([]string{}, j.CallingNumbers...),
	}
	for i := range j.Contacts {
		b.Contacts[i] = contactOf(&j.Contacts[i])
	}
	for i, e := range j.Extras {
		b.Extras[i] = extraBody{Value: e.Value, Key: e.Key}
	}
	return b
}

func turnsOf(turns []schema.Turn) []turnBody {
	list := make([]turnBody, len(turns))
	for i := range turns {
		t := &turns[i]
		list[i] = turnBody{t.Script, t.Timestamp, t.Speaker, summariesOf(t.Summaries)}
	}
	return list
}

func contactOf(c *schema.Contact) contactBody {
	return contactBody{
		Role: c.Role, Honorific: c.Honorific, ReferenceId: c.ReferenceID, State: c.State,
		PhoneNumber: c.PhoneNumber, ContactId: c.ContactID, ContactName: c.Name, JobId: c.JobID,
	}
}

func summariesOf(summaries []schema.Summary) []summaryBody {
	list := make([]summaryBody, len(summaries))
	for i, s := range summaries {
		list[i] = summaryBody{Category: s.Category, Content: s.Content, SummaryName: s.Name}
	}
	return list
}
