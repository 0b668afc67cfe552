package versions

import (
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
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
	kindLeaves                // nothing: what is published lies before the edge

	kindAt = len(schema.Key{})
)

// sighting is one version of a job as a run met it.
type sighting struct {
	key schema.Key
	verdict.Sighting

	// Of versions that may become pending: those that were asked for, or are new.
	instanceID, jobID string
}

// code encodes or decodes a record. Records sort by job, then in the order in
// which versions are taken: by instant, then by delivery.
func (s *sighting) code(c *spill.Codec) {
	kind := kindSighting
	c.Fixed(s.key[:])
	c.Byte(&kind)
	c.Int(&s.Observed)
	c.Int(&s.Sequence)
	c.Int(&s.Position)
	c.Fixed(s.Content[:])
	named := s.Name != schema.ContentHash{}
	if c.Bool(&named); named {
		c.Fixed(s.Name[:])
	}
	c.Uvarint(&s.Entry)
	day := int64(s.Day)
	c.Varint(&day)
	s.Day = int32(day)
	c.Bool(&s.Undated)
	c.Bool(&s.Final)
	c.Bool(&s.Asked)
	c.Varint(&s.LastCall)
	c.Varint(&s.FirstSeen)
	c.Text(&s.Request)
	if s.Asked || s.Entry != 0 {
		c.Text(&s.instanceID)
		c.Text(&s.jobID)
	}
	n := uint64(len(s.Tasks))
	c.Uvarint(&n)
	s.HasTasks = n > 0
	for i := 0; uint64(i) < n && c.Err() == nil; i++ {
		if i == len(s.Tasks) {
			s.Tasks = append(s.Tasks, verdict.Task{})
		}
		codeTask(c, &s.Tasks[i], s.Asked)
	}
}

// codeTask encodes or decodes a task, with its id where it has one.
func codeTask(c *spill.Codec, t *verdict.Task, named bool) {
	if named {
		c.Text(&t.ID)
		c.Varint(&t.Called)
		t.Hash = verdict.HashTask(t.ID)
	} else {
		hash := int64(t.Hash)
		c.Int(&hash)
		t.Hash = uint64(hash)
	}
	c.Bool(&t.Connected)
	c.Uvarint(&t.Turns)
}

// fact is what SearchTask says of a task.
type fact struct {
	key               schema.Key
	sequence          int64
	number            int64 // the order within a piece of input
	instanceID, jobID string
	verdict.Fact
}

// code encodes or decodes a record. Records sort by job and kind, then
// by instant and delivery.
func (f *fact) code(c *spill.Codec) {
	kind := kindFact
	c.Fixed(f.key[:])
	c.Byte(&kind)
	c.Int(&f.Observed)
	c.Int(&f.sequence)
	c.Int(&f.number)
	c.Text(&f.instanceID)
	c.Text(&f.jobID)
	c.Text(&f.TaskID)
	c.Varint(&f.Call)
	f.Facts.Code(c)
}

// publishedTask is a task as it is published.
type publishedTask struct {
	key    schema.Key
	number int64 // the order in the table
	verdict.PublishedTask
}

// code encodes or decodes a record. Records sort by job and kind, then as in the table.
func (p *publishedTask) code(c *spill.Codec) {
	kind := kindPublished
	c.Fixed(p.key[:])
	c.Byte(&kind)
	c.Int(&p.number)
	codeTask(c, &p.Task, true)
	p.Facts.Code(c)
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
