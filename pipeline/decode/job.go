package decode

import (
	"slices"

	"callmill/schema"
)

// place is the element of each list that is being read, for reasons. An index
// is -1 outside of its list.
type place struct {
	task, turn, contact, extra, summary int
	person                              bool // in the Contact of a task
}

var nowhere = place{-1, -1, -1, -1, -1, false}

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

// objects are the tables of all documented objects of a response.
type objects struct {
	envelope *object[envelope] // with what may stand around a response
	response *object[envelope]
	job      *object[schema.Job]
	task     *object[schema.Task]
	turn     *object[schema.Turn]
	contact  *object[schema.Contact]
	extra    *object[schema.Extra]
	summary  *object[schema.Summary]
	facts    *object[schema.TaskFacts]
}

func newObjects() objects {
	return objects{
		envelope: newObject(slices.Concat(responseFields(), lineFields())), response: newObject(responseFields()),
		job: newObject(jobFields()), task: newObject(taskFields()), turn: newObject(turnFields()),
		contact: newObject(contactFields()), extra: newObject(extraFields()), summary: newObject(summaryFields()), facts: newObject(factsFields()),
	}
}

func jobFields() []field[schema.Job] {
	return []field[schema.Job]{
		{"JobId", func(d *Decoder, j *schema.Job) bool { return d.token(&j.JobID) }},
		{"JobGroupId", func(d *Decoder, j *schema.Job) bool { return d.token(&j.JobGroupID) }},
		{"ReferenceId", func(d *Decoder, j *schema.Job) bool { return d.token(&j.ReferenceID) }},
		{"ScenarioId", func(d *Decoder, j *schema.Job) bool { return d.token(&j.ScenarioID) }},
		{"StrategyId", func(d *Decoder, j *schema.Job) bool { return d.token(&j.StrategyID) }},
		{"Status", func(d *Decoder, j *schema.Job) bool { return d.token(&j.Status) }},
		{"FailureReason", func(d *Decoder, j *schema.Job) bool { return d.token(&j.FailureReason) }},
		{"Priority", func(d *Decoder, j *schema.Job) bool { return d.int32(&j.Priority) }},
		{"SystemPriority", func(d *Decoder, j *schema.Job) bool { return d.int32(&j.SystemPriority) }},
		{"CallingNumbers", (*Decoder).jobNumbers},
		{"Contacts", func(d *Decoder, _ *schema.Job) bool {
			return readList(d, contacts, d.objects.contact, &d.lists.contacts, &d.at.contact)
		}},
		{"Extras", func(d *Decoder, _ *schema.Job) bool {
			return readList(d, extras, d.objects.extra, &d.lists.extras, &d.at.extra)
		}},
		{"Summary", func(d *Decoder, _ *schema.Job) bool {
			return readList(d, summaries, d.objects.summary, &d.lists.summaries, &d.at.summary)
		}},
		{"Tasks", (*Decoder).jobTasks},
	}
}

func taskFields() []field[schema.Task] {
	return []field[schema.Task]{
		{"TaskId", func(d *Decoder, t *schema.Task) bool { return d.token(&t.TaskID) }},
		{"JobId", func(d *Decoder, t *schema.Task) bool { return d.token(&t.JobID) }},
		{"CallId", func(d *Decoder, t *schema.Task) bool { return d.token(&t.CallID) }},
		{"ChatbotId", func(d *Decoder, t *schema.Task) bool { return d.token(&t.ChatbotID) }},
		{"ScenarioId", func(d *Decoder, t *schema.Task) bool { return d.token(&t.ScenarioID) }},
		{"Status", func(d *Decoder, t *schema.Task) bool { return d.taskStatus(&t.Status) }},
		{"Brief", func(d *Decoder, t *schema.Task) bool { return d.content(&t.Brief) }},
		{"PlanedTime", func(d *Decoder, t *schema.Task) bool { return d.instant(&t.PlannedTime) }}, // the API's spelling
		{"ActualTime", func(d *Decoder, t *schema.Task) bool { return d.instant(&t.ActualTime) }},
		{"Duration", func(d *Decoder, t *schema.Task) bool { return d.int64(&t.Duration) }},
		{"CallingNumber", func(d *Decoder, t *schema.Task) bool { return d.token(&t.CallingNumber) }},
		{"CalledNumber", func(d *Decoder, t *schema.Task) bool { return d.token(&t.CalledNumber) }},
		{"Contact", func(d *Decoder, t *schema.Task) bool { return d.taskContact(&t.Contact) }},
		{"Conversation", (*Decoder).taskTurns},
	}
}

