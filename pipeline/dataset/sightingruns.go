package dataset

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"callmill/pipeline/dataset/spill"
)

// sightingStore holds the sightings of a run until it is decided what becomes
// of them: by the first bits of their keys, so that they can be decided part by
// part, and past some bytes in a file without a name. A night is far below
// that; ten years brought at once are 10 M jobs. It is safe for concurrent use.
type sightingStore struct {
	memory int64 // bytes that are held

	mu    sync.Mutex
	used  int64
	parts [sightingParts]sightingPart
	file  spill.File
}

type sightingPart struct {
	held    [][]sighting
	spilled []sightingRun
	n       int
}

// sightingRun is where n sightings lie in the file.
type sightingRun struct {
	offset int64
	n      int
}

const (
	sightingParts = 64
	// sightingBytes is the length of a sighting in the file, and in memory.
	sightingBytes = 64
	// sightingBlock is how many sightings of a part an appender holds.
	sightingBlock = 128
)

func partOf(s *sighting) int { return int(s.key[0]) % sightingParts }

// add takes a block of sightings of one part; it gives back its memory, or nil
// where it is held.
func (s *sightingStore) add(part int, block []sighting) ([]sighting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.parts[part]
	p.n += len(block)
	if size := int64(cap(block)) * sightingBytes; s.used+size <= s.memory {
		s.used += size
		p.held = append(p.held, block)
		return nil, nil
	}
	encoded := make([]byte, 0, len(block)*sightingBytes)
	for i := range block {
		encoded = block[i].append(encoded)
	}
	offset, err := s.file.Append(encoded)
	if err != nil {
		return nil, fmt.Errorf("spill sightings: %w", err)
	}
	p.spilled = append(p.spilled, sightingRun{offset, len(block)})
	return block[:0], nil
}

// take gives the sightings of a part, which the store then forgets.
func (s *sightingStore) take(part int) ([]sighting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.parts[part]
	seen := make([]sighting, 0, p.n)
	for _, block := range p.held {
		seen = append(seen, block...)
		s.used -= int64(cap(block)) * sightingBytes
	}
	var encoded []byte
	for _, run := range p.spilled {
		encoded = slices.Grow(encoded[:0], run.n*sightingBytes)[:run.n*sightingBytes]
		if _, err := s.file.ReadAt(encoded, run.offset); err != nil {
			return nil, fmt.Errorf("read spilled sightings: %w", err)
		}
		for i := range run.n {
			seen = append(seen, sightingOf(encoded[i*sightingBytes:]))
		}
	}
	*p = sightingPart{}
	return seen, nil
}

func (s *sightingStore) close() error { return s.file.Close() }

// append writes a sighting, sightingOf reads it.
func (s *sighting) append(b []byte) []byte {
	b = append(b, s.key[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(s.observed))
	b = binary.LittleEndian.AppendUint64(b, uint64(s.sequence))
	b = append(b, s.content[:]...)
	b = binary.LittleEndian.AppendUint64(b, s.entry)
	b = binary.LittleEndian.AppendUint32(b, s.position)
	b = binary.LittleEndian.AppendUint32(b, s.turns)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.day))
	b = binary.LittleEndian.AppendUint16(b, s.tasks)
	if s.undated {
		return append(b, 1, 0)
	}
	return append(b, 0, 0)
}

func sightingOf(b []byte) sighting {
	s := sighting{
		observed: int64(binary.LittleEndian.Uint64(b[16:])),
		sequence: int64(binary.LittleEndian.Uint64(b[24:])),
		content:  [8]byte(b[32:]),
		entry:    binary.LittleEndian.Uint64(b[40:]),
		position: binary.LittleEndian.Uint32(b[48:]),
		turns:    binary.LittleEndian.Uint32(b[52:]),
		day:      int32(binary.LittleEndian.Uint32(b[56:])),
		tasks:    binary.LittleEndian.Uint16(b[60:]),
		undated:  b[62] != 0,
	}
	copy(s.key[:], b)
	return s
}
