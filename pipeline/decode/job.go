package decode

import "callmill/schema"

// place says which value of a job is being read, for reasons. An index is -1
// outside of its list.
type place struct{ task, turn, contact, extra, summary int }

var nowhere = place{-1, -1, -1, -1, -1}

// lists gathers what a job holds until its lengths are known.
type lists struct {
	numbers   []string
	contacts  []schema.Contact
	extras    []schema.Extra
	summaries []schema.Summary // the job's
	tasks     []schema.Task
	turns     []schema.Turn    // of the task being read
	results   []schema.Summary // of the turn being read
}

// job reads the object at p as a job. It returns false at damage; what the
// list of shapes does not hold is noted by refuse.
func (d *Decoder) job(j *schema.Job) bool {
	*j = schema.Job{}
	l := &d.lists
	l.numbers, l.contacts, l.extras, l.summaries, l.tasks = l.numbers[:0], l.contacts[:0], l.extras[:0], l.summaries[:0], l.tasks[:0]
	d.at, d.elements = nowhere, 0
	if !d.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			break
		}
		if !d.jobField(j, name) {
			return false
		}
	}
	if d.bad.code != "" {
		return false
	}
	d.normalize(j)
	return true
}

func (d *Decoder) jobField(j *schema.Job, name []byte) bool {
	l := &d.lists
	switch string(name) {
	case "JobId":
		return d.token(&j.JobID, "JobId")
	case "JobGroupId":
		return d.token(&j.JobGroupID, "JobGroupId")
	case "ReferenceId":
		return d.token(&j.ReferenceID, "ReferenceId")
	case "ScenarioId":
		return d.token(&j.ScenarioID, "ScenarioId")
	case "StrategyId":
		return d.token(&j.StrategyID, "StrategyId")
	case "Status":
		return d.token(&j.Status, "Status")
	case "FailureReason":
		return d.token(&j.FailureReason, "FailureReason")
	case "Priority":
		return d.int32(&j.Priority, "Priority")
	case "SystemPriority":
		return d.int32(&j.SystemPriority, "SystemPriority")
	case "CallingNumbers":
		l.numbers = again(d, l.numbers)
		return d.callingNumbers()
	case "Contacts":
		l.contacts = again(d, l.contacts)
		ok := d.list(contacts, func() bool {
			d.at.contact = len(l.contacts)
			l.contacts = append(l.contacts, schema.Contact{})
			return d.contact(&l.contacts[len(l.contacts)-1])
		})
		d.at.contact = -1
		return ok
	case "Extras":
		l.extras = again(d, l.extras)
		ok := d.list(extras, d.extra)
		d.at.extra = -1
		return ok
	case "Summary":
		l.summaries = again(d, l.summaries)
		return d.summaries(&l.summaries)
	case "Tasks":
		l.tasks = again(d, l.tasks)
		ok := d.list(tasks, d.task)
		d.at.task = -1
		return ok
	}
	if upper := d.capital(name); upper != nil {
		return d.jobField(j, upper)
	}
	return d.unknown(name)
}

// again is the list a member begins with: an empty one in JSON, where the last
// of several values counts, what is there in XML, which spells a list as
// repeated elements.
func again[T any](d *Decoder, list []T) []T {
	if d.repeats {
		return list
	}
	return list[:0]
}

func (d *Decoder) contact(c *schema.Contact) bool {
	*c = schema.Contact{}
	if !d.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			return d.bad.code == ""
		}
		if !d.contactField(c, name) {
			return false
		}
	}
}

func (d *Decoder) contactField(c *schema.Contact, name []byte) bool {
	switch string(name) {
	case "ContactId":
		return d.token(&c.ContactID, "ContactId")
	case "ContactName":
		return d.content(&c.Name, "ContactName")
	case "Honorific":
		return d.content(&c.Honorific, "Honorific")
	case "PhoneNumber":
		return d.token(&c.PhoneNumber, "PhoneNumber")
	case "ReferenceId":
		return d.token(&c.ReferenceID, "ReferenceId")
	case "Role":
		return d.token(&c.Role, "Role")
	case "State":
		return d.token(&c.State, "State")
	case "JobId":
		return d.token(&c.JobID, "JobId")
	}
	if upper := d.capital(name); upper != nil {
		return d.contactField(c, upper)
	}
	return d.unknown(name)
}

func (d *Decoder) extra() bool {
	l := &d.lists
	d.at.extra = len(l.extras)
	l.extras = append(l.extras, schema.Extra{})
	e := &l.extras[len(l.extras)-1]
	if !d.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			return d.bad.code == ""
		}
		if !d.extraField(e, name) {
			return false
		}
	}
}

func (d *Decoder) extraField(e *schema.Extra, name []byte) bool {
	switch string(name) {
	case "Key":
		return d.content(&e.Key, "Key")
	case "Value":
		return d.content(&e.Value, "Value")
	}
	if upper := d.capital(name); upper != nil {
		return d.extraField(e, upper)
	}
	return d.unknown(name)
}

func (d *Decoder) summaries(dst *[]schema.Summary) bool {
	ok := d.list(summaries, func() bool {
		d.at.summary = len(*dst)
		*dst = append(*dst, schema.Summary{})
		return d.summary(&(*dst)[len(*dst)-1])
	})
	d.at.summary = -1
	return ok
}

func (d *Decoder) summary(s *schema.Summary) bool {
	if !d.enter() {
		return false
	}
	for first := true; ; first = false {
		name, more := d.member(first)
		if !more {
			return d.bad.code == ""
		}
		if !d.summaryField(s, name) {
			return false
		}
	}
}

func (d *Decoder) summaryField(s *schema.Summary, name []byte) bool {
	switch string(name) {
	case "Category":
		return d.content(&s.Category, "Category")
	case "Content":
		return d.content(&s.Content, "Content")
	case "SummaryName":
		return d.content(&s.Name, "SummaryName")
	}
	if upper := d.capital(name); upper != nil {
		return d.summaryField(s, upper)
	}
	return d.unknown(name)
}
