package jobsort

import (
	"cmp"
	"encoding/binary"

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

// appendTo appends all but the job.
func (e *Entry) appendTo(b []byte) []byte {
	b = spill.AppendInt(b, e.FirstCall)
	b = spill.AppendSortable(spill.AppendSortable(b, e.JobID), e.Instance)
	b = binary.BigEndian.AppendUint64(b, e.ID)
	return append(append(b, e.Key[:]...), e.Hash[:]...)
}

// entryOf reads a record.
func entryOf(record []byte) (e Entry, err error) {
	if len(record) < partPrefix+8 {
		return e, errDamaged
	}
	e.FirstCall = spill.Int(record[partPrefix:])
	job, rest, okJob := spill.CutSortable(record[partPrefix+8:])
	instance, rest, okInstance := spill.CutSortable(rest)
	if !okJob || !okInstance || len(rest) < 8+len(e.Key)+len(e.Hash) {
		return e, errDamaged
	}
	e.JobID, e.Instance = job, instance
	e.ID, rest = binary.BigEndian.Uint64(rest), rest[8:]
	rest = rest[copy(e.Key[:], rest):]
	e.job = rest[copy(e.Hash[:], rest):]
	return e, nil
}

// CompareJobs is the order of jobs: by the first call, then by id.
func CompareJobs(aCall int64, aJob, aInstance string, bCall int64, bJob, bInstance string) int {
	if aCall != bCall {
		return cmp.Compare(aCall, bCall)
	}
	return cmp.Or(cmp.Compare(aJob, bJob), cmp.Compare(aInstance, bInstance))
}
