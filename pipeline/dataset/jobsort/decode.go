package jobsort

import (
	"slices"

	"callmill/schema"
)

// Decoder decodes jobs. It reuses its memory from job to job. Not safe for
// concurrent use.
type Decoder struct {
	job       schema.Job
	tasks     []schema.Task
	turns     []schema.Turn
	summaries []schema.Summary
	int32s    []int32
	int64s    []int64
}

// Job decodes the job of an entry. It is valid until the next call; its strings
// alias the entry's block, which stays as long as they do.
func (d *Decoder) Job(e *Entry) (*schema.Job, error) {
	r := reader{rest: e.job}
	d.read(&r)
	d.job.InstanceID, d.job.JobID = e.Instance, e.JobID
	if r.failed || len(r.rest) > 0 {
		return nil, errDamaged
	}
	return &d.job, nil
}

// Buffers larger than this after a job are given up: one huge job does not hold
// its memory until the end of the run.
const (
	maxKeptTurns = 1 << 14
	maxKeptSmall = 1 << 12
)

// read fills d.job. Where a buffer must grow, what was cut from it before keeps
// the old array.
func (d *Decoder) read(r *reader) {
	j := &d.job
	d.turns, d.summaries = emptied(d.turns, maxKeptTurns), emptied(d.summaries, maxKeptSmall)
	d.tasks, d.int64s, d.int32s = emptied(d.tasks, maxKeptSmall), emptied(d.int64s, maxKeptSmall), emptied(d.int32s, 2)
	j.JobGroupID, j.ReferenceID = r.text(), r.text()
	j.ScenarioID, j.StrategyID, j.Status, j.FailureReason, j.RequestID = r.text(), r.text(), r.text(), r.text(), r.text()
	j.Priority, j.SystemPriority = d.int32(r), d.int32(r)
	j.ObservedAt, j.FirstSeen, j.Undated = r.varint(), r.varint(), r.bool()
	j.CallingNumbers = emptied(j.CallingNumbers, maxKeptSmall)
	for range r.count() {
		j.CallingNumbers = append(j.CallingNumbers, r.text())
	}
	j.Contacts = emptied(j.Contacts, maxKeptSmall)
	for range r.count() {
		j.Contacts = append(j.Contacts, readContact(r))
	}
	j.Extras = emptied(j.Extras, maxKeptSmall)
	for range r.count() {
		j.Extras = append(j.Extras, schema.Extra{Key: r.text(), Value: r.text()})
	}
	j.Summaries = d.readSummaries(r)
	for range r.count() {
		d.tasks = append(d.tasks, d.readTask(r))
	}
	j.Tasks = d.tasks
}

func emptied[T any](buffer []T, most int) []T {
	if cap(buffer) > most {
		return nil
	}
	return buffer[:0]
}

func (d *Decoder) readTask(r *reader) schema.Task {
	t := schema.Task{
		TaskID: r.text(), JobID: r.text(), CallID: r.text(), ChatbotID: r.text(), ScenarioID: r.text(), Status: r.text(), Brief: r.text(),
		CallingNumber: r.text(), CalledNumber: r.text(), ContactKey: r.text(),
		PlannedTime: r.varint(), ActualTime: r.varint(), Duration: d.int64(r),
	}
	if r.bool() {
		t.Contact = readContact(r)
	}
	if r.bool() {
		t.Facts = r.facts()
	}
	turns := r.count()
	d.turns = slices.Grow(d.turns, turns)
	start, before := len(d.turns), int64(0)
	for range turns {
		turn := schema.Turn{Speaker: r.speaker(), Script: r.text(), Timestamp: before + r.varint(), Summaries: d.readSummaries(r)}
		d.turns = append(d.turns, turn)
		before = turn.Timestamp
	}
	t.Turns = d.turns[start:len(d.turns):len(d.turns)]
	return t
}

func readContact(r *reader) schema.Contact {
	return schema.Contact{
		ContactID: r.text(), Name: r.text(), Honorific: r.text(), PhoneNumber: r.text(), ReferenceID: r.text(),
		Role: r.text(), State: r.text(), JobID: r.text(), Key: r.text(),
	}
}

func (d *Decoder) readSummaries(r *reader) []schema.Summary {
	start := len(d.summaries)
	for range r.count() {
		d.summaries = append(d.summaries, schema.Summary{Category: r.text(), Name: r.text(), Content: r.text()})
	}
	return d.summaries[start:len(d.summaries):len(d.summaries)]
}

func (d *Decoder) int32(r *reader) *int32 {
	if !r.bool() {
		return nil
	}
	d.int32s = append(d.int32s, int32(r.varint()))
	return &d.int32s[len(d.int32s)-1]
}

func (d *Decoder) int64(r *reader) *int64 {
	if !r.bool() {
		return nil
	}
	d.int64s = append(d.int64s, r.varint())
	return &d.int64s[len(d.int64s)-1]
}
