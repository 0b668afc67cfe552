// Package response writes jobs as the ListJobs API answers them.
package response

import (
	"strconv"
	"strings"

	"callmill/schema"
)

// Append appends a ListJobs response with the jobs that jobs yields, in the
// order and spelling of the API page's example. It is written by hand for speed: a
// hundred thousand jobs are half a gigabyte of responses.
func Append(b []byte, requestID string, jobs func(func(*schema.Job) bool)) []byte {
	b = append(b, `{"Message":"Success","RequestId":`...)
	b = appendString(b, strings.ToUpper(requestID))
	b = append(b, `,"Jobs":[`...)
	first := true
	for job := range jobs {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendJob(b, job)
	}
	return append(b, `],"HttpStatusCode":200,"Code":"OK","Success":true}`...)
}

func appendJob(b []byte, j *schema.Job) []byte {
	b = append(b, '{')
	b = appendField(b, "Status", j.Status)
	b = appendField(b, "JobGroupId", j.JobGroupID)
	b = appendField(b, "ScenarioId", j.ScenarioID)
	b = appendField(b, "ReferenceId", j.ReferenceID)
	b = appendNumber(b, "Priority", int64(*j.Priority))
	b = appendField(b, "FailureReason", j.FailureReason)
	b = appendNumber(b, "SystemPriority", int64(*j.SystemPriority))
	b = appendField(b, "StrategyId", j.StrategyID)
	b = appendField(b, "JobId", j.JobID)
	b = appendSummaries(b, j.Summaries)
	b = append(b, `,"Tasks":[`...)
	for i := range j.Tasks {
		b = appendTask(separate(b, i), &j.Tasks[i], j.JobID)
	}
	b = append(b, `],"Contacts":[`...)
	for i := range j.Contacts {
		b = appendContact(separate(b, i), &j.Contacts[i])
	}
	b = append(b, `],"Extras":[`...)
	for i := range j.Extras {
		b = append(separate(b, i), '{')
		b = appendField(b, "Value", j.Extras[i].Value)
		b = appendField(b, "Key", j.Extras[i].Key)
		b = append(b, '}')
	}
	b = append(b, `],"CallingNumbers":[`...)
	for i, number := range j.CallingNumbers {
		b = appendString(separate(b, i), number)
	}
	return append(b, "]}"...)
}

func appendTask(b []byte, t *schema.Task, jobID string) []byte {
	b = append(b, '{')
	b = appendField(b, "Status", t.Status)
	b = appendNumber(b, "PlanedTime", t.PlannedTime)
	b = appendField(b, "ChatbotId", t.ChatbotID)
	b = appendField(b, "CalledNumber", t.CalledNumber)
	b = appendField(b, "ScenarioId", t.ScenarioID)
	b = appendField(b, "TaskId", t.TaskID)
	if t.ActualTime != 0 {
		b = appendNumber(b, "ActualTime", t.ActualTime)
		b = appendField(b, "CallId", t.CallID)
	}
	b = appendNumber(b, "Duration", *t.Duration)
	b = appendField(b, "Brief", t.Brief)
	b = appendField(b, "CallingNumber", t.CallingNumber)
	b = appendField(b, "JobId", jobID)
	b = append(b, `,"Conversation":[`...)
	for i := range t.Turns {
		turn := &t.Turns[i]
		b = append(separate(b, i), '{')
		b = appendField(b, "Script", turn.Script)
		b = appendNumber(b, "Timestamp", turn.Timestamp)
		b = appendField(b, "Speaker", turn.Speaker)
		b = appendSummaries(b, turn.Summaries)
		b = append(b, '}')
	}
	b = append(b, `],"Contact":`...)
	b = appendContact(b, &t.Contact)
	return append(b, '}')
}

func appendContact(b []byte, c *schema.Contact) []byte {
	b = append(b, '{')
	b = appendField(b, "Role", c.Role)
	b = appendField(b, "Honorific", c.Honorific)
	b = appendField(b, "ReferenceId", c.ReferenceID)
	b = appendField(b, "State", c.State)
	b = appendField(b, "PhoneNumber", c.PhoneNumber)
	b = appendField(b, "ContactId", c.ContactID)
	b = appendField(b, "ContactName", c.Name)
	b = appendField(b, "JobId", c.JobID)
	return append(b, '}')
}

func appendSummaries(b []byte, list []schema.Summary) []byte {
	b = append(b, `,"Summary":[`...)
	for i := range list {
		b = append(separate(b, i), '{')
		b = appendField(b, "Category", list[i].Category)
		b = appendField(b, "Content", list[i].Content)
		b = appendField(b, "SummaryName", list[i].Name)
		b = append(b, '}')
	}
	return append(b, ']')
}

func separate(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

func appendField(b []byte, name, value string) []byte {
	return appendString(appendName(b, name), value)
}

func appendNumber(b []byte, name string, value int64) []byte {
	return strconv.AppendInt(appendName(b, name), value, 10)
}

func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, `":`...)
}

// appendString appends a JSON string of valid UTF-8.
func appendString(b []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
