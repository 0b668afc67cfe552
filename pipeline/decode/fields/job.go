package fields

import "callmill/schema"

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

// objects are the tables of all documented objects within a response.
type objects struct {
	job     *Table[schema.Job]
	task    *Table[schema.Task]
	turn    *Table[schema.Turn]
	contact *Table[schema.Contact]
	extra   *Table[schema.Extra]
	summary *Table[schema.Summary]
	facts   *Table[schema.TaskFacts]
}

func newObjects() objects {
	return objects{
		job: NewTable(jobFields()), task: NewTable(taskFields()), turn: NewTable(turnFields()),
		contact: NewTable(contactFields()), extra: NewTable(extraFields()), summary: NewTable(summaryFields()), facts: NewTable(factsFields()),
	}
}

func jobFields() []Field[schema.Job] {
	return []Field[schema.Job]{
		{"JobId", func(r *Reader, j *schema.Job) bool { return r.id(&j.JobID) }},
		{"JobGroupId", func(r *Reader, j *schema.Job) bool { return r.Token(&j.JobGroupID) }},
		{"ReferenceId", func(r *Reader, j *schema.Job) bool { return r.Token(&j.ReferenceID) }},
		{"ScenarioId", func(r *Reader, j *schema.Job) bool { return r.Token(&j.ScenarioID) }},
		{"StrategyId", func(r *Reader, j *schema.Job) bool { return r.Token(&j.StrategyID) }},
		{"Status", func(r *Reader, j *schema.Job) bool { return r.Token(&j.Status) }},
		{"FailureReason", func(r *Reader, j *schema.Job) bool { return r.Token(&j.FailureReason) }},
		{"Priority", func(r *Reader, j *schema.Job) bool { return r.int32(&j.Priority) }},
		{"SystemPriority", func(r *Reader, j *schema.Job) bool { return r.int32(&j.SystemPriority) }},
		{"CallingNumbers", (*Reader).jobNumbers},
		{"Contacts", func(r *Reader, _ *schema.Job) bool {
			return readList(r, contacts, r.objects.contact, &r.lists.contacts)
		}},
		{"Extras", func(r *Reader, _ *schema.Job) bool {
			return readList(r, extras, r.objects.extra, &r.lists.extras)
		}},
		{"Summary", func(r *Reader, _ *schema.Job) bool {
			return readList(r, summaries, r.objects.summary, &r.lists.summaries)
		}},
		{"Tasks", (*Reader).jobTasks},
	}
}

func taskFields() []Field[schema.Task] {
	return []Field[schema.Task]{
		{"TaskId", func(r *Reader, t *schema.Task) bool { return r.id(&t.TaskID) }},
		{"JobId", func(r *Reader, t *schema.Task) bool { return r.Token(&t.JobID) }},
		{"CallId", func(r *Reader, t *schema.Task) bool { return r.Token(&t.CallID) }},
		{"ChatbotId", func(r *Reader, t *schema.Task) bool { return r.Token(&t.ChatbotID) }},
		{"ScenarioId", func(r *Reader, t *schema.Task) bool { return r.Token(&t.ScenarioID) }},
		{"Status", func(r *Reader, t *schema.Task) bool { return r.taskStatus(&t.Status) }},
		{"Brief", func(r *Reader, t *schema.Task) bool { return r.Content(&t.Brief) }},
		{"PlanedTime", func(r *Reader, t *schema.Task) bool { return r.Instant(&t.PlannedTime) }}, // the API's spelling
		{"ActualTime", func(r *Reader, t *schema.Task) bool { return r.Instant(&t.ActualTime) }},
		{"Duration", func(r *Reader, t *schema.Task) bool { return r.int64(&t.Duration) }},
		{"CallingNumber", func(r *Reader, t *schema.Task) bool { return r.Token(&t.CallingNumber) }},
		{"CalledNumber", func(r *Reader, t *schema.Task) bool { return r.Token(&t.CalledNumber) }},
		{"Contact", func(r *Reader, t *schema.Task) bool { return r.taskContact(&t.Contact) }},
		{"Conversation", (*Reader).taskTurns},
	}
}

func turnFields() []Field[schema.Turn] {
	return []Field[schema.Turn]{
		{"Script", func(r *Reader, t *schema.Turn) bool { return r.script(&t.Script) }},
		{"Speaker", func(r *Reader, t *schema.Turn) bool { return r.speaker(&t.Speaker) }},
		{"Timestamp", func(r *Reader, t *schema.Turn) bool { return r.Instant(&t.Timestamp) }},
		{"Summary", func(r *Reader, _ *schema.Turn) bool {
			return readList(r, summaries, r.objects.summary, &r.lists.results)
		}},
	}
}

