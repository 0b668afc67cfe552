package jobsort

import (
	"encoding/binary"

	"callmill/schema"
)

// appendJob appends the encoding of a job to b, all of its fields but the ids
// that its entry has: numbers as varints, texts and lists with their lengths
// before them. Decoder.read is the other direction.
func appendJob(b []byte, j *schema.Job) []byte {
	b = appendText(b, j.JobGroupID, j.ReferenceID, j.ScenarioID, j.StrategyID, j.Status, j.FailureReason, j.RequestID)
	b = appendInt32(b, j.Priority)
	b = appendInt32(b, j.SystemPriority)
	b = binary.AppendVarint(b, j.ObservedAt)
	b = binary.AppendVarint(b, j.FirstSeen)
	b = appendBool(b, j.Undated)
	b = binary.AppendUvarint(b, uint64(len(j.CallingNumbers)))
	b = appendText(b, j.CallingNumbers...)
	b = binary.AppendUvarint(b, uint64(len(j.Contacts)))
	for i := range j.Contacts {
		b = appendContact(b, &j.Contacts[i])
	}
	b = binary.AppendUvarint(b, uint64(len(j.Extras)))
	for i := range j.Extras {
		b = appendText(b, j.Extras[i].Key, j.Extras[i].Value)
	}
	b = appendSummaries(b, j.Summaries)
	b = binary.AppendUvarint(b, uint64(len(j.Tasks)))
	for i := range j.Tasks {
		b = appendTask(b, &j.Tasks[i])
	}
	return b
}

func appendTask(b []byte, t *schema.Task) []byte {
	b = appendText(b, t.TaskID, t.JobID, t.CallID, t.ChatbotID, t.ScenarioID, t.Status, t.Brief, t.CallingNumber, t.CalledNumber, t.ContactKey)
	b = binary.AppendVarint(b, t.PlannedTime)
	b = binary.AppendVarint(b, t.ActualTime)
	b = appendInt64(b, t.Duration)
	known := t.Contact != (schema.Contact{})
	if b = appendBool(b, known); known {
		b = appendContact(b, &t.Contact)
	}
	known = !t.Facts.IsZero()
	if b = appendBool(b, known); known {
		b = t.Facts.AppendTo(b)
	}
	b = binary.AppendUvarint(b, uint64(len(t.Turns)))
	before := int64(0)
	for i := range t.Turns {
		turn := &t.Turns[i]
		b = appendSpeaker(b, turn.Speaker)
		b = appendText(b, turn.Script)
		b = binary.AppendVarint(b, turn.Timestamp-before)
		b = appendSummaries(b, turn.Summaries)
		before = turn.Timestamp
	}
	return b
}

func appendContact(b []byte, c *schema.Contact) []byte {
	return appendText(b, c.ContactID, c.Name, c.Honorific, c.PhoneNumber, c.ReferenceID, c.Role, c.State, c.JobID, c.Key)
}

func appendSummaries(b []byte, list []schema.Summary) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for i := range list {
		b = appendText(b, list[i].Category, list[i].Name, list[i].Content)
	}
	return b
}

// speakers are written as their index from 1; 0 means that the text follows.
var speakers = [...]string{schema.SpeakerRobot, schema.SpeakerContact, schema.SpeakerUnknown}

func appendSpeaker(b []byte, speaker string) []byte {
	for i, known := range speakers {
		if speaker == known {
			return append(b, byte(i+1))
		}
	}
	return appendText(append(b, 0), speaker)
}

func appendText(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

func appendInt32(b []byte, v *int32) []byte {
	if v == nil {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), int64(*v))
}

func appendInt64(b []byte, v *int64) []byte {
	if v == nil {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), *v)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}
