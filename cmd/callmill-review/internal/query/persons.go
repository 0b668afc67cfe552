//go:build cgo

package query

import (
	"context"
	"database/sql/driver"

	"callmill/pipeline/calendar"
	"callmill/schema"
)

// Persons calls yield with each job of a day that has answered calls or business results,
// and with what it says of its persons alone: its ids, contacts, parameters, and of its
// tasks the ids, called numbers and contacts. Yield may keep the job. An error of yield
// ends the question.
func (d *DB) Persons(ctx context.Context, jobDate calendar.Day, yield func(*schema.Job) error) error {
	var job *schema.Job
	err := d.each(ctx, "persons", []any{int32(jobDate)}, func(v []driver.Value) error {
		instance, id := v[1].(string), v[2].(string)
		if job == nil || job.JobID != id || job.InstanceID != instance {
			if job != nil {
				if err := yield(job); err != nil {
					return err
				}
			}
			job = &schema.Job{InstanceID: instance, JobID: id}
		}
		text := func(i int) string { return v[i].(string) }
		contact := schema.Contact{ContactID: text(5), Name: text(6), Honorific: text(7), PhoneNumber: text(8), ReferenceID: text(9)}
		switch v[0].(int32) {
		case 0:
			job.ReferenceID = text(5)
		case 1:
			job.Contacts = append(job.Contacts, contact)
		case 2:
			job.Tasks = append(job.Tasks, schema.Task{TaskID: text(4), CalledNumber: text(10), Contact: contact})
		default:
			job.Extras = append(job.Extras, schema.Extra{Key: text(4), Value: text(5)})
		}
		return nil
	})
	if err == nil && job != nil {
		err = yield(job)
	}
	return err
}
