package flatten

import "callmill/schema"

func (f *Flattener) addContacts(j *schema.Job) {
	for i := range j.Contacts {
		c := &j.Contacts[i]
		f.rows.Contacts = append(f.rows.Contacts, schema.ContactRow{
			InstanceID:         j.InstanceID,
			JobID:              j.JobID,
			ContactIndex:       count(i),
			ContactKey:         c.Key,
			ContactID:          c.ContactID,
			ContactName:        c.Name,
			ContactHonorific:   c.Honorific,
			ContactPhoneNumber: c.PhoneNumber,
			ContactReferenceID: c.ReferenceID,
			ContactRole:        c.Role,
			ContactState:       c.State,
			ContactJobID:       c.JobID,
		})
	}
}

func (f *Flattener) addExtras(j *schema.Job) {
	for i := range j.Extras {
		f.rows.Extras = append(f.rows.Extras, schema.ExtraRow{
			InstanceID: j.InstanceID,
			JobID:      j.JobID,
			ExtraIndex: count(i),
			Key:        j.Extras[i].Key,
			Value:      j.Extras[i].Value,
		})
	}
}

// addSummaries appends the summaries of a turn, or of the job if taskID is "" and
// turn nil.
func (f *Flattener) addSummaries(j *schema.Job, taskID string, turn *int32, list []schema.Summary) {
	for i := range list {
		f.rows.Summaries = append(f.rows.Summaries, schema.SummaryRow{
			InstanceID:   j.InstanceID,
			JobID:        j.JobID,
			TaskID:       taskID,
			TurnIndex:    turn,
			SummaryIndex: count(i),
			Category:     list[i].Category,
			SummaryName:  list[i].Name,
			Content:      list[i].Content,
		})
	}
}
