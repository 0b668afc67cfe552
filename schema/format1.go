package schema

import (
	"crypto/sha256"
	"encoding/binary"
)

// This file has what is different in datasets of format 1. It is needed for as long
// as they are read: to verify them, and to go on from them.

// NoDateIn returns NoDate as datasets of a format have it.
func NoDateIn(format int) int32 {
	if format == 1 {
		return 2932896 // 9999-12-31
	}
	return NoDate
}

// JobDateOf converts the day under which jobs live in a dataset of a format to the
// day under which they live in today's.
func JobDateOf(format int, day int32) int32 {
	if day == NoDateIn(format) {
		return NoDate
	}
	return min(day, NoDate-1)
}

// ContentHashIn returns the content hash as datasets of a format have it; see
// [Job.ContentHash], which is that of today's.
func (j *Job) ContentHashIn(format int, buf []byte) (ContentHash, []byte) {
	if format == 1 {
		return j.contentHash1(buf)
	}
	return j.ContentHash(buf)
}

// contentHash1 hashes every field that there was in format 1 in a fixed order,
// absent ones too.
func (j *Job) contentHash1(buf []byte) (ContentHash, []byte) {
	b := buf[:0]
	b = appendTexts1(b, j.JobID, j.JobGroupID, j.ReferenceID, j.ScenarioID, j.StrategyID, j.Status, j.FailureReason)
	b = appendNumber1(b, j.Priority)
	b = appendNumber1(b, j.SystemPriority)
	b = binary.AppendUvarint(b, uint64(len(j.CallingNumbers)))
	b = appendTexts1(b, j.CallingNumbers...)
	b = binary.AppendUvarint(b, uint64(len(j.Contacts)))
	for i := range j.Contacts {
		b = appendContact1(b, &j.Contacts[i])
	}
	b = binary.AppendUvarint(b, uint64(len(j.Extras)))
	for i := range j.Extras {
		b = appendTexts1(b, j.Extras[i].Key, j.Extras[i].Value)
	}
	b = appendSummaries1(b, j.Summaries)
	b = binary.AppendUvarint(b, uint64(len(j.Tasks)))
	for i := range j.Tasks {
		b = appendTask1(b, &j.Tasks[i])
	}
	sum := sha256.Sum256(b)
	return ContentHash(sum[:HashSize]), b
}

func appendTask1(b []byte, t *Task) []byte {
	b = appendTexts1(b, t.TaskID, t.JobID, t.CallID, t.ChatbotID, t.ScenarioID, t.Status, t.Brief, t.CallingNumber, t.CalledNumber)
	b = binary.AppendVarint(b, t.PlannedTime)
	b = binary.AppendVarint(b, t.ActualTime)
	b = appendNumber1(b, t.Duration)
	b = appendContact1(b, &t.Contact)
	b = binary.AppendUvarint(b, uint64(len(t.Turns)))
	for i := range t.Turns {
		turn := &t.Turns[i]
		b = appendTexts1(b, turn.Speaker, turn.Script)
		b = binary.AppendVarint(b, turn.Timestamp)
		b = appendSummaries1(b, turn.Summaries)
	}
	return b
}

func appendContact1(b []byte, c *Contact) []byte {
	return appendTexts1(b, c.ContactID, c.Name, c.Honorific, c.PhoneNumber, c.ReferenceID, c.Role, c.State, c.JobID)
}

func appendSummaries1(b []byte, list []Summary) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for i := range list {
		b = appendTexts1(b, list[i].Category, list[i].Name, list[i].Content)
	}
	return b
}

func appendNumber1[T int32 | int64](b []byte, v *T) []byte {
	if v == nil {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), int64(*v))
}

// appendTexts1 appends each text preceded by its length, so that different
// sequences of texts have different encodings.
func appendTexts1(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}
