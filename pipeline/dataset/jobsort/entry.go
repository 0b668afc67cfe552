package jobsort

import (
	"cmp"
	"encoding/binary"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Entry is an appended job: what sorting and choosing need, and the job, still
// encoded.
type Entry struct {
	Key       schema.Key
	ID        uint64 // returned by Append
	FirstCall int64
	Instance  string
	JobID     string
	Hash      schema.ContentHash
	job       []byte // aliases the block it was read from
}

// A record is the part of a day, the order of its entry, the rest of the entry,
// and the job.

// partPrefix is the length of what appendPart appends.
const partPrefix = 4 + 1 + 4

// appendPart appends what the records of a part of a day begin with.
func appendPart(b []byte, day int32, level, part int) []byte {
	b = append(binary.BigEndian.AppendUint32(b, uint32(day)), byte(level))
	return binary.BigEndian.AppendUint32(b, uint32(part))
}

// code encodes or decodes a record up to the job.
func (e *Entry) code(c *spill.Codec) {
	c.Int(&e.FirstCall)
	c.SortText(&e.JobID)
	c.SortText(&e.Instance)
	c.Uvarint(&e.ID)
	c.Fixed(e.Key[:])
	c.Fixed(e.Hash[:])
}

// entryOf reads a record.
func entryOf(record []byte) (e Entry, err error) {
	if len(record) < partPrefix {
		return e, spill.ErrDamaged
	}
	c := spill.Decoder(record[partPrefix:])
	e.code(&c)
	e.job = c.Bytes()
	return e, c.Err()
}

// Decoder decodes the jobs of entries. It reuses its memory from job to job. Not safe
// for concurrent use.
type Decoder struct{ decoder jobcode.Decoder }

// Job decodes the job of an entry. It is valid until the next call; its strings
// alias the entry's block, which stays as long as they do.
func (d *Decoder) Job(e *Entry) (*schema.Job, error) {
	job, err := d.decoder.Job(e.job)
	if err != nil {
		return nil, err
	}
	job.InstanceID, job.JobID = e.Instance, e.JobID
	return job, nil
}

// CompareJobs is the order of jobs: by the first call, then by id.
func CompareJobs(aCall int64, aJob, aInstance string, bCall int64, bJob, bInstance string) int {
	if aCall != bCall {
		return cmp.Compare(aCall, bCall)
	}
	return cmp.Or(cmp.Compare(aJob, bJob), cmp.Compare(aInstance, bInstance))
}
