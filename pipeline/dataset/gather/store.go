package gather

import (
	"fmt"
	"slices"
	"sync"

	"callmill/pipeline/dataset/spill"
)

// Options say how much a Store may hold and where the rest goes.
type Options struct {
	// Memory is the number of bytes of compressed rows kept in memory; where
	// there are more, all are kept in a file. 0 means 64 MiB.
	Memory int64
	// Open is the number of bytes of rows an Appender holds before it
	// compresses them; 0 means 16 MiB.
	Open int64
	// Dir is where that file is made, "" is the system's folder for temporary
	// files: see [spill.File].
	Dir string
	// Buckets is in how many buckets a day of so many rows of its largest table
	// will be read, a power of two; nil means one. It is asked while rows still
	// come, and need not be right: a day is then read more often than once.
	Buckets func(rows int64) int
}

// Store is where appenders leave compressed segments and shards find them. It
// is safe for concurrent use.
type Store struct {
	options Options
	codec   *Codec

	mu        sync.Mutex
	days      map[int32]*day
	held      int64 // bytes of segments in memory
	spill     spill.File
	appenders []*Appender
}

// day is what there is of a day.
type day struct {
	segments []segment
	counts   RowCounts
}

// segment is a run of sorted entries of one part of a day, in blocks that are
// read one by one. The entries are those whose key is in bucket part of parts.
type segment struct {
	part, parts int32
	compressed  []byte  // the blocks, end to end; nil: in the spill file
	offset      int64   // in the spill file
	ends        []int32 // where each block ends
}

// NewStore makes an empty Store.
func NewStore(codec *Codec, o Options) *Store {
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	if o.Open == 0 {
		o.Open = 16 << 20
	}
	if o.Buckets == nil {
		o.Buckets = func(int64) int { return 1 }
	}
	return &Store{options: o, codec: codec, days: map[int32]*day{}, spill: spill.File{Dir: o.Dir}}
}

// partBytes is how large a part at least is on average, before compression: of
// each that has a bucket a block is in memory while the bucket is written, and
// the last block of a part, which is not full, compresses badly.
const partBytes = 3 * blockBytes

// divide decides in how many parts the shares of a flush are kept, so that who
// reads a bucket need not read the whole day. How many buckets there will be is
// a guess, that a quarter of the day is there: of too few parts each is read for
// several buckets, of too many more blocks are in memory at a time.
func (s *Store) divide(shares map[int32]*share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for number, of := range shares {
		d := s.days[number]
		if d == nil {
			d = &day{}
			s.days[number] = d
		}
		d.counts.Add(of.counts, 1)
		of.parts = s.options.Buckets(4 * d.counts.Max())
		for of.parts > 1 && of.bytes/of.parts < partBytes {
			of.parts /= 2
		}
	}
}

// add keeps a copy of a segment of a day that divide has seen.
func (s *Store) add(number int32, part, parts int, compressed []byte, ends []int32) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seg := segment{part: int32(part), parts: int32(parts), ends: slices.Clone(ends)}
	if size := int64(len(compressed)); s.spill.Size() == 0 && s.held+size <= s.options.Memory {
		s.held += size
		seg.compressed = slices.Clone(compressed)
	} else {
		err = s.spillHeld()
		if err == nil {
			seg.offset, err = s.spill.Append(compressed)
		}
		if err != nil {
			return fmt.Errorf("spill %d bytes of rows: %w", size, err)
		}
	}
	d := s.days[number]
	d.segments = append(d.segments, seg)
	return nil
}

// spillHeld moves to the file what is in memory: where most is there, the rest
// is of more use as memory for those who write.
func (s *Store) spillHeld() (err error) {
	if s.held == 0 {
		return nil
	}
	for _, d := range s.days {
		for i := range d.segments {
			seg := &d.segments[i]
			if seg.compressed == nil {
				continue
			}
			if seg.offset, err = s.spill.Append(seg.compressed); err != nil {
				return err
			}
			s.held -= int64(len(seg.compressed))
			seg.compressed = nil
		}
	}
	return nil
}

// Rows is how many rows of a day were handed over.
func (s *Store) Rows(day int32) RowCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.days[day]; d != nil {
		return d.counts
	}
	return RowCounts{}
}

// Close gives back memory and disk.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.days, s.held = nil, 0
	return s.spill.Close()
}
