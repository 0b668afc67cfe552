package versions

import (
	"encoding/binary"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// sighting is one version of a job as a run met it. There is one for every job
// seen, so it is small.
type sighting struct {
	key      schema.Key
	observed int64
	// Order of delivery within the run: pieces of input, then jobs in a piece.
	sequence int64
	position uint32
	tasks    uint16 // at most maxTasks: only compared, to see whether a version shrank
	undated  bool
	turns    uint32
	day      int32
	content  [8]byte // of the content hash
	// entry is the id in jobsort; with samePublished set the content is the
	// published one, and the other bits are the spill.Ref of the request's id.
	entry uint64
}

const (
	maxTasks      = 1<<16 - 1
	samePublished = 1 << 63
)

// appendTo appends a record to b. Records sort by job, then in the order in
// which versions are taken: by instant, then by delivery.
func (s *sighting) appendTo(b []byte) []byte {
	b = append(b, s.key[:]...)
	b = spill.AppendInt(b, s.observed)
	b = spill.AppendInt(b, s.sequence)
	b = binary.BigEndian.AppendUint32(b, s.position)
	b = append(b, s.content[:]...)
	b = binary.BigEndian.AppendUint64(b, s.entry)
	b = binary.BigEndian.AppendUint32(b, s.turns)
	b = binary.BigEndian.AppendUint32(b, uint32(s.day))
	b = binary.BigEndian.AppendUint16(b, s.tasks)
	return spill.AppendBool(b, s.undated)
}

// sightingOf reads what appendTo wrote.
func sightingOf(b []byte) sighting {
	return sighting{
		key:      schema.Key(b[:16]),
		observed: spill.Int(b[16:]),
		sequence: spill.Int(b[24:]),
		position: binary.BigEndian.Uint32(b[32:]),
		content:  [8]byte(b[36:]),
		entry:    binary.BigEndian.Uint64(b[44:]),
		turns:    binary.BigEndian.Uint32(b[52:]),
		day:      int32(binary.BigEndian.Uint32(b[56:])),
		tasks:    binary.BigEndian.Uint16(b[60:]),
		undated:  b[62] != 0,
	}
}
