package flatten

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"pgregory.net/rapid"

	"callmill/schema"
)

// everyRunes divides scripts into words of so many code points.
type everyRunes int

func (n everyRunes) Cut(dst []int32, script string) []int32 {
	for len(script) > 0 {
		end := 0
		for range int(n) {
			_, size := utf8.DecodeRuneInString(script[end:])
			end += size
		}
		dst = append(dst, int32(end))
		script = script[end:]
	}
	return dst
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func newFlattener(t testing.TB) *Flattener {
	t.Helper()
	return New(zone(t, "Asia/Shanghai"), everyRunes(2))
}

// drawJob draws a job as decode may return it.
func drawJob(t *rapid.T) *schema.Job {
	j := &schema.Job{
		InstanceID:     text.Draw(t, "instance"),
		JobID:          "job-" + text.Draw(t, "job"),
		JobGroupID:     text.Draw(t, "group"),
		ReferenceID:    text.Draw(t, "reference"),
		ScenarioID:     text.Draw(t, "scenario"),
		StrategyID:     text.Draw(t, "strategy"),
		Status:         rapid.SampledFrom([]string{"", "Succeeded", "Failed", "Cancelled", "Executing", "Odd"}).Draw(t, "status"),
		FailureReason:  text.Draw(t, "failure"),
		Priority:       rapid.Ptr(rapid.Int32(), true).Draw(t, "priority"),
		SystemPriority: rapid.Ptr(rapid.Int32(), true).Draw(t, "system priority"),
		CallingNumbers: rapid.SliceOfN(rapid.StringN(1, 4, -1), 0, 3).Draw(t, "calling numbers"),
		Contacts:       rapid.SliceOfN(contacts, 0, 3).Draw(t, "contacts"),
		Extras:         rapid.SliceOfN(extras, 0, 3).Draw(t, "extras"),
		Summaries:      rapid.SliceOfN(summaries, 0, 3).Draw(t, "summaries"),
		Tasks:          rapid.SliceOfN(tasks, 0, 5).Draw(t, "tasks"),
		RequestID:      text.Draw(t, "request"),
		ObservedAt:     instants.Draw(t, "observed at"),
		Undated:        rapid.Bool().Draw(t, "undated"),
	}
	if earlier := instants.Draw(t, "first seen"); earlier < j.ObservedAt {
		j.FirstSeen = earlier
	}
	for i := range j.Tasks {
		j.Tasks[i].TaskID = fmt.Sprintf("%s#%d", j.Tasks[i].TaskID, i)
	}
	j.SortTasks()
	return j
}

// drawScript draws a script with and without slots in its pattern.
func drawScript(t *rapid.T) string {
	pieces := []string{"您好，", "张三", "先生", "下午三点", "1月15号", "十二", "12", "元", "。", "{num}", "{", "\xff", "a", " "}
	return strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "script"), "")
}

var (
	text     = rapid.StringN(0, 4, -1)
	scripts  = rapid.OneOf(rapid.String(), rapid.Custom(drawScript))
	instants = rapid.OneOf(
		rapid.Just(int64(0)),
		rapid.Int64Range(1579000000000, 1579000000100),
		rapid.Int64Range(1, schema.MaxInstant),
	)
	summaries = rapid.Custom(func(t *rapid.T) schema.Summary {
		return schema.Summary{Category: text.Draw(t, "category"), Name: text.Draw(t, "name"), Content: text.Draw(t, "content")}
	})
	extras = rapid.Custom(func(t *rapid.T) schema.Extra {
		return schema.Extra{Key: text.Draw(t, "key"), Value: text.Draw(t, "value")}
	})
	contacts = rapid.Custom(func(t *rapid.T) schema.Contact {
		c := taskContacts.Draw(t, "contact")
		c.Key = text.Draw(t, "key")
		return c
	})
	taskContacts = rapid.Custom(func(t *rapid.T) schema.Contact {
		if rapid.Bool().Draw(t, "no contact") {
			return schema.Contact{}
		}
		return schema.Contact{
			ContactID: text.Draw(t, "id"), Name: text.Draw(t, "name"), Honorific: text.Draw(t, "honorific"),
			PhoneNumber: text.Draw(t, "number"), ReferenceID: text.Draw(t, "reference"), Role: text.Draw(t, "role"),
			State: text.Draw(t, "state"), JobID: text.Draw(t, "job"),
		}
	})
	turns = rapid.Custom(func(t *rapid.T) schema.Turn {
		return schema.Turn{
			Speaker:   rapid.SampledFrom([]string{schema.SpeakerRobot, schema.SpeakerContact, schema.SpeakerUnknown, "Agent"}).Draw(t, "speaker"),
			Script:    scripts.Draw(t, "script"),
			Timestamp: instants.Draw(t, "timestamp"),
			Summaries: rapid.SliceOfN(summaries, 0, 2).Draw(t, "summaries"),
		}
	})
	facts = rapid.Custom(func(t *rapid.T) schema.Facts {
		if rapid.Bool().Draw(t, "no facts") {
			return schema.Facts{}
		}
		return schema.Facts{
			JobGroupName:          text.Draw(t, "group name"),
			ScriptName:            text.Draw(t, "script name"),
			CallMS:                rapid.Ptr(rapid.Int64(), true).Draw(t, "call ms"),
			RingingS:              rapid.Ptr(rapid.Int32(), true).Draw(t, "ringing s"),
			EndReason:             rapid.Ptr(rapid.Int32(), true).Draw(t, "end reason"),
			ReachedEnd:            rapid.Ptr(rapid.Bool(), true).Draw(t, "reached end"),
			LastPlaybackCompleted: rapid.Ptr(rapid.Bool(), true).Draw(t, "playback"),
			HungUpByRejection:     rapid.Ptr(rapid.Bool(), true).Draw(t, "rejection"),
			DialExceptions:        rapid.SliceOfN(text, 0, 2).Draw(t, "exceptions"),
		}
	})
	tasks = rapid.Custom(func(t *rapid.T) schema.Task {
		return schema.Task{
			TaskID:        text.Draw(t, "task"),
			JobID:         text.Draw(t, "job"),
			CallID:        text.Draw(t, "call"),
			ChatbotID:     text.Draw(t, "chatbot"),
			ScenarioID:    text.Draw(t, "scenario"),
			Status:        statuses.Draw(t, "status"),
			Brief:         text.Draw(t, "brief"),
			PlannedTime:   instants.Draw(t, "planned"),
			ActualTime:    instants.Draw(t, "actual"),
			Duration:      rapid.Ptr(rapid.Int64(), true).Draw(t, "duration"),
			CallingNumber: text.Draw(t, "calling"),
			CalledNumber:  text.Draw(t, "called"),
			ContactKey:    text.Draw(t, "contact key"),
			Contact:       taskContacts.Draw(t, "contact"),
			Turns:         rapid.SliceOfN(turns, 0, 6).Draw(t, "turns"),
			Facts:         facts.Draw(t, "facts"),
		}
	})
	statuses = rapid.Custom(func(t *rapid.T) string {
		listed := schema.Outcomes()
		if i := rapid.IntRange(-3, len(listed)-1).Draw(t, "code"); i >= 0 {
			return listed[i].Status
		}
		return rapid.SampledFrom([]string{"", "Odd", "SucceededOddly", "SucceededSpecialInterceptOddly"}).Draw(t, "unlisted")
	})
)
