// Package tombstones has the tombstones of a lake: who was erased from it, told by digests
// alone, so that no later run brings them back.
//
// The lake keeps them as rows of a table, and gives them to each worker as lines of
// JSON. All digests are keyed with a secret that is made of the lake's key. That of a
// number is made of its contact key: so it is found in a job that has the number and in
// one that has nothing but the key, as under --pii mask and hash, or as a dataset gives
// it. Under --pii drop a job has neither; there a number is found before it is dropped.
//
// A tombstone of a number or a reference covers the jobs last called up to the day of
// the request: later calls are new data. One of a job covers it for good; so each job
// that was erased by a number gets one, for SearchTask may name it without a number.
package tombstones

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Kinds of tombstones.
const (
	Number    = "number"    // Digest is that of a contact key
	Reference = "reference" // of a reference id
	Job       = "job"       // of an instance and a job id
	AnyJob    = "job_id"    // of a job id of any instance
	Before    = "before"    // all jobs last called before the day Until
)

// Tombstone is a tombstone, a row of the lake's table of erasures.
type Tombstone struct {
	Kind   string `json:"kind"`
	Digest string `json:"digest,omitempty"`
	// Until is the last day that the stone covers, of Before the first one that it does
	// not: 2026-01-31.
	Until string `json:"until,omitempty"`
}

// Digests makes digests. Not safe for concurrent use: it reuses the state of its hash.
type Digests struct {
	mac hash.Hash
	sum [sha256.Size]byte
}

// NewDigests makes one by the key of a lake's contact keys.
func NewDigests(key []byte) *Digests {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("callmill tombstones 1"))
	return &Digests{mac: hmac.New(sha256.New, mac.Sum(nil))}
}

// digestBytes is how much of the HMAC a digest is: enough for no two of a billion to be
// the same.
const digestBytes = 16

// Digest returns the digest of values under a kind, in hexadecimal.
func (d *Digests) Digest(kind string, values ...string) string {
	d.mac.Reset()
	io.WriteString(d.mac, kind) // to memory
	for _, v := range values {
		d.mac.Write([]byte{0})
		io.WriteString(d.mac, v)
	}
	return hex.EncodeToString(d.mac.Sum(d.sum[:0])[:digestBytes])
}

// CheckDay returns an error where text is no day such as 2026-01-31.
func CheckDay(text string) error {
	_, err := calendar.ParseDay(text)
	return err
}

// StartOf returns the first instant of a day such as 2026-01-31, in ms.
func StartOf(text string, zone *time.Location) (int64, error) {
	day, err := calendar.ParseDay(text)
	return day.Start(zone).UnixMilli(), err
}

// List are the tombstones of a lake. Not safe for concurrent use, as its digests.
type List struct {
	digests    *Digests
	numbers    map[string]calendar.Day // last day by digest
	references map[string]calendar.Day
	jobs       map[string]bool
	anyJobs    map[string]bool
	before     calendar.Day // 0: none
}

// Read reads tombstones, a line of JSON each.
func Read(m *Digests, lines io.Reader) (*List, error) {
	s := &List{
		digests: m, numbers: map[string]calendar.Day{}, references: map[string]calendar.Day{},
		jobs: map[string]bool{}, anyJobs: map[string]bool{},
	}
	in := bufio.NewScanner(lines)
	n := 0
	for in.Scan() {
		n++
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		var t Tombstone
		err := json.Unmarshal(in.Bytes(), &t)
		if err == nil {
			err = s.add(&t)
		}
		if err != nil {
			return nil, fmt.Errorf("tombstone %d: %w", n, err)
		}
	}
	return s, in.Err()
}

func (s *List) add(t *Tombstone) error {
	if t.Kind != Before {
		if raw, err := hex.DecodeString(t.Digest); err != nil || len(raw) != digestBytes {
			return fmt.Errorf("invalid digest %q: want %d hexadecimal digits", t.Digest, 2*digestBytes)
		}
	}
	switch t.Kind {
	case Job:
		s.jobs[t.Digest] = true
		return nil
	case AnyJob:
		s.anyJobs[t.Digest] = true
		return nil
	case Number, Reference, Before:
	default:
		return fmt.Errorf("kind %q is not known; is it of a newer callmill?", t.Kind)
	}
	until, err := calendar.ParseDay(t.Until)
	if err != nil {
		return err
	}
	switch t.Kind {
	case Number:
		s.numbers[t.Digest] = max(s.numbers[t.Digest], until)
	case Reference:
		s.references[t.Digest] = max(s.references[t.Digest], until)
	default:
		s.before = max(s.before, until)
	}
	return nil
}

