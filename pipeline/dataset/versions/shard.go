package versions

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"sort"

	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Decisions are records: the place of a job, a kind, and what the kind says.
const (
	kindLost     byte = iota // an entry is not published: its id
	kindReplaced             // the published rows go
	kindChanged              // of the row that is published: change
	kindFacts                // of the job's tasks: see facts.go
	kindLeft                 // the published rows go, as they lie before the edge
)

// change changes the row of a job. Zero fields stay as they are.
type change struct {
	firstSeen  int64
	observedAt int64
	request    string // where observedAt is set
}

// appendPlace appends what the decisions about a job begin with. The bits of
// the bucket are reversed, so that any bucket of a day is a range.
func appendPlace(b []byte, day int32, key schema.Key) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(day)^1<<31)
	b = binary.BigEndian.AppendUint16(b, bits.Reverse16(binary.BigEndian.Uint16(key[:])))
	return append(b, key[:]...)
}

const placeBytes = 4 + 2 + len(schema.Key{})

// rangeOf returns the range of the decisions of a shard.
func rangeOf(s shard.Shard) spill.Range {
	day := uint64(uint32(s.Day)^1<<31) << 16
	first := day | uint64(bits.Reverse16(uint16(s.Bucket)))
	next := first + 1<<16/uint64(s.Buckets)
	bound := func(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v)[2:] }
	return spill.Range{From: bound(first), To: bound(next)}
}

// add adds a decision about a job; code encodes what its kind says.
func (d *decider) add(day int32, key schema.Key, kind byte, code func(*spill.Codec)) error {
	return d.out.Encode(func(c *spill.Codec) {
		var place [placeBytes]byte
		c.Fixed(appendPlace(place[:0], day, key))
		c.Byte(&kind)
		code(c)
	})
}

func (c *change) code(codec *spill.Codec) {
	codec.Varint(&c.firstSeen)
	codec.Varint(&c.observedAt)
	codec.Text(&c.request)
}

// Shard is what is decided about the jobs of a shard. It is immutable.
type Shard struct {
	day     int32
	records []byte // end to end
	starts  []uint32
}

// Of loads the decisions about the jobs of a shard.
func (s *Store) Of(in shard.Shard) (*Shard, error) {
	of := &Shard{day: in.Day}
	for record, err := range s.decisions.In(rangeOf(in)) {
		if err != nil {
			return nil, fmt.Errorf("load decisions: %w", err)
		}
		of.starts = append(of.starts, uint32(len(of.records)))
		of.records = append(of.records, record...)
	}
	return of, nil
}

func (s *Shard) record(i int) []byte {
	end := len(s.records)
	if i+1 < len(s.starts) {
		end = int(s.starts[i+1])
	}
	return s.records[s.starts[i]:end]
}

// find returns a decoder of what the first decision of a kind about a job says.
func (s *Shard) find(key schema.Key, kind byte) (c spill.Codec, ok bool) {
	rest, ok := s.search(key, kind, nil)
	return spill.Decoder(rest), ok
}

// search returns what follows more in the first decision of a kind about a job
// that begins with it.
func (s *Shard) search(key schema.Key, kind byte, more []byte) (rest []byte, ok bool) {
	if len(s.starts) == 0 {
		return nil, false
	}
	var buffer [64]byte
	prefix := append(append(appendPlace(buffer[:0], s.day, key), kind), more...)
	i := sort.Search(len(s.starts), func(i int) bool { return bytes.Compare(s.record(i), prefix) >= 0 })
	if i == len(s.starts) {
		return nil, false
	}
	return bytes.CutPrefix(s.record(i), prefix)
}

// IsPublished reports whether the version that is kept as an entry is published.
func (s *Shard) IsPublished(key schema.Key, entry uint64) bool {
	var buffer [8]byte
	id, c := int64(entry), spill.Encoder(buffer[:0])
	c.Int(&id)
	_, lost := s.search(key, kindLost, c.Bytes())
	return !lost
}

// Left reports whether the published rows of a job go since they lie before the edge.
func (s *Shard) Left(key schema.Key) bool {
	_, ok := s.find(key, kindLeft)
	return ok
}

// Replaced reports whether the published rows of a job are replaced by those of
// another version.
func (s *Shard) Replaced(key schema.Key) bool {
	_, ok := s.find(key, kindReplaced)
	return ok
}

// changed returns how the row of a job changes, the zero value if it does not.
func (s *Shard) changed(key schema.Key) (of change, err error) {
	c, ok := s.find(key, kindChanged)
	if !ok {
		return of, nil
	}
	of.code(&c)
	return of, c.Err()
}

// Touch changes the row of a published job that stays: when it was seen, and by
// which request.
func (s *Shard) Touch(key schema.Key, row *schema.JobRow) error {
	c, err := s.changed(key)
	if c.firstSeen != 0 {
		row.FirstSeen = c.firstSeen
	}
	if c.observedAt != 0 {
		row.ObservedAt, row.RequestID = c.observedAt, c.request
	}
	return err
}

// HasFacts reports whether Complete changes the facts of a job's tasks.
func (s *Shard) HasFacts(key schema.Key) bool {
	_, ok := s.find(key, kindFacts)
	return ok
}

// Complete puts into a job what is decided about it besides its version: when it
// was first seen, and the facts of its tasks.
func (s *Shard) Complete(key schema.Key, job *schema.Job) error {
	c, err := s.changed(key)
	if c.firstSeen != 0 {
		job.FirstSeen = c.firstSeen
	}
	facts, ok := s.find(key, kindFacts)
	if err != nil || !ok {
		return err
	}
	return putFacts(job, &facts)
}
