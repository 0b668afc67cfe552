package decode_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/decode"
	"callmill/schema"
)

// TestAnySpelling: a job decodes to itself however it is spelled.
func TestAnySpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jobs := rapid.SliceOfNDistinct(rapid.Custom(drawJob), 1, 3, func(j schema.Job) string { return j.JobID }).Draw(t, "jobs")
		s := &speller{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "spelling"), 1))}
		body := spelled(s, jobs, rapid.IntRange(0, 9).Draw(t, "around"))
		d := decode.New(decode.Options{})
		n := 0
		for item := range d.Items(&schema.Raw{Body: []byte(body), InstanceID: "inst"}) {
			if item.Reject != nil {
				t.Fatalf("refused: %s\n%s", item.Reject.Reason, body)
			}
			want := jobs[n]
			want.InstanceID, want.RequestID = "inst", item.Job.RequestID
			if diff := cmp.Diff(want, *item.Job); diff != "" {
				t.Fatalf("job %d (-want +got):\n%s\n%s", n, diff, body)
			}
			n++
		}
		if n != len(jobs) {
			t.Fatalf("%d of %d jobs\n%s", n, len(jobs), body)
		}
	})
}

// spelled spells a response, or what takes its place.
func spelled(s *speller, jobs []schema.Job, around int) string {
	all := list{}
	for i := range jobs {
		all = append(all, documented(&jobs[i]))
	}
	envelope := object{{"RequestId", "254EB995"}, {"Success", "true"}, {"Code", "OK"}, {"Message", "Success"}, {"HttpStatusCode", int64(200)}, {"Jobs", all}}
	switch around {
	case 0:
		return s.jsonValue(all, "")
	case 1:
		var lines []string
		for _, job := range all {
			lines = append(lines, strings.NewReplacer("\r", " ", "\n", " ").Replace(s.json(job)))
		}
		return strings.Join(lines, "\n")
	case 2:
		return fmt.Sprintf(`{"headers":{"a":"b"},"statusCode":200,"body":%s}`, s.json(envelope))
	case 3:
		return fmt.Sprintf(`{"observed_at":0,"action":"ListJobs","body":%s}`, (&speller{}).jsonString(s.json(envelope)))
	case 4, 5:
		return s.xml("ListJobsResponse", envelope)
	case 6:
		var b strings.Builder
		for _, m := range envelope {
			b.WriteString(s.xml(m.name, m.value) + "\n")
		}
		return b.String()
	}
	return s.json(envelope)
}

// Texts are valid characters that XML can hold, too.
func drawText(t *rapid.T, label string) string {
	return rapid.StringOfN(rapid.SampledFrom([]rune("ab0{}[]\",:\\/<>&' \t\n你好，。😀é\u00a0")), 0, 12, -1).Draw(t, label)
}

func drawToken(t *rapid.T, label string) string {
	return strings.TrimSpace(rapid.OneOf(
		rapid.StringMatching(`[a-z0-9-]{1,12}`), rapid.StringMatching(`0?[1-9][0-9]{0,19}`), rapid.Just(""), rapid.Just("*"), rapid.Just("a b"),
	).Draw(t, label))
}

func drawJob(t *rapid.T) schema.Job {
	j := schema.Job{
		JobID:      rapid.StringMatching(`[a-z0-9]{1,8}`).Draw(t, "JobId"),
		JobGroupID: drawToken(t, "JobGroupId"), ReferenceID: drawToken(t, "ReferenceId"), ScenarioID: drawToken(t, "ScenarioId"),
		StrategyID: drawToken(t, "StrategyId"), FailureReason: drawToken(t, "FailureReason"),
		Status:   rapid.SampledFrom([]string{"", schema.JobSucceeded, schema.JobFailed, "New"}).Draw(t, "Status"),
		Priority: rapid.Ptr(rapid.Int32(), true).Draw(t, "Priority"), SystemPriority: rapid.Ptr(rapid.Int32(), true).Draw(t, "SystemPriority"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "calling numbers") {
		j.CallingNumbers = append(j.CallingNumbers, rapid.StringMatching(`0?[1-9][0-9]{2,11}`).Draw(t, "CallingNumber"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "contacts") {
		j.Contacts = append(j.Contacts, drawContact(t))
	}
	for range rapid.IntRange(0, 2).Draw(t, "extras") {
		j.Extras = append(j.Extras, schema.Extra{Key: drawText(t, "Key"), Value: drawText(t, "Value")})
	}
	j.Summaries = drawSummaries(t)
	for i := range rapid.IntRange(0, 3).Draw(t, "tasks") {
		j.Tasks = append(j.Tasks, drawTask(t, i))
	}
	j.SortTasks()
	return j
}

func drawTask(t *rapid.T, i int) schema.Task {
	instant := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 999_999_999), rapid.Int64Range(1e10, schema.MaxInstant), rapid.Just(int64(1579068424000)))
	task := schema.Task{
		TaskID: fmt.Sprintf("task-%d", i), JobID: rapid.SampledFrom([]string{"", "another job"}).Draw(t, "JobId"),
		CallID: drawToken(t, "CallId"), ChatbotID: drawToken(t, "ChatbotId"), ScenarioID: drawToken(t, "ScenarioId"),
		Status: rapid.SampledFrom([]string{"", "SucceededFinish", "Busy", "Unheard"}).Draw(t, "Status"), Brief: drawText(t, "Brief"),
		PlannedTime: instant.Draw(t, "PlanedTime"), ActualTime: instant.Draw(t, "ActualTime"),
		Duration:      rapid.Ptr(rapid.Int64(), true).Draw(t, "Duration"),
		CallingNumber: drawToken(t, "CallingNumber"), CalledNumber: drawToken(t, "CalledNumber"),
		Contact: drawContact(t),
	}
	for range rapid.IntRange(0, 3).Draw(t, "turns") {
		task.Turns = append(task.Turns, schema.Turn{
			Speaker: rapid.SampledFrom([]string{schema.SpeakerRobot, schema.SpeakerContact, schema.SpeakerUnknown}).Draw(t, "Speaker"),
			Script:  drawText(t, "Script"), Timestamp: instant.Draw(t, "Timestamp"), Summaries: drawSummaries(t),
		})
	}
	return task
}

func drawContact(t *rapid.T) schema.Contact {
	return schema.Contact{
		ContactID: drawToken(t, "ContactId"), Name: drawText(t, "ContactName"), Honorific: drawText(t, "Honorific"),
		PhoneNumber: drawToken(t, "PhoneNumber"), ReferenceID: drawToken(t, "ReferenceId"), Role: drawToken(t, "Role"),
		State: drawToken(t, "State"), JobID: drawToken(t, "JobId"),
	}
}

func drawSummaries(t *rapid.T) (list []schema.Summary) {
	for range rapid.IntRange(0, 2).Draw(t, "summaries") {
		list = append(list, schema.Summary{Category: drawText(t, "Category"), Name: drawText(t, "SummaryName"), Content: drawText(t, "Content")})
	}
	return list
}