// Empty reports whether nobody was erased.
func (s *List) Empty() bool {
	return s == nil || len(s.numbers)+len(s.references)+len(s.jobs)+len(s.anyJobs) == 0 && s.before == 0
}

// Limits say which jobs a lake may not have. It implements shuffle.Limits. Not safe for
// concurrent use where Key is not.
type Limits struct {
	List *List
	// Key makes contact keys of numbers.
	Key  func(number string) string
	Zone *time.Location
	// Met has the digests of the stones that covered something, where it is not nil.
	Met map[string]bool
}

// met notes a stone that covers something.
func (l *Limits) met(digest string) bool {
	if l.Met != nil {
		l.Met[digest] = true
	}
	return true
}

// number reports whether the number with a contact key is covered on a day.
func (l *Limits) number(contactKey string, day calendar.Day) bool {
	if contactKey == "" || len(l.List.numbers) == 0 {
		return false
	}
	digest := l.List.digests.Digest(Number, contactKey)
	until, ok := l.List.numbers[digest]
	return ok && day <= until && l.met(digest)
}

func (l *Limits) reference(id string, day calendar.Day) bool {
	if id == "" || len(l.List.references) == 0 {
		return false
	}
	digest := l.List.digests.Digest(Reference, id)
	until, ok := l.List.references[digest]
	return ok && day <= until && l.met(digest)
}

func (l *Limits) anyJob(jobID string) bool {
	if len(l.List.anyJobs) == 0 {
		return false
	}
	digest := l.List.digests.Digest(AnyJob, jobID)
	return l.List.anyJobs[digest] && l.met(digest)
}

func (l *Limits) job(instanceID, jobID string) bool {
	if len(l.List.jobs) > 0 {
		if digest := l.List.digests.Digest(Job, instanceID, jobID); l.List.jobs[digest] {
			return l.met(digest)
		}
	}
	return l.anyJob(jobID)
}

// lastDay is the day of a job's last call; of one that was never called, that on which
// it was first seen.
func (l *Limits) lastDay(job *schema.Job) calendar.Day {
	last := int64(0)
	for i := range job.Tasks {
		last = max(last, job.Tasks[i].CallTime())
	}
	return l.day(cmp.Or(last, job.FirstSeen, job.ObservedAt))
}

func (l *Limits) day(ms int64) calendar.Day { return calendar.DayOf(time.UnixMilli(ms), l.Zone) }

// Erased reports whether a job is covered by a tombstone, and whether by one that names
// it or its person, not by its age alone.
func (l *Limits) Erased(job *schema.Job) (erased, named bool) {
	if l.List.Empty() {
		return false, false
	}
	day := l.lastDay(job)
	if person := l.person(job, day); l.ErasedID(job.InstanceID, job.JobID) || person {
		return true, true
	}
	return day < l.List.before, false
}

// person reports whether somebody in the job is covered on the day of its last call. It
// looks at all of them, so that each stone is met that covers one.
func (l *Limits) person(job *schema.Job, day calendar.Day) (covered bool) {
	note := func(is bool) { covered = covered || is }
	contact := func(c *schema.Contact) {
		note(l.number(l.Key(c.PhoneNumber), day))
		note(l.number(c.Key, day))
		note(l.reference(c.ReferenceID, day))
	}
	note(l.reference(job.ReferenceID, day))
	for i := range job.Contacts {
		contact(&job.Contacts[i])
	}
	for i := range job.Tasks {
		t := &job.Tasks[i]
		note(l.number(l.Key(t.CalledNumber), day))
		note(l.number(t.ContactKey, day))
		contact(&t.Contact)
	}
	return covered
}

// ErasedID reports whether a job of that id was erased.
func (l *Limits) ErasedID(instanceID, jobID string) bool {
	return !l.List.Empty() && jobID != "" && l.job(instanceID, jobID)
}

// ErasedAt reports whether all was erased that is as old as an instant, in ms.
func (l *Limits) ErasedAt(ms int64) bool { return !l.List.Empty() && l.day(ms) < l.List.before }

// Digest returns the digest of a tombstone for a job.
func (l *Limits) Digest(instanceID, jobID string) string {
	if l.List == nil {
		return ""
	}
	return l.List.digests.Digest(Job, instanceID, jobID)
}
