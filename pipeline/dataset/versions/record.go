package versions

import (
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// A record is about a job: its key, a kind, and what the kind says.
const (
	kindPublished byte = iota // the facts of a published task: fact
	kindFact                  // what SearchTask says of a task: fact
	kindSighting              // a version: sighting
	kindExpected              // the job is expected: expectation
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
	tasks, turns       uint64 // only compared, to see whether a version shrank
	undated            bool
	day                int32
	content            [8]byte // of the content hash
	entry              uint64  // the id in jobsort; 0: the content is the published one
	request            string  // of such a version, needed if the content comes back after another one
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
	c.Uvarint(&s.entry)
	c.Uvarint(&s.tasks)
	c.Uvarint(&s.turns)
	day := int64(s.day)
	c.Varint(&day)
	s.day = int32(day)
	c.Bool(&s.undated)
	c.Text(&s.request)
}

// fact is what SearchTask says of a task: in this run, or as it is published.
type fact struct {
	key                schema.Key
	kind               byte
	observed, sequence int64
	number             int64 // the order within a piece of input, or of tasks in the table
	taskID             string
	facts              schema.Facts
}

// code encodes or decodes a record. Records sort by job and kind, then
// by instant and delivery.
func (f *fact) code(c *spill.Codec) {
	c.Fixed(f.key[:])
	c.Byte(&f.kind)
	c.Int(&f.observed)
	c.Int(&f.sequence)
	c.Int(&f.number)
	c.Text(&f.taskID)
	f.facts.Code(c)
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
