// Package redact decides which personal data of a job is published.
//
// Under [Keep] all of it is. The package then computes what joins the calls of one
// person across campaigns without showing the number: contact keys. Under the other
// modes numbers, names and ids go, from the fields and from all that was said:
// [Redactor.Job] says in which order, and each mode what is left.
//
// What is personal in a text is for packages below this one to find, see [Texts]; here
// is what becomes of it. The package reads no key file and does not know the dataset
// that the key belongs to.
package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"callmill/pipeline/redact/span"
	"callmill/schema"
)

// Version is the version of what is found and what becomes of it in the modes but
// [Keep]. It is raised when they change: a dataset of an earlier version is redacted
// again in the next commit.
const Version = 2

// Modes of treating personal data, from the loosest to the strictest. A dataset's can
// only become stricter: what is gone does not come back.
const (
	Keep = "keep" // all is published
	Hash = "hash" // numbers and ids become HMACs with the dataset's key, names and texts are masked
	Mask = "mask" // labels take the place of what is personal, such as [电话]
	Drop = "drop" // fields are empty, there is no contact key, texts are masked
)

// Modes returns all modes, in the order in which a help text names them.
func Modes() []string { return []string{Keep, Mask, Hash, Drop} }

// Texts masks what was said or written. Not safe for concurrent use.
type Texts interface {
	// Of has the texts that follow searched as those of a job: for what it says of its
	// own person, too. It is called before anything of the job is masked.
	Of(*schema.Job)
	// Mask masks the lines of one conversation, in place, and reports whether any
	// changed. Masked once more, they would not.
	Mask(call []span.Line) (changed bool)
}

// Options are what a Redactor needs to know.
type Options struct {
	// Key is the dataset's key, which is copied. The caller ensures that it is long and
	// secret enough. Without one, where it was destroyed, there are no contact keys, and
	// what Hash would make a hash of is masked.
	Key  []byte
	Mode string // one of those above; "" is Keep

	// Texts masks texts, and Kind says of which kind the value of an extra with a key is;
	// Patterns sets the patterns of a job as it was delivered. They are used in the modes
	// but Keep, and required there.
	Texts    Texts
	Kind     func(key string) (span.Kind, bool)
	Patterns func(*schema.Job)
	// Company reports whether a key of extras names an id of a company: a value that is
	// found to be an id, and nothing more certain, stays. nil: none does.
	Company func(key string) bool

	// Erased reports whether a job, as it was delivered, is of somebody who was erased;
	// nil: none is.
	Erased func(*schema.Job) bool
}

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
	options Options
	mac     hash.Hash // nil: there is no key
	literal bool      // decimals are no numbers: all of their digits count
	digits  []byte
	scratch []byte
	sum     [sha256.Size]byte
	text    [2 * keyBytes]byte

	recent [remembered]recentKey
	next   int // entry of recent to be replaced next

	call  []span.Line // the texts at hand
	plain []bool      // of a call's lines: the pattern is the script
	line  [1]span.Line
}

// recentKey holds a copy of the digits: the number may be in a buffer that is reused.
type recentKey struct {
	digits []byte
	key    string // "" in an unused entry
}

// New returns a Redactor.
func New(o Options) *Redactor {
	if o.Mode == "" {
		o.Mode = Keep
	}
	r := &Redactor{options: o}
	if len(o.Key) > 0 && o.Mode != Drop {
		r.mac = hmac.New(sha256.New, o.Key)
	}
	return r
}

// Keys returns what makes, for a version of the derivation, a function like Key
// that makes the contact keys of that version. Each is for one goroutine.
func Keys(key []byte) func(derivation int) func(number string) string {
	return func(derivation int) func(string) string {
		r := New(Options{Key: key})
		r.literal = derivation < decimalsSince
		return r.Key
	}
}

// Job redacts a job. A job that the Redactor's Erased reports is only marked as erased:
// nothing else may be done with it.
//
// Under Keep it sets the contact keys: of each of the job's contacts that of its
// number, of each task that of its called number or, if that has no key, that of its
// contact's number. A number without a digit other than 0, such as "***", has the
// key "". Task.Contact.Key is not set: the key of that contact is the task's.
//
// Under the other modes the job is redacted afterwards: contact keys and patterns are
// made of what was delivered, then the texts are masked, then the patterns, then the
// fields. A job that is redacted already keeps both; it is searched again, by rules
// that may be newer, in a mode that may be stricter. In the same mode and by the same
// rules it stays as it is.
func (r *Redactor) Job(j *schema.Job) {
	if r.options.Erased != nil && r.options.Erased(j) {
		j.Erased = true
		return
	}
	if !j.Redacted || r.mac == nil {
		r.setKeys(j)
	}
	if r.options.Mode == Keep {
		return
	}
	if !j.Redacted {
		r.options.Patterns(j)
	}
	r.options.Texts.Of(j)
	for i := range j.Tasks {
		r.maskCall(&j.Tasks[i])
	}
	r.maskSummaries(j.Summaries)
	r.maskWords(j)
	r.maskFields(j)
	j.Redacted = true
}

func (r *Redactor) setKeys(j *schema.Job) {
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
// the HMAC-SHA256, with the dataset's key, of the normalized number (see [Number]); ""
// if nothing is left of the number, or there is no key.
func (r *Redactor) Key(number string) string {
	if r.mac == nil {
		return ""
	}
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
	oldest := &r.recent[r.next]
	r.next = (r.next + 1) % remembered
	oldest.digits, oldest.key = append(oldest.digits[:0], r.digits...), r.spell()
	return oldest.key
}

// spell returns the beginning of the HMAC of what was written, in hexadecimal.
func (r *Redactor) spell() string {
	sum := r.mac.Sum(r.sum[:0])
	hex.Encode(r.text[:], sum[:keyBytes])
	return string(r.text[:])
}