func contactFields() []Field[schema.Contact] {
	return []Field[schema.Contact]{
		{"ContactId", func(r *Reader, c *schema.Contact) bool { return r.Token(&c.ContactID) }},
		{"ContactName", func(r *Reader, c *schema.Contact) bool { return r.Content(&c.Name) }},
		{"Honorific", func(r *Reader, c *schema.Contact) bool { return r.Content(&c.Honorific) }},
		{"PhoneNumber", func(r *Reader, c *schema.Contact) bool { return r.Token(&c.PhoneNumber) }},
		{"ReferenceId", func(r *Reader, c *schema.Contact) bool { return r.Token(&c.ReferenceID) }},
		{"Role", func(r *Reader, c *schema.Contact) bool { return r.Token(&c.Role) }},
		{"State", func(r *Reader, c *schema.Contact) bool { return r.Token(&c.State) }},
		{"JobId", func(r *Reader, c *schema.Contact) bool { return r.Token(&c.JobID) }},
	}
}

func extraFields() []Field[schema.Extra] {
	return []Field[schema.Extra]{
		{"Key", func(r *Reader, e *schema.Extra) bool { return r.Content(&e.Key) }},
		{"Value", func(r *Reader, e *schema.Extra) bool { return r.Content(&e.Value) }},
	}
}

func summaryFields() []Field[schema.Summary] {
	return []Field[schema.Summary]{
		{"Category", func(r *Reader, s *schema.Summary) bool { return r.Content(&s.Category) }},
		{"Content", func(r *Reader, s *schema.Summary) bool { return r.Content(&s.Content) }},
		{"SummaryName", func(r *Reader, s *schema.Summary) bool { return r.Content(&s.Name) }},
	}
}

// Job reads the object at Pos as a job. It returns false at damage; what makes it
// no job is noted by Refuse. What j points to is valid until Free.
func (r *Reader) Job(j *schema.Job) bool {
	*j = schema.Job{}
	l := &r.lists
	l.numbers, l.contacts, l.extras, l.summaries, l.tasks = l.numbers[:0], l.contacts[:0], l.extras[:0], l.summaries[:0], l.tasks[:0]
	r.at, r.elements, r.alien = place{top: Jobs}, 0, Suspect{}
	ok := ReadObject(r, r.objects.job, j, (*Reader).strayOfJob)
	r.at.top = outside
	if !ok {
		return false
	}
	r.refuseSuspect(r.alien, "calls", len(l.tasks))
	r.normalize(j)
	return true
}

func (r *Reader) jobNumbers(*schema.Job) bool {
	r.lists.numbers = again(r, r.lists.numbers)
	return r.callingNumbers()
}

func (r *Reader) jobTasks(*schema.Job) bool {
	r.lists.tasks = again(r, r.lists.tasks)
	return r.ObjectList(tasks, len(r.lists.tasks), r.task, func(name []byte) bool {
		start := r.Pos
		if !r.Unknown(name) {
			return false
		}
		r.strayOfJob(nil, name, r.Text[start:r.Pos])
		return true
	})
}

func (r *Reader) task() bool {
	l := &r.lists
	l.tasks = append(l.tasks, schema.Task{})
	t := &l.tasks[len(l.tasks)-1]
	l.turns, r.alienLines = l.turns[:0], Suspect{}
	ok := ReadObject(r, r.objects.task, t, (*Reader).strayOfTask)
	r.refuseSuspect(r.alienLines, "lines", len(l.turns))
	t.Turns = r.memory.turns.keep(l.turns)
	return ok
}

// taskContact reads the person of a task: an object, null or "".
func (r *Reader) taskContact(c *schema.Contact) bool {
	*c = schema.Contact{}
	switch r.Next() {
	case '{':
		r.at.person = true
		ok := ReadObject(r, r.objects.contact, c, nil)
		r.at.person = false
		return ok
	case 'n':
		return r.Literal("null")
	case '"':
		return r.emptyString("Contact", "an object", EmptyForObject)
	}
	return r.NotA("Contact", "an object")
}

func (r *Reader) taskTurns(*schema.Task) bool {
	r.lists.turns = again(r, r.lists.turns)
	return r.ObjectList(conversation, len(r.lists.turns), r.turn, nil)
}

func (r *Reader) turn() bool {
	l := &r.lists
	l.turns = append(l.turns, schema.Turn{})
	t := &l.turns[len(l.turns)-1]
	l.results = l.results[:0]
	ok := ReadObject(r, r.objects.turn, t, nil)
	if t.Speaker == "" && ok {
		t.Speaker = schema.SpeakerUnknown
		r.Count(NoSpeaker)
	}
	t.Summaries = r.memory.results.keep(l.results)
	return ok
}

// IsJobField reports whether jobs have a field of this name.
func (r *Reader) IsJobField(name []byte) bool { return r.objects.job.Has(name) }

// Inside reports whether name is a field of what lies inside a job, and not one
// of a job.
func (r *Reader) Inside(name []byte) bool {
	o := &r.objects
	return len(name) > 0 && !o.job.Has(name) &&
		(o.task.Has(name) || o.turn.Has(name) || o.contact.Has(name) || o.extra.Has(name) || o.summary.Has(name))
}
