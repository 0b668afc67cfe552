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
func ParseContentHash[T string | []byte](text T) (h ContentHash, err error) {
	if n, err := hex.Decode(h[:], []byte(text[:min(len(text), 2*HashSize)])); err == nil && n == len(h) && len(text) == 2*n {
		return h, nil
	}
	return ContentHash{}, fmt.Errorf("invalid content hash %q", text)
}

// ContentHash hashes what ListJobs returned of the job, decoded and redacted,
// and nothing else: not the request id, the times of receipt, contact keys or
// SearchTask's facts. Where the job is redacted contact keys and patterns are content:
// they say what the rest does not any more. The tasks must be in the order of [Job.SortTasks]. buf is
// scratch space; the second result is buf, possibly grown, for the next call.
//
// What is hashed is an encoding by field number, so that a field which a later
// version adds leaves the hashes of jobs without it alone. An object is its
// present fields in the order of their numbers, then a zero. A field is its
// number, the tag hash or redacted, and its value:
//
//	text       its length, then its bytes; "" is absent
//	time       as a number; 0 is absent
//	number     a signed varint; nil is absent
//	list       how many elements, then each; an empty one is absent
//	object     as above; one without fields is absent, unless in a list
//
// Numbers of fields, lengths and counts are varints without sign. What follows a
// number is told by the type of the object and the number alone, and no encoding
// is the beginning of another: different jobs have different encodings. A number
// is never given to another field, see testdata/hash_fields.txt.
func (j *Job) ContentHash(buf []byte) (ContentHash, []byte) {
	b := appendJob(buf[:0], j)
	sum := sha256.Sum256(b)
	return ContentHash(sum[:HashSize]), b
}

func appendJob(b []byte, j *Job) []byte {
	b = appendText(b, 1, j.JobID)
	b = appendText(b, 2, j.JobGroupID)
	b = appendText(b, 3, j.ReferenceID)
	b = appendText(b, 4, j.ScenarioID)
	b = appendText(b, 5, j.StrategyID)
	b = appendText(b, 6, j.Status)
	b = appendText(b, 7, j.FailureReason)
	b = appendNumber(b, 8, j.Priority)
	b = appendNumber(b, 9, j.SystemPriority)
	b = appendList(b, 10, len(j.CallingNumbers))
	for _, number := range j.CallingNumbers {
		b = appendBytes(b, number)
	}
	b = appendList(b, 11, len(j.Contacts))
	for i := range j.Contacts {
		b = appendContact(b, &j.Contacts[i], j.Redacted)
	}
	b = appendList(b, 12, len(j.Extras))
	for i := range j.Extras {
		b = appendText(b, 1, j.Extras[i].Key)
		b = appendText(b, 2, j.Extras[i].Value)
		b = append(b, endOfObject)
	}
	b = appendSummaries(b, 13, j.Summaries)
	b = appendList(b, 14, len(j.Tasks))
	for i := range j.Tasks {
		b = appendTask(b, &j.Tasks[i], j.Redacted)
	}
	return append(b, endOfObject)
}

func appendTask(b []byte, t *Task, redacted bool) []byte {
	b = appendText(b, 1, t.TaskID)
	b = appendText(b, 2, t.JobID)
	b = appendText(b, 3, t.CallID)
	b = appendText(b, 4, t.ChatbotID)
	b = appendText(b, 5, t.ScenarioID)
	b = appendText(b, 6, t.Status)
	b = appendText(b, 7, t.Brief)
	b = appendTime(b, 8, t.PlannedTime)
	b = appendTime(b, 9, t.ActualTime)
	b = appendNumber(b, 10, t.Duration)
	b = appendText(b, 11, t.CallingNumber)
	b = appendText(b, 12, t.CalledNumber)
	contact := len(b)
	if b = appendContact(append(b, 13), &t.Contact, redacted); len(b) == contact+2 {
		b = b[:contact] // nothing but its number and its end
	}
	b = appendList(b, 14, len(t.Turns))
	for i := range t.Turns {
		turn := &t.Turns[i]
		b = appendText(b, 1, turn.Speaker)
		b = appendText(b, 2, turn.Script)
		b = appendTime(b, 3, turn.Timestamp)
		b = appendSummaries(b, 4, turn.Summaries)
		if redacted {
			b = appendText(b, 5, turn.Pattern)
		}
		b = append(b, endOfObject)
	}
	if redacted {
		b = appendText(b, 15, t.ContactKey)
	}
	return append(b, endOfObject)
}

func appendContact(b []byte, c *Contact, redacted bool) []byte {
	b = appendText(b, 1, c.ContactID)
	b = appendText(b, 2, c.Name)
	b = appendText(b, 3, c.Honorific)
	b = appendText(b, 4, c.PhoneNumber)
	b = appendText(b, 5, c.ReferenceID)
	b = appendText(b, 6, c.Role)
	b = appendText(b, 7, c.State)
	b = appendText(b, 8, c.JobID)
	if redacted {
		b = appendText(b, 9, c.Key)
	}
	return append(b, endOfObject)
}

func appendSummaries(b []byte, field fieldNumber, list []Summary) []byte {
	b = appendList(b, field, len(list))
	for i := range list {
		b = appendText(b, 1, list[i].Category)
		b = appendText(b, 2, list[i].Name)
		b = appendText(b, 3, list[i].Content)
		b = append(b, endOfObject)
	}
	return b
}

// fieldNumber is the number of a field in its object: below 128, so that its
// varint is one byte.
type fieldNumber = byte

// endOfObject stands where the number of another field would.
const endOfObject fieldNumber = 0

func appendText(b []byte, field fieldNumber, s string) []byte {
	if s == "" {
		return b
	}
	return appendBytes(append(b, field), s)
}

func appendBytes[T string | []byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTime(b []byte, field fieldNumber, ms int64) []byte {
	if ms == 0 {
		return b
	}
	return binary.AppendVarint(append(b, field), ms)
}

func appendNumber[T int32 | int64](b []byte, field fieldNumber, v *T) []byte {
	if v == nil {
		return b
	}
	return binary.AppendVarint(append(b, field), int64(*v))
}

// appendList appends what a list begins with; its elements follow.
func appendList(b []byte, field fieldNumber, length int) []byte {
	if length == 0 {
		return b
	}
	return binary.AppendUvarint(append(b, field), uint64(length))
}

// Key identifies a job over all instances: the first half of the SHA-256 of
// its instance id and job id.
type Key [16]byte

// JobKey returns the key of a job. buf is scratch space and may be nil.
func JobKey[T string | []byte](buf []byte, instanceID, jobID T) Key {
	sum := sha256.Sum256(appendBytes(appendBytes(buf[:0], instanceID), jobID))
	return Key(sum[:16])
}

// Bucket returns the bucket of the key, below buckets, which is a power of two
// up to 1<<16. A key's bucket among n is its bucket among any larger number,
// modulo n.
func (k Key) Bucket(buckets int) int {
	return (int(k[0])<<8 | int(k[1])) & (buckets - 1)
}
