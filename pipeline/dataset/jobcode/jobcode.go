// Package jobcode is the flat encoding of a job: for sorting jobs beyond memory, and
// for handing them from one process to another. The instance and the id of a job are
// not in it: whoever keeps encoded jobs has them beside, as what jobs are sorted by.
//
// The package does not say what an encoding belongs to, nor where it is kept.
package jobcode

import (
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Encoder encodes jobs. The zero value is ready. Not safe for concurrent use.
type Encoder struct{ codec codec }

// Append appends the encoding of a job to b: all of its fields but InstanceID, JobID,
// Asked and Erased. It does not modify the job.
func (e *Encoder) Append(b []byte, job *schema.Job) []byte {
	c := &e.codec
	c.Codec = spill.Encoder(b)
	c.job(job)
	b, c.Codec = c.Bytes(), spill.Codec{}
	return b
}

// Decoder decodes jobs. It reuses its memory from job to job. The zero value is
// ready. Not safe for concurrent use.
type Decoder struct {
	codec codec
	job   schema.Job
}

// Job decodes what Append appended to nothing. The job is valid until the next call;
// its strings alias b. Its InstanceID, JobID, Asked and Erased are empty. Bytes that Append
// did not make are [spill.ErrDamaged].
func (d *Decoder) Job(b []byte) (*schema.Job, error) {
	c := &d.codec
	c.forget()
	c.Codec = spill.Decoder(b)
	c.job(&d.job)
	if c.Err() != nil || len(c.Bytes()) > 0 {
		return nil, spill.ErrDamaged
	}
	d.job.InstanceID, d.job.JobID = "", ""
	return &d.job, nil
}

// codec encodes jobs, or decodes them. Numbers are varints; texts and lists have
// their lengths before them.
type codec struct {
	spill.Codec
	instant  int64 // of the turn before
	redacted bool  // the job is

	// Room for the lists of the job that is decoded.
	texts     []string
	contacts  []schema.Contact
	extras    []schema.Extra
	summaries []schema.Summary
	tasks     []schema.Task
	turns     []schema.Turn
	int32s    []int32
	int64s    []int64
}

// Room for more than this after a job is given up: one huge job does not hold
// its memory until the end of the run.
const (
	maxKeptTurns = 1 << 14
	maxKeptSmall = 1 << 12
)

func (c *codec) forget() {
	c.texts, c.contacts, c.extras = emptied(c.texts, maxKeptSmall), emptied(c.contacts, maxKeptSmall), emptied(c.extras, maxKeptSmall)
	c.summaries, c.tasks, c.turns = emptied(c.summaries, maxKeptSmall), emptied(c.tasks, maxKeptSmall), emptied(c.turns, maxKeptTurns)
	c.int32s, c.int64s = emptied(c.int32s, maxKeptSmall), emptied(c.int64s, maxKeptSmall)
}

func emptied[T any](room []T, most int) []T {
	if cap(room) > most {
		return nil
	}
	return room[:0]
}

func (c *codec) job(j *schema.Job) {
	for _, text := range [...]*string{&j.JobGroupID, &j.ReferenceID, &j.ScenarioID, &j.StrategyID, &j.Status, &j.FailureReason, &j.RequestID} {
		c.Text(text)
	}
	c.int32(&j.Priority)
	c.int32(&j.SystemPriority)
	c.Varint(&j.ObservedAt)
	c.Varint(&j.FirstSeen)
	c.flags(j)
	list(c, &j.CallingNumbers, &c.texts, func(c *codec, s *string) { c.Text(s) })
	list(c, &j.Contacts, &c.contacts, (*codec).contact)
	list(c, &j.Extras, &c.extras, func(c *codec, e *schema.Extra) {
		c.Text(&e.Key)
		c.Text(&e.Value)
	})
	list(c, &j.Summaries, &c.summaries, (*codec).summary)
	list(c, &j.Tasks, &c.tasks, (*codec).task)
}

// flags is for what a job is, in a byte; that of one that is not redacted is Undated
// alone, as it was before there were others.
func (c *codec) flags(j *schema.Job) {
	const undated, redacted = 1, 2
	var flags byte
	if j.Undated {
		flags |= undated
	}
	if j.Redacted {
		flags |= redacted
	}
	c.Byte(&flags)
	j.Undated, j.Redacted = flags&undated != 0, flags&redacted != 0
	c.redacted = j.Redacted
	if flags >= redacted<<1 {
		c.Fail()
	}
}

func (c *codec) task(t *schema.Task) {
	for _, text := range [...]*string{
		&t.TaskID, &t.JobID, &t.CallID, &t.ChatbotID, &t.ScenarioID, &t.Status, &t.Brief, &t.CallingNumber, &t.CalledNumber, &t.ContactKey,
	} {
		c.Text(text)
	}
	c.Varint(&t.PlannedTime)
	c.Varint(&t.ActualTime)
	c.int64(&t.Duration)
	if c.present(t.Contact != (schema.Contact{})) {
		c.contact(&t.Contact)
	} else {
		t.Contact = schema.Contact{}
	}
	if c.Decoding {
		t.Facts = schema.Facts{}
	}
	if c.present(!t.Facts.IsZero()) {
		t.Facts.Code(c)
	}
	c.instant = 0
	list(c, &t.Turns, &c.turns, (*codec).turn)
}

func (c *codec) turn(t *schema.Turn) {
	c.speaker(&t.Speaker)
	c.Text(&t.Script)
	elapsed := t.Timestamp - c.instant
	c.Varint(&elapsed)
	c.instant += elapsed
	t.Timestamp = c.instant
	list(c, &t.Summaries, &c.summaries, (*codec).summary)
	if c.redacted {
		c.Text(&t.Pattern)
	} else if c.Decoding {
		t.Pattern = ""
	}
}

func (c *codec) contact(o *schema.Contact) {
	for _, text := range [...]*string{&o.ContactID, &o.Name, &o.Honorific, &o.PhoneNumber, &o.ReferenceID, &o.Role, &o.State, &o.JobID, &o.Key} {
		c.Text(text)
	}
}

func (c *codec) summary(s *schema.Summary) {
	c.Text(&s.Category)
	c.Text(&s.Name)
	c.Text(&s.Content)
}

// speakers are written as their index from 1; 0 means that the text follows.
var speakers = [...]string{schema.SpeakerRobot, schema.SpeakerContact, schema.SpeakerUnknown}

func (c *codec) speaker(s *string) {
	code := byte(0)
	for i, known := range speakers {
		if !c.Decoding && *s == known {
			code = byte(i + 1)
		}
	}
	c.Byte(&code)
	switch {
	case code == 0:
		c.Text(s)
	case int(code) > len(speakers):
		c.Fail()
	default:
		*s = speakers[code-1]
	}
}

// list is for a list, whose elements are decoded into new room.
func list[T any](c *codec, l, room *[]T, element func(*codec, *T)) {
	n := uint64(len(*l))
	c.Uvarint(&n)
	if c.Decoding {
		if n > uint64(len(c.Bytes())) { // each element takes a byte at least
			c.Fail()
			n = 0
		}
		start := len(*room)
		if end := start + int(n); end <= cap(*room) {
			*room = (*room)[:end]
		} else {
			*room = append(*room, make([]T, n)...)
		}
		*l = (*room)[start:len(*room):len(*room)]
	}
	for i := range *l {
		element(c, &(*l)[i])
	}
}

func (c *codec) int32(p **int32) {
	if !c.present(*p != nil) {
		*p = nil
		return
	}
	v := int64(0)
	if !c.Decoding {
		v = int64(**p)
	}
	if c.Varint(&v); c.Decoding {
		c.int32s = append(c.int32s, int32(v))
		*p = &c.int32s[len(c.int32s)-1]
	}
}

func (c *codec) int64(p **int64) {
	if !c.present(*p != nil) {
		*p = nil
		return
	}
	if c.Decoding {
		c.int64s = append(c.int64s, 0)
		*p = &c.int64s[len(c.int64s)-1]
	}
	c.Varint(*p)
}

// present is for whether an optional value follows.
func (c *codec) present(v bool) bool {
	c.Bool(&v)
	return v
}
