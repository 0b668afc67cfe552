package gather

import (
	"fmt"
	"slices"
	"sync"

	"callmill/pipeline/dataset/spill"
)

// Options say how much a Store may hold and where the rest goes.
type Options struct {
	// Memory is the number of bytes of compressed rows kept in memory; 0 keeps
	// 64 MiB.
	Memory int64
	// Open is the number of bytes of rows an Appender holds before it
	// compresses them; 0 means 16 MiB.
	Open int64
	// Dir is where the file of what exceeds Memory is made, "" is the system's
	// folder for temporary files: see [spill.File].
	Dir string
}

// Store is where appenders leave compressed segments and shards find them. It
// is safe for concurrent use.
type Store struct {
	options Options
	codec   *Codec

	mu        sync.Mutex
	days      map[int32][]segment
	held      int64 // bytes of segments in memory
	spill     spill.File
	appenders []*Appender
}

// segment is a run of sorted entries of one day, in blocks that are read one
// by one.
type segment struct {
	compressed []byte  // the blocks, end to end; nil: in the spill file
	offset     int64   // in the spill file
	ends       []int32 // where each block ends
}

// NewStore makes an empty Store.
func NewStore(codec *Codec, o Options) *Store {
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	if o.Open == 0 {
		o.Open = 16 << 20
	}
	return &Store{options: o, codec: codec, days: map[int32][]segment{}, spill: spill.File{Dir: o.Dir}}
}

// add keeps a copy of a segment.
func (s *Store) add(day int32, compressed []byte, ends []int32) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := int64(len(compressed))
	seg := segment{ends: slices.Clone(ends)}
	if s.held+size <= s.options.Memory {
		s.held += size
		seg.compressed = slices.Clone(compressed)
		s.days[day] = append(s.days[day], seg)
		return nil
	}
	if seg.offset, err = s.spill.Append(compressed); err != nil {
		return fmt.Errorf("spill %d bytes of rows: %w", size, err)
	}
	s.days[day] = append(s.days[day], seg)
	return nil
}

// Days lists the days for which there are entries, in no order.
func (s *Store) Days() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	days := make([]int32, 0, len(s.days))
	for day := range s.days {
		days = append(days, day)
	}
	return days
}

// Drop forgets the entries of a day and frees their memory.
func (s *Store) Drop(day int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seg := range s.days[day] {
		s.held -= int64(len(seg.compressed))
	}
	delete(s.days, day)
}

// Spilled is the number of bytes that did not fit into memory.
func (s *Store) Spilled() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spill.Size()
}

// Close gives back memory and disk.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.days, s.held = nil, 0
	return s.spill.Close()
}
