package settings

import (
	"callmill/pipeline/dataset"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// WithoutKeys returns what takes the contact keys out of the rows of a job that are
// published under settings, in place. Under hash numbers are contact keys, too, and ids
// are made with the same key: their labels take their place. It is for one goroutine.
func WithoutKeys(own dataset.Settings) func(*schema.Rows) {
	r, job := newRedactor(redact.Options{Mode: own.PII}), JobOf(own)
	var content []byte
	return func(rows *schema.Rows) {
		for i := range rows.Tasks {
			rows.Tasks[i].ContactKey = ""
		}
		for i := range rows.Contacts {
			rows.Contacts[i].ContactKey = ""
		}
		if own.PII == redact.Keep {
			return // its content is without keys
		}
		j := job(rows)
		if own.PII == redact.Hash {
			r.Fields(j)
			putFields(rows, j)
		}
		var hash schema.ContentHash
		hash, content = j.ContentHash(content)
		rows.Job.ContentHash = hash.String()
	}
}

// putFields puts the fields of a job that say who somebody is into its rows.
func putFields(rows *schema.Rows, j *schema.Job) {
	rows.Job.JobReferenceID = j.ReferenceID
	for i := range j.Tasks {
		t, row := &j.Tasks[i], &rows.Tasks[i]
		c := &t.Contact
		row.CalledNumber, row.ContactPhoneNumber, row.ContactID, row.ContactReferenceID = t.CalledNumber, c.PhoneNumber, c.ContactID, c.ReferenceID
	}
	for i := range j.Contacts {
		c, row := &j.Contacts[i], &rows.Contacts[i]
		row.ContactPhoneNumber, row.ContactID, row.ContactReferenceID = c.PhoneNumber, c.ContactID, c.ReferenceID
	}
	for i := range j.Extras {
		rows.Extras[i].Value = j.Extras[i].Value
	}
}
