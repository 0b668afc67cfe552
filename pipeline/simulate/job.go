package simulate

import (
	"slices"
	"strconv"

	"callmill/pipeline/simulate/dialogue"
	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"
	"callmill/schema"
)

// maker makes jobs one after the other and reuses its memory. The caller owns what
// it returns. Not safe for concurrent use.
type maker struct {
	w        *World
	plan     plan
	speech   *speech.Composer
	dialogue *dialogue.Dialogue
	plants   []*script.Plant // of the call
}

func (w *World) newMaker() *maker {
	m := &maker{w: w}
	m.speech = speech.New(w.words)
	m.dialogue = dialogue.New(w.words, &w.machines, m.speech)
	return m
}

func (m *maker) job(i int) (*schema.Job, *Truth) {
	w, p := m.w, &m.plan
	w.plan(i, p)
	c := p.group.campaign
	m.speech.Person, m.speech.Campaign, m.speech.Misheard = &p.person.Person, c, c.Misheard
	if w.options.Misheard > 0 {
		m.speech.Misheard = w.options.Misheard
	}
	m.speech.Values = w.fillParameters(p, m.speech)

	g := uint64(p.group.first)
	job := &schema.Job{
		InstanceID: w.options.InstanceID, JobID: w.JobID(i), JobGroupID: w.id(groupIDs, g),
		ReferenceID: referenceID(c, i), ScenarioID: w.id(scenarioIDs, hashText(c.ID)&0xffffff),
		StrategyID: w.id(strategyIDs, g), Priority: new(int32(1 + p.group.ordinal%5)), SystemPriority: new(int32(1)),
		ObservedAt: w.now,
	}
	for _, n := range c.Numbers {
		job.CallingNumbers = append(job.CallingNumbers, callingNumbers[n-1].number)
	}
	job.Extras = m.extras(c)
	contact := m.contact(job)
	truth := &Truth{JobID: job.JobID, Index: i, Campaign: c.ID, Version: c.Versions[p.group.version].Name, Person: p.person.Number, Unlisted: m.unlisted(c)}
	inProgress := false
	for k := range w.begun(p) {
		inProgress = m.addTask(job, truth, k, &contact)
	}
	job.Contacts = []schema.Contact{contact}
	for k := range job.Tasks {
		job.Tasks[k].Contact = contact
	}
	job.Status, job.FailureReason = w.jobStatus(p, inProgress)
	return job, truth
}

func (m *maker) contact(job *schema.Job) schema.Contact {
	p := &m.plan.person
	return schema.Contact{
		ContactID: m.w.id(contactIDs, uint64(m.plan.index)), Name: p.Name, Honorific: p.Honorific,
		PhoneNumber: p.Phone, ReferenceID: job.ReferenceID, Role: "*", State: "Available", JobID: job.JobID,
	}
}

// referenceID returns the business's own number of a job.
func referenceID(c *script.Campaign, i int) string {
	return c.ID[:2] + strconv.FormatUint(100_000_000+dice.Mix(uint64(i)*31+hashText(c.ID))%900_000_000, 10)
}

func (m *maker) extras(c *script.Campaign) []schema.Extra {
	tenant := hashText(c.Company) & 0xffffff
	extras := make([]schema.Extra, 0, len(c.Parameters)+3)
	extras = append(extras,
		schema.Extra{Key: "TenantId", Value: m.w.id(tenantIDs, tenant)},
		schema.Extra{Key: "djrq", Value: instant(m.plan.group.created).Format("2006-01-02 15:04:05.0")},
	)
	for i := range c.Parameters {
		if q := &c.Parameters[i]; !q.Unlisted {
			extras = append(extras, schema.Extra{Key: q.Key, Value: m.speech.Values[i].Written})
		}
	}
	return extras
}

// unlisted returns the values that the robot may say but no extra has.
func (m *maker) unlisted(c *script.Campaign) (values []Value) {
	for i := range c.Parameters {
		if q := &c.Parameters[i]; q.Unlisted {
			values = append(values, Value{Key: q.Key, Value: m.speech.Values[i].Written})
		}
	}
	return values
}

