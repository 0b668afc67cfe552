package versions

import (
	"encoding/binary"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// A record is about a job: its key, a kind, and what the kind says.
const (
	kindPublished byte = iota // the facts of a published task: fact
	kindFact                  // what SearchTask says of a task: fact
	kindSighting              // a version: sighting

	kindAt = len(schema.Key{})
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
	entry    uint64  // the id in jobsort; 0: the content is the published one
	request  string  // of such a version, needed if the content comes back after another one
}

const maxTasks = 1<<16 - 1

// appendTo appends a record to b. Records sort by job, then in the order in
// which versions are taken: by instant, then by delivery.
func (s *sighting) appendTo(b []byte) []byte {
	b = append(append(b, s.key[:]...), kindSighting)
	b = spill.AppendInt(b, s.observed)
	b = spill.AppendInt(b, s.sequence)
	b = binary.BigEndian.AppendUint32(b, s.position)
	b = append(b, s.content[:]...)
	b = binary.BigEndian.AppendUint64(b, s.entry)
	b = binary.BigEndian.AppendUint32(b, s.turns)
	b = binary.BigEndian.AppendUint32(b, uint32(s.day))
	b = binary.BigEndian.AppendUint16(b, s.tasks)
	return append(spill.AppendBool(b, s.undated), s.request...)
}

// sightingOf reads what appendTo wrote.
func sightingOf(b []byte) sighting {
	s := sighting{key: schema.Key(b[:kindAt])}
	b = b[kindAt+1:]
	s.observed, s.sequence, s.position = spill.Int(b), spill.Int(b[8:]), binary.BigEndian.Uint32(b[16:])
	s.content = [8]byte(b[20:])
	s.entry = binary.BigEndian.Uint64(b[28:])
	s.turns, s.day = binary.BigEndian.Uint32(b[36:]), int32(binary.BigEndian.Uint32(b[40:]))
	s.tasks, s.undated, s.request = binary.BigEndian.Uint16(b[44:]), b[46] != 0, string(b[47:])
	return s
}

// fact is what SearchTask says of a task: in this run, or as it is published.
type fact struct {
	key                schema.Key
	observed, sequence int64
	number             uint32 // the order within a piece of input, or of tasks in the table
	taskID             string
	facts              schema.Facts
}

// appendTo appends a record to b. Records sort by job and kind, then by instant
// and delivery.
func (f *fact) appendTo(b []byte, kind byte) []byte {
	b = append(append(b, f.key[:]...), kind)
	b = spill.AppendInt(b, f.observed)
	b = spill.AppendInt(b, f.sequence)
	b = binary.BigEndian.AppendUint32(b, f.number)
	return f.facts.AppendTo(spill.AppendText(b, f.taskID))
}

// factOf reads what appendTo wrote.
func factOf(b []byte) fact {
	f := fact{key: schema.Key(b[:kindAt])}
	b = b[kindAt+1:]
	f.observed, f.sequence, f.number = spill.Int(b), spill.Int(b[8:]), binary.BigEndian.Uint32(b[16:])
	f.taskID, b = spill.CutText(b[20:])
	f.facts, _, _ = schema.CutFacts(b)
	return f
}
