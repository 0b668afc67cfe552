package verify

import (
	"fmt"
	"reflect"
	"strconv"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// prepareDerived prepares to derive rows again, or says why that is left out.
func (p *plan) prepareDerived() {
	const checks = "derived columns"
	switch {
	case p.o.Quick:
		p.leaveOut("rows", "quick")
	case p.o.Job == nil:
		p.leaveOut("content hashes and "+checks, "nothing was given to make jobs of rows")
	case !p.sameOutcomes:
		p.leaveOut(checks+" and statuses", "statuses meant something else when the snapshot was made")
	case p.o.Rows == nil:
		p.leaveOut(checks, "nothing was given to compute them")
	default:
		if rows, err := p.o.Rows(p.manifest.Settings); err != nil {
			p.leaveOut(checks, err.Error())
		} else {
			p.rows = rows
		}
	}
}

// checkDerived makes the job of its rows, derives the rows of that job, and
// compares.
func (j *jobCheck) checkDerived(rows *schema.Rows) {
	if j.plan.o.Job == nil {
		return
	}
	job := j.plan.o.Job(rows)
	var hash schema.ContentHash
	hash, j.content = job.ContentHashIn(j.plan.manifest.Format, j.content)
	if j.job.ContentHash != hash.String() {
		j.add(schema.TableJobs, finding.ContentHash, "content_hash is %s, that of its rows is %s", j.job.ContentHash, hash)
	}
	if j.derive == nil {
		return
	}
	again := j.derive(job, hash)
	// Nothing tells when the job was first seen; the hash is compared above.
	again.Job.FirstSeen, again.Job.ContentHash = rows.Job.FirstSeen, rows.Job.ContentHash
	if day := calendar.Day(again.JobDate); day != j.part.shard.day {
		j.add(schema.TableJobs, finding.Derived, "job_date is %s when derived again", day)
	}
	j.plan.jobColumns.compareRow(j, schema.TableJobs, 0, &rows.Job, &again.Job)
	for _, t := range j.plan.jobTables {
		t.compare(j, rows, again)
	}
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
	if j.contactKey == nil {
		return
	}
	for i := range rows.Tasks {
		t := &rows.Tasks[i]
		want := j.contactKey(t.CalledNumber)
		if want == "" {
			want = j.contactKey(t.ContactPhoneNumber)
		}
		if t.ContactKey != want {
			j.add(schema.TableTasks, finding.ContactKeys, "task %s: contact_key is %q, that of its number is %q", t.TaskID, t.ContactKey, want)
		}
	}
	for i := range rows.Contacts {
		r := &rows.Contacts[i]
		if want := j.contactKey(r.ContactPhoneNumber); r.ContactKey != want {
			j.add(schema.TableContacts, finding.ContactKeys, "contact %d: contact_key is %q, that of its number is %q", i, r.ContactKey, want)
		}
	}
}
