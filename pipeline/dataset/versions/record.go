package versions

import (
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// A record is about a job: its key, a kind, and what the kind says.
const (
	kindPublished byte = iota // a published task: publishedTask
	kindFact                  // what SearchTask says of a task: fact
	kindSighting              // a version: sighting
	kindExpected              // the job is expected: expectation
	kindEntry                 // what is pending of it: entry
	kindAsked                 // nothing: the job is asked about, see Store.Decide

	kindAt = len(schema.Key{})
)

// sighting is one version of a job as a run met it. There is one for every job
// seen, so it is small.
type sighting struct {
	key      schema.Key
	observed int64
	// Order of delivery within the run: pieces of input, then jobs in a piece.
	sequence, position int64
	content, name      schema.ContentHash // see Version
	entry              uint64             // the id in jobsort; 0: the content is the published one
	day                int32
	undated, final     bool
	asked              bool  // it answers a question for the job
	lastCall           int64 // ms; 0: none
	tasks              []task
	hasTasks           bool   // also of a published version whose tasks were not read
	request            string // of a published content, needed if it comes back after another one

	// Of versions that may become pending: those that were asked for, or are new.
	instanceID, jobID string
}

// task is a call attempt of a version: what a comparison with another one needs.
type task struct {
	hash      uint64
	id        string // of a version that was asked for; else ""
	called    int64  // the actual time, of such a version; ms
	connected bool
	turns     uint64
}

// code encodes or decodes a record. Records sort by job, then in the order in
// which versions are taken: by instant, then by delivery.
func (s *sighting) code(c *spill.Codec) {
	kind := kindSighting
	c.Fixed(s.key[:])
	c.Byte(&kind)
	c.Int(&s.observed)
	c.Int(&s.sequence)
	c.Int(&s.position)
	c.Fixed(s.content[:])
	named := s.name != schema.ContentHash{}
	if c.Bool(&named); named {
		c.Fixed(s.name[:])
	}
	c.Uvarint(&s.entry)
	day := int64(s.day)
	c.Varint(&day)
	s.day = int32(day)
	c.Bool(&s.undated)
	c.Bool(&s.final)
	c.Bool(&s.asked)
	c.Varint(&s.lastCall)
	c.Text(&s.request)
	if s.asked || s.entry != 0 {
		c.Text(&s.instanceID)
		c.Text(&s.jobID)
	}
	n := uint64(len(s.tasks))
	c.Uvarint(&n)
	s.hasTasks = n > 0
	for i := 0; uint64(i) < n && c.Err() == nil; i++ {
		if i == len(s.tasks) {
			s.tasks = append(s.tasks, task{})
		}
		s.tasks[i].code(c, s.asked)
	}
}

func (t *task) code(c *spill.Codec, named bool) {
	if named {
		c.Text(&t.id)
		c.Varint(&t.called)
		t.hash = hashOf(t.id)
	} else {
		hash := int64(t.hash)
		c.Int(&hash)
		t.hash = uint64(hash)
	}
	c.Bool(&t.connected)
	c.Uvarint(&t.turns)
}

// fact is what SearchTask says of a task.
type fact struct {
	key                       schema.Key
	observed, sequence        int64
	number                    int64 // the order within a piece of input
	instanceID, jobID, taskID string
	call                      int64 // when it was, ms; 0: not known
	facts                     schema.Facts
}

// code encodes or decodes a record. Records sort by job and kind, then
// by instant and delivery.
func (f *fact) code(c *spill.Codec) {
	kind := kindFact
	c.Fixed(f.key[:])
	c.Byte(&kind)
	c.Int(&f.observed)
	c.Int(&f.sequence)
	c.Int(&f.number)
	c.Text(&f.instanceID)
	c.Text(&f.jobID)
	c.Text(&f.taskID)
	c.Varint(&f.call)
	f.facts.Code(c)
}

// publishedTask is a task as it is published.
type publishedTask struct {
	key    schema.Key
	number int64 // the order in the table
	task
	facts schema.Facts
}

// code encodes or decodes a record. Records sort by job and kind, then as in the table.
func (p *publishedTask) code(c *spill.Codec) {
	kind := kindPublished
	c.Fixed(p.key[:])
	c.Byte(&kind)
	c.Int(&p.number)
	p.task.code(c, true)
	p.facts.Code(c)
}

// expectation is that a job is expected.
type expectation struct {
	key      schema.Key
	expected schema.Expected
	sequence int64
}

// code encodes or decodes a record. Records sort by job, then by instant and delivery.
func (e *expectation) code(c *spill.Codec) {
	kind := kindExpected
	c.Fixed(e.key[:])
	c.Byte(&kind)
	c.Int(&e.expected.ObservedAt)
	c.Int(&e.sequence)
	c.Text(&e.expected.InstanceID)
	c.Text(&e.expected.JobID)
	c.Text(&e.expected.Trouble)
}

// entry is what is pending of a job.
type entry struct {
	key schema.Key
	row schema.PendingRow
}

// code encodes or decodes a record. Records sort by job, then in the order of entries.
func (e *entry) code(c *spill.Codec) {
	kind := kindEntry
	c.Fixed(e.key[:])
	c.Byte(&kind)
	codeRow(c, &e.row)
}

// codeRow encodes or decodes an entry. Encoded entries sort in the order of the file.
func codeRow(c *spill.Codec, row *schema.PendingRow) {
	for _, text := range [...]*string{&row.InstanceID, &row.JobID, &row.TaskID, &row.Reason, &row.ContentHash} {
		c.SortText(text)
	}
	c.Varint(&row.Since)
	row.Facts.Code(c)
}
