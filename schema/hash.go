package schema

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// HashSize is the number of bytes of a content hash.
const HashSize = 16

// ContentHash identifies a version of a job: the first half of the SHA-256 of
// its content.
type ContentHash [HashSize]byte

func (h ContentHash) String() string { return hex.EncodeToString(h[:]) }

// ParseContentHash parses what String returns.
func ParseContentHash(s string) (h ContentHash, err error) {
	if b, err := hex.DecodeString(s); err == nil && len(b) == len(h) {
		return ContentHash(b), nil
	}
	return h, fmt.Errorf("invalid content hash %q", s)
}

// ContentHash hashes what ListJobs returned of the job, decoded and redacted,
// and nothing else: not the request id, the times of receipt, contact keys or
// SearchTask's facts. The tasks must be in the order of [Job.SortTasks]. buf is
// scratch space; the second result is buf, possibly grown, for the next call.
func (j *Job) ContentHash(buf []byte) (ContentHash, []byte) {
	b := buf[:0]
	b = appendText(b, j.JobID, j.JobGroupID, j.ReferenceID, j.ScenarioID, j.StrategyID, j.Status, j.FailureReason)
	b = appendNumber(b, j.Priority)
	b = appendNumber(b, j.SystemPriority)
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
	sum := sha256.Sum256(b)
	return ContentHash(sum[:HashSize]), b
}

func appendTask(b []byte, t *Task) []byte {
	b = appendText(b, t.TaskID, t.JobID, t.CallID, t.ChatbotID, t.ScenarioID, t.Status, t.Brief, t.CallingNumber, t.CalledNumber)
	b = binary.AppendVarint(b, t.PlannedTime)
	b = binary.AppendVarint(b, t.ActualTime)
	b = appendNumber(b, t.Duration)
	b = appendContact(b, &t.Contact)
	b = binary.AppendUvarint(b, uint64(len(t.Turns)))
	for i := range t.Turns {
		turn := &t.Turns[i]
		b = appendText(b, turn.Speaker, turn.Script)
		b = binary.AppendVarint(b, turn.Timestamp)
		b = appendSummaries(b, turn.Summaries)
	}
	return b
}

func appendContact(b []byte, c *Contact) []byte {
	return appendText(b, c.ContactID, c.Name, c.Honorific, c.PhoneNumber, c.ReferenceID, c.Role, c.State, c.JobID)
}

func appendSummaries(b []byte, list []Summary) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for i := range list {
		b = appendText(b, list[i].Category, list[i].Name, list[i].Content)
	}
	return b
}

func appendNumber[T int32 | int64](b []byte, v *T) []byte {
	if v == nil {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), int64(*v))
}

// appendText appends each text preceded by its length, so that different
// sequences of texts have different encodings.
func appendText(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

// Key identifies a job over all instances: the first half of the SHA-256 of
// its instance id and job id.
type Key [16]byte

// JobKey returns the key of a job. buf is scratch space and may be nil.
func JobKey(buf []byte, instanceID, jobID string) Key {
	sum := sha256.Sum256(appendText(buf[:0], instanceID, jobID))
	return Key(sum[:16])
}

// Bucket returns the bucket of the key, below buckets, which is a power of two
// up to 1<<16. A key's bucket among n is its bucket among any larger number,
// modulo n.
func (k Key) Bucket(buckets int) int {
	return (int(k[0])<<8 | int(k[1])) & (buckets - 1)
}