func turnFields() []field[schema.Turn] {
	return []field[schema.Turn]{
		{"Script", func(d *Decoder, t *schema.Turn) bool { return d.content(&t.Script) }},
		{"Speaker", func(d *Decoder, t *schema.Turn) bool { return d.speaker(&t.Speaker) }},
		{"Timestamp", func(d *Decoder, t *schema.Turn) bool { return d.instant(&t.Timestamp) }},
		{"Summary", func(d *Decoder, _ *schema.Turn) bool {
			return readList(d, summaries, d.objects.summary, &d.lists.results, &d.at.summary)
		}},
	}
}

func contactFields() []field[schema.Contact] {
	return []field[schema.Contact]{
		{"ContactId", func(d *Decoder, c *schema.Contact) bool { return d.token(&c.ContactID) }},
		{"ContactName", func(d *Decoder, c *schema.Contact) bool { return d.content(&c.Name) }},
		{"Honorific", func(d *Decoder, c *schema.Contact) bool { return d.content(&c.Honorific) }},
		{"PhoneNumber", func(d *Decoder, c *schema.Contact) bool { return d.token(&c.PhoneNumber) }},
		{"ReferenceId", func(d *Decoder, c *schema.Contact) bool { return d.token(&c.ReferenceID) }},
		{"Role", func(d *Decoder, c *schema.Contact) bool { return d.token(&c.Role) }},
		{"State", func(d *Decoder, c *schema.Contact) bool { return d.token(&c.State) }},
		{"JobId", func(d *Decoder, c *schema.Contact) bool { return d.token(&c.JobID) }},
	}
}

func extraFields() []field[schema.Extra] {
	return []field[schema.Extra]{
		{"Key", func(d *Decoder, e *schema.Extra) bool { return d.content(&e.Key) }},
		{"Value", func(d *Decoder, e *schema.Extra) bool { return d.content(&e.Value) }},
	}
}

func summaryFields() []field[schema.Summary] {
	return []field[schema.Summary]{
		{"Category", func(d *Decoder, s *schema.Summary) bool { return d.content(&s.Category) }},
		{"Content", func(d *Decoder, s *schema.Summary) bool { return d.content(&s.Content) }},
		{"SummaryName", func(d *Decoder, s *schema.Summary) bool { return d.content(&s.Name) }},
	}
}

// job reads the object at Pos as a job. It returns false at damage; a shape on
// no list is noted by refuse.
func (d *Decoder) job(j *schema.Job) bool {
	*j = schema.Job{}
	l := &d.lists
	l.numbers, l.contacts, l.extras, l.summaries, l.tasks = l.numbers[:0], l.contacts[:0], l.extras[:0], l.summaries[:0], l.tasks[:0]
	d.at, d.elements, d.alien = nowhere, 0, stray{}
	if !readObject(d, d.objects.job, j, (*Decoder).strayOfJob) {
		return false
	}
	d.refuseStray(d.alien, "calls", len(l.tasks))
	d.normalize(j)
	return true
}

func (d *Decoder) jobNumbers(*schema.Job) bool {
	d.lists.numbers = again(d, d.lists.numbers)
	return d.callingNumbers()
}

func (d *Decoder) jobTasks(*schema.Job) bool {
	d.lists.tasks = again(d, d.lists.tasks)
	ok := d.objectList(tasks, d.task)
	d.at.task = -1
	return ok
}

func (d *Decoder) task() bool {
	l := &d.lists
	d.at.task = len(l.tasks)
	l.tasks = append(l.tasks, schema.Task{})
	t := &l.tasks[len(l.tasks)-1]
	l.turns, d.alienLines = l.turns[:0], stray{}
	ok := readObject(d, d.objects.task, t, (*Decoder).strayOfTask)
	d.refuseStray(d.alienLines, "lines", len(l.turns))
	t.Turns = d.memory.turns.keep(l.turns)
	return ok
}

// taskContact reads the person of a task: an object, null or "".
func (d *Decoder) taskContact(c *schema.Contact) bool {
	*c = schema.Contact{}
	switch d.Next() {
	case '{':
		d.at.person = true
		ok := readObject(d, d.objects.contact, c, nil)
		d.at.person = false
		return ok
	case 'n':
		return d.Literal("null")
	case '"':
		return d.emptyString("Contact", "an object", emptyForObject)
	}
	return d.notA("Contact", "an object")
}

func (d *Decoder) taskTurns(*schema.Task) bool {
	d.lists.turns = again(d, d.lists.turns)
	ok := d.objectList(conversation, d.turn)
	d.at.turn = -1
	return ok
}

func (d *Decoder) turn() bool {
	l := &d.lists
	d.at.turn = len(l.turns)
	l.turns = append(l.turns, schema.Turn{})
	t := &l.turns[len(l.turns)-1]
	l.results = l.results[:0]
	ok := readObject(d, d.objects.turn, t, nil)
	if t.Speaker == "" && ok {
		t.Speaker = schema.SpeakerUnknown
		d.count(noSpeaker)
	}
	t.Summaries = d.memory.results.keep(l.results)
	return ok
}
