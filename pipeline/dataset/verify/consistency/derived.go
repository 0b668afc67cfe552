package consistency

import (
	"fmt"
	"reflect"
	"strconv"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// checkDerived makes the job of its rows, derives the rows of that job, and
// compares.
func (j *jobCheck) checkDerived(rows *schema.Rows) {
	if j.rules.Job == nil {
		return
	}
	job := j.rules.Job(rows)
	var hash schema.ContentHash
	hash, j.content = job.ContentHashIn(j.rules.Format, j.content)
	if j.job.ContentHash != hash.String() {
		j.add(schema.TableJobs, finding.ContentHash, "content_hash is %s, that of its rows is %s", j.job.ContentHash, hash)
	}
	if j.rules.Derive == nil {
		return
	}
	again := j.rules.Derive(job, hash)
	// Nothing tells when the job was first seen; the hash is compared above.
	again.Job.FirstSeen, again.Job.ContentHash = rows.Job.FirstSeen, rows.Job.ContentHash
	if day := calendar.Day(again.JobDate); day != j.part.Shard.Day {
		j.add(schema.TableJobs, finding.Derived, "job_date is %s when derived again", day)
	}
	j.compare(rows, again)
}

// show formats a field for a finding.
func show(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "NULL"
		}
		v = v.Elem()
	}
	if v.Kind() == reflect.String {
		return strconv.Quote(v.String())
	}
	return fmt.Sprintf("%v", v)
}

// number formats an index that may be NULL.
func number(n *int32) string { return show(reflect.ValueOf(n)) }

// checkContactKeys compares contact keys with those of the published numbers.
func (j *jobCheck) checkContactKeys(rows *schema.Rows) {
	if j.rules.ContactKey == nil {
		return
	}
	for i := range rows.Tasks {
		t := &rows.Tasks[i]
		want := j.rules.ContactKey(t.CalledNumber)
		if want == "" {
			want = j.rules.ContactKey(t.ContactPhoneNumber)
		}
		if t.ContactKey != want {
			j.add(schema.TableTasks, finding.ContactKeys, "task %s: contact_key is %q, that of its number is %q", t.TaskID, t.ContactKey, want)
		}
	}
	for i := range rows.Contacts {
		r := &rows.Contacts[i]
		if want := j.rules.ContactKey(r.ContactPhoneNumber); r.ContactKey != want {
			j.add(schema.TableContacts, finding.ContactKeys, "contact %d: contact_key is %q, that of its number is %q", i, r.ContactKey, want)
		}
	}
}
