// Package redact decides which personal data of a job is published.
//
// So far all of it is, as under --pii keep. The package computes what must be
// computed while phone numbers are readable: contact keys, which join the calls of
// one person across campaigns without showing the number.
//
// It reads no key file and does not know the dataset that the key belongs to.
package redact

import "callmill/schema"

// Redactor prepares jobs for publication. It reuses the state of its hash. Not safe
// for concurrent use: every worker makes its own.
type Redactor struct {
	keys keyer
}

// New returns a Redactor with the dataset's key, which it copies. The caller ensures
// that the key is long and secret enough.
func New(key []byte) *Redactor {
	return &Redactor{keys: newKeyer(key)}
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
	return r.keys.key(number)
}
