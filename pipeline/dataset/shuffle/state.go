package shuffle

import (
	"fmt"
	"slices"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// stateFormat is the format of the states that this program writes: another one for
// any other encoding of what is in them, that of jobs and facts included.
const stateFormat = 1

// State is what is decided of a key so far. A key has a job, a campaign or a reject
// without a job; of a job there may be nothing but what is pending of it and its
// rejects.
type State struct {
	InstanceID, JobID string // of the job, also of one that is only pending; else empty

	// HasJob says that a version of the job is published: the one with Hash.
	HasJob bool
	Hash   schema.ContentHash
	// Imported says that the job, if there is one, and what is pending of it are as an
	// import brought them: no run has changed them.
	Imported bool

	Pending []schema.PendingRow // in their order
	Rejects []StateReject       // in the order of the table

	Group         *schema.JobGroupRow // nil: none
	GroupImported bool                // it is as an import brought it

	job []byte // encoded, with facts, ObservedAt, FirstSeen, Undated and RequestID

	record []byte // that it was decoded from, behind its kind
}

// StateReject is a reject that the table has.
type StateReject struct {
	InstanceID, RejectID string
	FirstSeen, Position  int64
	Imported             bool // an import brought it
}

// Job decodes the published version, nil where there is none. It is valid until the
// next call with the same decoder, and aliases the record.
func (s *State) Job(d *jobcode.Decoder) (*schema.Job, error) {
	if !s.HasJob {
		return nil, nil
	}
	job, err := d.Job(s.job)
	if err != nil {
		return nil, fmt.Errorf("read the state of job %s: %w", s.JobID, err)
	}
	job.InstanceID, job.JobID, job.Asked = s.InstanceID, s.JobID, false
	return job, nil
}

// SetJob makes a copy of a job the published version.
func (s *State) SetJob(e *jobcode.Encoder, job *schema.Job, hash schema.ContentHash) {
	s.InstanceID, s.JobID = job.InstanceID, job.JobID
	s.HasJob, s.Hash, s.job = true, hash, e.Append(nil, job)
}

// IsEmpty reports whether there is nothing of the key.
func (s *State) IsEmpty() bool {
	return !s.HasJob && len(s.Pending)+len(s.Rejects) == 0 && s.Group == nil
}

// stateRoom is how many bytes most states have besides the job.
const stateRoom = 256

// Append appends the record of the state to b.
func (s *State) Append(b []byte) []byte {
	c := spill.Encoder(append(slices.Grow(b, len(s.job)+stateRoom), byte(KindState), stateFormat))
	s.code(&c)
	return append(c.Bytes(), s.job...)
}

func (s *State) decode(c *spill.Codec) error {
	var format byte
	s.record = c.Bytes()
	if c.Byte(&format); c.Err() == nil && format != stateFormat {
		return fmt.Errorf("the state has format %d, and this callmill knows %d", format, stateFormat)
	}
	s.code(c)
	s.job = c.Bytes()
	return c.Err()
}

func (s *State) code(c *spill.Codec) {
	c.Text(&s.InstanceID)
	c.Text(&s.JobID)
	c.Bool(&s.HasJob)
	c.Bool(&s.Imported)
	if s.HasJob {
		c.Fixed(s.Hash[:])
	}
	list(c, &s.Pending, codePending)
	list(c, &s.Rejects, func(c *spill.Codec, r *StateReject) {
		c.Text(&r.InstanceID)
		c.Text(&r.RejectID)
		c.Varint(&r.FirstSeen)
		c.Varint(&r.Position)
		c.Bool(&r.Imported)
	})
	optional(c, &s.Group, func(row *schema.JobGroupRow) { codeGroup(c, row) })
	c.Bool(&s.GroupImported)
}
