package simulate

import (
	"slices"
	"strconv"

	"callmill/pipeline/simulate/script"
	"callmill/schema"
)

// maker makes jobs one after the other and reuses its memory. The caller owns what
// it returns. Not safe for concurrent use.
type maker struct {
	w        *World
	plan     plan
	speech   speech
	dialogue dialogue
}

func (w *World) newMaker() *maker {
	m := &maker{w: w}
	m.dialogue = dialogue{w: w, p: &m.plan, speech: &m.speech}
	return m
}

func (m *maker) job(i int) (*schema.Job, *Truth) {
	w, p := m.w, &m.plan
	w.plan(i, p)
	c := p.group.campaign
	m.speech.person, m.speech.campaign = &p.person, c
	m.speech.values = w.fillParameters(p, &m.speech)

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
	truth := &Truth{JobID: job.JobID, Index: i, Campaign: c.ID, Version: c.Versions[p.group.version].Name, Person: p.person.number}
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
		ContactID: m.w.id(contactIDs, uint64(m.plan.index)), Name: p.name, Honorific: p.honorific,
		PhoneNumber: p.phone, ReferenceID: job.ReferenceID, Role: "*", State: "Available", JobID: job.JobID,
	}
}

// referenceID returns the business's own number of a job.
func referenceID(c *script.Campaign, i int) string {
	return c.ID[:2] + strconv.FormatUint(100_000_000+mix(uint64(i)*31+hashText(c.ID))%900_000_000, 10)
}

func (m *maker) extras(c *script.Campaign) []schema.Extra {
	tenant := hashText(c.Company) & 0xffffff
	extras := make([]schema.Extra, 0, len(c.Parameters)+3)
	extras = append(extras,
		schema.Extra{Key: "TenantId", Value: m.w.id(tenantIDs, tenant)},
		schema.Extra{Key: "djrq", Value: instant(m.plan.group.created).Format("2006-01-02 15:04:05.0")},
	)
	for i := range c.Parameters {
		extras = append(extras, schema.Extra{Key: c.Parameters[i].Key, Value: m.speech.values[i].written})
	}
	return extras
}

// addTask adds attempt k to the job and reports whether the call is in progress.
// Its outcome may change the contact's state.
func (m *maker) addTask(job *schema.Job, truth *Truth, k int, contact *schema.Contact) (inProgress bool) {
	a, t := &m.plan.attempts[k], &m.dialogue
	task := m.newTask(job, k)
	told := TaskTruth{TaskID: task.TaskID}
	t.causes, t.results = t.causes[:0], t.results[:0]
	switch {
	case a.status == "" || a.status == "Succeeded":
		t.play(k)
		inProgress = m.addCall(job, &task, &told, a)
	case connected(a.status):
		t.machineSpeaks(k)
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
	if slices.Contains(t.results, script.Setting{Key: "联系结果", Value: "号码错误"}) {
		contact.State = "WrongNumber"
	}
	for _, hits := range [][]hit{a.causes, t.causes} {
		for _, h := range hits {
			truth.addCause(Cause{Kind: h.plant.Kind, TaskID: task.TaskID, Turn: h.turn, Decisive: h.decisive})
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
		Duration: new(int64(0)), CallingNumber: callingNumbers[a.number-1].number, CalledNumber: m.plan.person.phone,
		Facts: schema.Facts{JobGroupName: g.nameOf(), ScriptName: g.campaign.Script},
	}
	if a.actual != 0 {
		task.CallID = strconv.FormatInt(a.actual, 10) + strconv.FormatUint(100+mix(uint64(a.actual))%900, 10)
	}
	return task
}

// addCall adds the dialogue, unless the call is in progress.
func (m *maker) addCall(job *schema.Job, task *schema.Task, told *TaskTruth, a *attempt) (inProgress bool) {
	t := &m.dialogue
	if !m.w.happened(t.clock) {
		task.Status = "Executing"
		return true
	}
	if task.Status == "" {
		task.Status = t.status
	}
	answered := a.ringingEnd()
	task.Duration = new((t.clock - answered + 500) / 1000)
	task.Turns, told.Turns = t.turns, t.truth
	task.Facts = answeredFacts(task.Facts, t, a, task.Status)
	if t.reachedEnd && len(t.results) > 0 {
		task.Brief = "1"
	}
	if !m.w.happened(t.clock + t.resultDelay()) {
		return false
	}
	for _, s := range t.results {
		job.Summaries = append(job.Summaries, schema.Summary{Category: "{}", Name: s.Key, Content: s.Value})
	}
	return false
}

// resultDelay draws how long after a call its business results arrive: usually
// minutes, sometimes after a nightly run.
func (t *dialogue) resultDelay() int64 {
	if t.dice.percent(82) {
		return int64(t.dice.skewed(12)) * minute
	}
	return int64(2+t.dice.below(28)) * hourMS
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
