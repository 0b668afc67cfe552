package verify

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// prepareDerived gets what computes rows again.
func (p *Plan) prepareDerived() {
	const checks = "derived columns"
	switch {
	case p.o.Quick:
		p.leaveOut("rows", "quick")
		return
	case p.o.Job == nil:
		p.leaveOut("content hashes and "+checks, "nothing was given to make jobs of rows")
	case !p.sameOutcomes:
		p.leaveOut(checks+" and statuses", "statuses meant something else when the snapshot was made")
	case p.o.Rows == nil:
		p.leaveOut(checks, "nothing was given to compute them")
	default:
		rows, err := p.o.Rows(p.manifest.Settings)
		if err != nil {
			p.leaveOut(checks, err.Error())
			break
		}
		p.rows = rows
	}
}

// checkAgain makes the job of its rows, and the rows of that job, and compares.
func (j *jobCheck) checkAgain(rows *schema.Rows) {
	if j.plan.o.Job == nil {
		return
	}
	job := j.plan.o.Job(rows)
	var hash schema.ContentHash
	hash, j.content = job.ContentHash(j.content)
	if j.job.ContentHash != hash.String() {
		j.found(schema.TableJobs, CheckContentHash, "content_hash is %s, its rows give %s", j.job.ContentHash, hash)
	}
	if j.rows == nil {
		return
	}
	again := j.rows(job, hash)
	// When the job was first seen its rows do not tell; the hash was compared.
	again.Job.FirstSeen, again.Job.ContentHash = rows.Job.FirstSeen, rows.Job.ContentHash
	if again.JobDate != j.shard.day {
		j.found(schema.TableJobs, CheckDerived, "job_date is %s when computed again", dataset.FormatDay(again.JobDate))
	}
	compareRows(j, schema.TableJobs, []schema.JobRow{rows.Job}, []schema.JobRow{again.Job})
	compareRows(j, schema.TableTasks, rows.Tasks, again.Tasks)
	compareRows(j, schema.TableTurns, rows.Turns, again.Turns)
	compareRows(j, schema.TableContacts, rows.Contacts, again.Contacts)
	compareRows(j, schema.TableExtras, rows.Extras, again.Extras)
	compareRows(j, schema.TableSummaries, rows.Summaries, again.Summaries)
}

// compareRows compares rows as published with those computed again.
func compareRows[T any](j *jobCheck, table string, got, want []T) {
	if len(got) != len(want) {
		j.found(table, CheckDerived, "%d rows, %d when computed again", len(got), len(want))
		return
	}
	for i := range got {
		a, b := reflect.ValueOf(&got[i]).Elem(), reflect.ValueOf(&want[i]).Elem()
		for f := range a.NumField() {
			if !schema.IsColumn(a.Type().Field(f)) {
				continue
			}
			if !equalFields(a.Field(f).Addr().Interface(), b.Field(f).Addr().Interface()) {
				column, _, _ := strings.Cut(a.Type().Field(f).Tag.Get("parquet"), ",")
				j.found(table, CheckDerived, "row %d: %s is %s, %s when computed again", i, column, show(a.Field(f)), show(b.Field(f)))
			}
		}
	}
}

// equalFields compares what two pointers to fields of the same type lead to.
func equalFields(a, b any) bool {
	switch a := a.(type) {
	case *string:
		return *a == *b.(*string)
	case *int32:
		return *a == *b.(*int32)
	case *int64:
		return *a == *b.(*int64)
	case *bool:
		return *a == *b.(*bool)
	case **int32:
		return equalPointers(*a, *b.(**int32))
	case **int64:
		return equalPointers(*a, *b.(**int64))
	case **bool:
		return equalPointers(*a, *b.(**bool))
	case *[]string:
		return slices.Equal(*a, *b.(*[]string))
	}
	return reflect.DeepEqual(a, b)
}

func equalPointers[V comparable](a, b *V) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// show spells a field for people.
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

// number spells an index that may be NULL.
func number(n *int32) string { return show(reflect.ValueOf(n)) }

// checkContactKeys makes the contact keys again where numbers are published.
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
			j.found(schema.TableTasks, CheckContactKeys, "task %s: contact_key is %q, its number gives %q", t.TaskID, t.ContactKey, want)
		}
	}
	for i := range rows.Contacts {
		r := &rows.Contacts[i]
		if want := j.contactKey(r.ContactPhoneNumber); r.ContactKey != want {
			j.found(schema.TableContacts, CheckContactKeys, "contact %d: contact_key is %q, its number gives %q", i, r.ContactKey, want)
		}
	}
}
