// Package redact decides which personal data of a job is published.
//
// So far all of it is, as under --pii keep. The package computes what must be
// computed while phone numbers are readable: contact keys, which join the calls of
// one person across campaigns without showing the number.
//
// It reads no key file and does not know the dataset that the key belongs to.
package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"

	"callmill/schema"
)

const (
	// keyBytes is how much of the HMAC is the contact key, in hexadecimal.
	keyBytes = 16

	// remembered is how many keys are cached: a job repeats its few numbers in its
	// contacts, in every attempt and in the contact of the attempt.
	remembered = 4
)

// decimalsSince is the version of the derivation, the first with which a number
// that was written as a decimal has the key of its value. Before it 1.39E10 was
// the number 13910.
const decimalsSince = 2

// Redactor prepares jobs for publication. It reuses the state of its hash, and
// caches the last few contact keys. Not safe for concurrent use: every worker
// makes its own.
type Redactor struct {
	mac     hash.Hash
	literal bool // decimals are no numbers: all of their digits count
	digits  []byte
	scratch []byte
	sum     [sha256.Size]byte
	text    [2 * keyBytes]byte

	recent [remembered]recentKey
	next   int // entry of recent to be replaced next
}

// recentKey holds a copy of the digits: the number may be in a buffer that is reused.
type recentKey struct {
	digits []byte
	key    string // "" in an unused entry
}

// New returns a Redactor with the dataset's key, which it copies. The caller ensures
// that the key is long and secret enough.
func New(key []byte) *Redactor { return &Redactor{mac: hmac.New(sha256.New, key)} }

// Keys returns what makes, for a version of the derivation, a function like Key
// that makes the contact keys of that version. Each is for one goroutine.
func Keys(key []byte) func(derivation int) func(number string) string {
	return func(derivation int) func(string) string {
		r := New(key)
		r.literal = derivation < decimalsSince
		return r.Key
	}
}

// Jobs returns a function that does to a job what Redactor.Job does and returns it.
// It is safe for concurrent use.
func Jobs(key []byte) func(*schema.Job) *schema.Job {
	redactors := sync.Pool{New: func() any { return New(key) }}
	return func(j *schema.Job) *schema.Job {
		r := redactors.Get().(*Redactor)
		defer redactors.Put(r)
		r.Job(j)
		return j
	}
}

// Job sets the contact keys of the job: of each of its contacts that of its number,
// of each task that of its called number or, if that has no key, that of its
// contact's number. A number without a digit other than 0, such as "***", has the
// key "". Task.Contact.Key is not set: the key of that contact is the task's.
func (r *Redactor) Job(j *schema.Job) {
	for i := range j.Contacts {
		c := &j.Contacts[i]
		c.Key = r.Key(c.PhoneNumber)
	}
	for i := range j.Tasks {
		t := &j.Tasks[i]
		t.ContactKey = r.Key(t.CalledNumber)
		if t.ContactKey == "" {
			t.ContactKey = r.Key(t.Contact.PhoneNumber)
		}
	}
}

// Key returns the contact key of a phone number: the first 32 hexadecimal digits of
// the HMAC-SHA256, with the dataset's key, of the normalized number (see
// appendNumber); "" if nothing is left of the number.
func (r *Redactor) Key(number string) string {
	r.digits, r.scratch = appendNumber(r.digits[:0], number, r.literal, r.scratch)
	if len(r.digits) == 0 {
		return ""
	}
	for i := range r.recent {
		if known := &r.recent[i]; known.key != "" && bytes.Equal(known.digits, r.digits) {
			return known.key
		}
	}
	r.mac.Reset()
	r.mac.Write(r.digits)
	sum := r.mac.Sum(r.sum[:0])
	hex.Encode(r.text[:], sum[:keyBytes])

	oldest := &r.recent[r.next]
	r.next = (r.next + 1) % remembered
	oldest.digits, oldest.key = append(oldest.digits[:0], r.digits...), string(r.text[:])
	return oldest.key
}
