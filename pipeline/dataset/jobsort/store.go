package jobsort

import (
	"fmt"
	"slices"
	"sync"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Options say how much memory a Store may use and where the rest goes. The zero
// value is useful.
type Options struct {
	// Memory is the number of bytes of compressed jobs kept in memory; where
	// there are more, all are kept in a file. 0 means 64 MiB.
	Memory int64
	// Open is the number of bytes of jobs an Appender holds before it compresses
	// them; 0 means 16 MiB.
	Open int64
	// Dir is where that file is created; "" is the system's folder for temporary
	// files.
	Dir string
	// Buckets returns in how many buckets, a power of two, a day will be read
	// whose largest table has so many rows; nil means one. It is called while
	// jobs still come, and an estimate is enough: with a wrong one a part of the
	// day is read more than once.
	Buckets func(rows int64) int
}

// Store is where appenders leave sorted segments. It is safe for concurrent use.
type Store struct {
	options Options

	mu        sync.Mutex
	days      map[int32]*day
	held      int64 // bytes of segments in memory
	spill     spill.File
	appenders uint64
}

// day is what there is of a day.
type day struct {
	segments []segment
	jobs     int64
	rows     schema.RowCounts
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
func NewStore(o Options) *Store {
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	if o.Open == 0 {
		o.Open = 16 << 20
	}
	if o.Buckets == nil {
		o.Buckets = func(int64) int { return 1 }
	}
	return &Store{options: o, days: map[int32]*day{}, spill: spill.File{Dir: o.Dir}}
}

// partBytes is the least size of a part on average, before compression: a block
// of each part that has a bucket is in memory while the bucket is written, and
// the last block of a part, which is not full, compresses badly.
const partBytes = 3 * blockBytes

// divide chooses the number of parts per day for a flush, so that a bucket can
// be read without the whole day. It estimates the final number of buckets by
// assuming that a quarter of the day has arrived: with too few parts each is
// read for several buckets, with too many more blocks are in memory at a time.
func (s *Store) divide(shares map[int32]*share) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for number, of := range shares {
		d := s.days[number]
		if d == nil {
			d = &day{}
			s.days[number] = d
		}
		d.jobs += of.jobs
		d.rows.Add(of.rows)
		of.parts = s.options.Buckets(4 * d.rows.Max())
		for of.parts > 1 && of.bytes/of.parts < partBytes {
			of.parts /= 2
		}
	}
}

// add keeps a copy of a segment of a day that divide has seen.
func (s *Store) add(number, part int32, parts int, compressed []byte, ends []int32) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seg := segment{part: part, parts: int32(parts), ends: slices.Clone(ends)}
	if size := int64(len(compressed)); s.spill.Size() == 0 && s.held+size <= s.options.Memory {
		s.held += size
		seg.compressed = slices.Clone(compressed)
	} else {
		err = s.spillHeld()
		if err == nil {
			seg.offset, err = s.spill.Append(compressed)
		}
		if err != nil {
			return fmt.Errorf("spill %d bytes of jobs: %w", size, err)
		}
	}
	d := s.days[number]
	d.segments = append(d.segments, seg)
	return nil
}

// spillHeld moves what is in memory to the file: once most jobs are there, the
// memory is of more use to the writers of shards.
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

// Day returns how many jobs of a day were handed over, and how many rows they
// have.
func (s *Store) Day(number int32) (jobs int64, rows schema.RowCounts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.days[number]; d != nil {
		return d.jobs, d.rows
	}
	return 0, schema.RowCounts{}
}

// Close frees memory and disk space.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.days, s.held = nil, 0
	return s.spill.Close()
}