// addTask adds attempt k to the job and reports whether the call is in progress.
// Its outcome may change the contact's state.
func (m *maker) addTask(job *schema.Job, truth *Truth, k int, contact *schema.Contact) (inProgress bool) {
	a, t := &m.plan.attempts[k], m.dialogue
	task := m.newTask(job, k)
	told := TaskTruth{TaskID: task.TaskID}
	t.Reset()
	switch {
	case a.status == "" || a.status == "Succeeded":
		t.Play(m.call(k))
		inProgress = m.addCall(job, &task, &told, a)
	case connected(a.status):
		t.Intercepted(m.call(k), a.status)
		inProgress = m.addCall(job, &task, &told, a)
	case a.actual != 0 && !m.w.happened(a.ringingEnd()):
		task.Status, inProgress = "Executing", true
	default:
		task.Facts = unansweredFacts(task.Facts, a)
		contact.State = stateAfter(a.status, contact.State)
	}
	job.Tasks = append(job.Tasks, task)
	truth.Tasks = append(truth.Tasks, told)
	if inProgress {
		return true
	}
	if slices.Contains(t.Results, script.Setting{Key: "联系结果", Value: "号码错误"}) {
		contact.State = "WrongNumber"
	}
	for _, hits := range [][]dialogue.Hit{a.causes, t.Causes} {
		for _, h := range hits {
			truth.addCause(Cause{Kind: h.Plant.Kind, TaskID: task.TaskID, Turn: h.Turn, Decisive: h.Decisive})
		}
	}
	return false
}

// newTask returns the task of attempt k without its outcome.
func (m *maker) newTask(job *schema.Job, k int) schema.Task {
	w, a, g := m.w, &m.plan.attempts[k], m.plan.group
	task := schema.Task{
		TaskID: w.id(taskIDs, taskNumber(m.plan.index, k)), ChatbotID: strconv.FormatUint(1000+hashText(g.campaign.Script)%9000, 10),
		ScenarioID: job.ScenarioID, Status: a.status, Brief: "0", PlannedTime: a.planned, ActualTime: a.actual,
		Duration: new(int64(0)), CallingNumber: callingNumbers[a.number-1].number, CalledNumber: m.plan.person.Phone,
		Facts: schema.Facts{JobGroupName: g.nameOf(), ScriptName: g.campaign.Script},
	}
	if a.actual != 0 {
		task.CallID = strconv.FormatInt(a.actual, 10) + strconv.FormatUint(100+dice.Mix(uint64(a.actual))%900, 10)
	}
	return task
}

// addCall adds the dialogue, unless the call is in progress.
func (m *maker) addCall(job *schema.Job, task *schema.Task, told *TaskTruth, a *attempt) (inProgress bool) {
	t := m.dialogue
	if !m.w.happened(t.Clock) {
		task.Status = "Executing"
		return true
	}
	if task.Status == "" {
		task.Status = t.Status
	}
	answered := a.ringingEnd()
	task.Duration = new((t.Clock - answered + 500) / 1000)
	task.Turns, told.Turns = t.Turns, t.Truth
	for _, h := range t.Causes {
		if of := &told.Turns[h.Turn]; !slices.Contains(of.Causes, h.Plant.Kind) {
			of.Causes = append(of.Causes, h.Plant.Kind)
		}
	}
	task.Facts = answeredFacts(task.Facts, t, a, task.Status)
	if t.ReachedEnd && len(t.Results) > 0 {
		task.Brief = "1"
	}
	if !m.w.happened(t.Clock + t.ResultDelay()) {
		return false
	}
	for _, s := range t.Results {
		job.Summaries = append(job.Summaries, schema.Summary{Category: "{}", Name: s.Key, Content: s.Value})
	}
	return false
}

// call returns attempt k, which is answered.
func (m *maker) call(k int) dialogue.Call {
	a, g := &m.plan.attempts[k], m.plan.group
	m.plants = slices.AppendSeq(m.plants[:0], m.w.bearing(g, a))
	return dialogue.Call{
		Campaign: g.campaign, Version: g.version, Plants: m.plants, Person: &m.plan.person,
		Answered: a.ringingEnd(),
		Seed:     m.w.seed, Said: forDialogue, Told: forTelling, Number: taskNumber(m.plan.index, k),
	}
}

// stateAfter returns the state of a contact after an unanswered attempt.
func stateAfter(status, before string) string {
	switch status {
	case "NotExist", "EmptyNumber":
		return "DoesNotExist"
	case "OutOfService", "InArrears", "OutOfServiceNoCall", "InArrearsNoCall":
		return "Suspended"
	}
	return before
}
