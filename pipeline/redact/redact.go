// Package redact decides what personal data of a job may pass.
//
// So far everything passes, as under --pii keep, and the package adds the one
// thing that must be computed while numbers are still readable: the contact
// keys, which join one person over campaigns without showing the number.
//
// It reads no key files and knows nothing of the dataset the key belongs to.
package redact

import "callmill/schema"

// Redactor prepares jobs for publication.
//
// A Redactor is for one goroutine: it reuses the state of its hash. Every
// worker makes its own from the dataset's key.
type Redactor struct {
	keys keyer
}

// New makes a Redactor with the dataset's key. The key is copied; that it is
// long and secret enough is the caller's business.
func New(key []byte) *Redactor {
	return &Redactor{keys: newKeyer(key)}
}

// Job sets the contact keys of the job, whatever they were before: of each
// task from its called number, else from the number of its contact; of each of
// the job's contacts from its number. Where there is no number, or none with a
// digit other than 0, the key is "".
//
// Of a called number that has no key, such as "***", the task falls back to
// its contact's number, too. Task.Contact.Key stays as it is: that contact's
// key is the task's.
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

// Key is the contact key of a phone number: the first 32 hexadecimal digits of
// the HMAC-SHA256, with the dataset's key, of the number in its one spelling
// (see appendNumber); "" where nothing is left of the number.
func (r *Redactor) Key(number string) string {
	return r.keys.key(number)
}
