package jobsort

import (
	"cmp"
	"encoding/binary"

	"callmill/schema"
)

// Entry is an appended job: what sorting and choosing need, and the job, still
// encoded. Its strings and bytes alias the block it was read from.
type Entry struct {
	Key       schema.Key
	ID        uint64 // returned by Append
	FirstCall int64
	Instance  string
	JobID     string
	Hash      schema.ContentHash
	job       []byte
}

// lengthBytes is the size of the length that comes before an entry.
const lengthBytes = 4

// appendEntry appends an entry, with its length before it, to dst.
func appendEntry(dst []byte, key schema.Key, id uint64, firstCall int64, hash schema.ContentHash, job *schema.Job) []byte {
	start := len(dst)
	b := append(dst, make([]byte, lengthBytes)...)
	b = append(b, key[:]...)
	b = binary.AppendUvarint(b, id)
	b = binary.AppendVarint(b, firstCall)
	b = appendText(b, job.InstanceID, job.JobID)
	b = append(b, hash[:]...)
	b = appendJob(b, job)
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-lengthBytes))
	return b
}

// next reads the entry at the head of a block.
func next(block *reader) (Entry, error) {
	r := reader{}
	if length := block.bytes(lengthBytes); len(length) == lengthBytes {
		r.rest = block.bytes(uint64(binary.LittleEndian.Uint32(length)))
	}
	var e Entry
	copy(e.Key[:], r.bytes(uint64(len(e.Key))))
	e.ID = r.uvarint()
	e.FirstCall = r.varint()
	e.Instance = r.text()
	e.JobID = r.text()
	copy(e.Hash[:], r.bytes(uint64(len(e.Hash))))
	e.job = r.rest
	if block.failed || r.failed {
		return Entry{}, errDamaged
	}
	return e, nil
}

// CompareJobs is the order of jobs: by the first call, then by id.
func CompareJobs(aCall int64, aJob, aInstance string, bCall int64, bJob, bInstance string) int {
	if aCall != bCall {
		return cmp.Compare(aCall, bCall)
	}
	return cmp.Or(cmp.Compare(aJob, bJob), cmp.Compare(aInstance, bInstance))
}

func compareEntries(a, b *Entry) int {
	return CompareJobs(a.FirstCall, a.JobID, a.Instance, b.FirstCall, b.JobID, b.Instance)
}
