package gather

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"

	"callmill/schema"
)

// CompareJobs is the order of jobs: by the first call, then by id.
func CompareJobs(aCall int64, aJob, aInstance string, bCall int64, bJob, bInstance string) int {
	if aCall != bCall {
		return cmp.Compare(aCall, bCall)
	}
	return cmp.Or(cmp.Compare(aJob, bJob), cmp.Compare(aInstance, bInstance))
}

// Sorted reads the entries of a bucket of a day in the order of [CompareJobs].
// It merges segments that are sorted themselves, so that of those that may have
// entries of the bucket a block each is in memory, not all of what may be a
// quarter of a GB. It is not safe for concurrent use.
type Sorted struct {
	store   *Store
	lines   []lines // of each appender
	bucket  int
	buckets int
	keep    func(schema.Key, uint64) bool
	cursors cursors
	read    []byte // scratch space for what is read from the spill file
}

// cursor is at an entry of a segment.
type cursor struct {
	entry   Entry
	rest    *source // of the block, after the entry
	segment segment
	block   int // the one that is read next
}

// Sorted reads those entries of a bucket of a day for which keep is true, out of
// a power of two of buckets. All appenders have been closed.
func (s *Store) Sorted(day int32, bucket, buckets int, keep func(schema.Key, uint64) bool) (*Sorted, error) {
	sorted, segments := s.reader(day, bucket, buckets, keep)
	for _, segment := range segments {
		c := &cursor{segment: segment, rest: newSource(nil)}
		found, err := sorted.advance(c)
		if err != nil {
			return nil, err
		}
		if found {
			sorted.cursors = append(sorted.cursors, c)
		}
	}
	heap.Init(&sorted.cursors)
	return sorted, nil
}

// Count counts the rows of those entries of a day for which keep is true. It
// goes through the segments one after the other: a day of 20 million turns has
// so many that a block of each is more than all else that a run holds.
func (s *Store) Count(day int32, keep func(schema.Key, uint64) bool) (counts RowCounts, err error) {
	reader, segments := s.reader(day, 0, 1, keep)
	for _, segment := range segments {
		c := &cursor{segment: segment, rest: newSource(nil)}
		found, err := reader.advance(c)
		for ; found && err == nil; found, err = reader.advance(c) {
			counts.Add(c.entry.Counts, 1)
		}
		if err != nil {
			return counts, err
		}
	}
	return counts, nil
}

// reader is a Sorted that is at no entry yet, with the segments that it is to
// read.
func (s *Store) reader(day int32, bucket, buckets int, keep func(schema.Key, uint64) bool) (*Sorted, []segment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reader := &Sorted{store: s, bucket: bucket, buckets: buckets, keep: keep}
	for _, a := range s.appenders {
		reader.lines = append(reader.lines, a.lines)
	}
	var segments []segment
	if d := s.days[day]; d != nil {
		for _, segment := range d.segments {
			if segment.mayHave(bucket, buckets) {
				segments = append(segments, segment)
			}
		}
	}
	return reader, segments
}

// mayHave reports whether a segment may have entries of a bucket: which of
// fewer buckets a key is in follows from which of more it is in.
func (s *segment) mayHave(bucket, buckets int) bool {
	fewer := min(int(s.parts), buckets)
	return int(s.part)%fewer == bucket%fewer
}

// Peek gives the next entry without taking it, nil at the end. It is valid
// until the next call of Take; what its rows point to stays untouched for as
// long as anybody points there.
func (s *Sorted) Peek() *Entry {
	if len(s.cursors) == 0 {
		return nil
	}
	return &s.cursors[0].entry
}

// Take goes on to the entry after the one that Peek gives.
func (s *Sorted) Take() error {
	found, err := s.advance(s.cursors[0])
	if err != nil {
		return err
	}
	if found {
		heap.Fix(&s.cursors, 0)
	} else {
		heap.Pop(&s.cursors)
	}
	return nil
}

// advance puts a cursor on the next entry that is kept.
func (s *Sorted) advance(c *cursor) (found bool, err error) {
	for {
		for len(c.rest.rest) == 0 {
			if c.block == len(c.segment.ends) {
				return false, nil
			}
			if err := s.nextBlock(c); err != nil {
				return false, err
			}
		}
		if c.entry, err = next(c.rest); err != nil {
			return false, err
		}
		appender := c.entry.ID>>appenderShift - 1
		if appender >= uint64(len(s.lines)) {
			return false, errDamaged
		}
		if c.entry.Key.Bucket(s.buckets) == s.bucket && s.keep(c.entry.Key, c.entry.ID) {
			c.entry.lines = s.lines[appender]
			return true, nil
		}
	}
}

// nextBlock reads a block into memory of its own: rows of the one before may
// be in use.
func (s *Sorted) nextBlock(c *cursor) error {
	start, end := int32(0), c.segment.ends[c.block]
	if c.block > 0 {
		start = c.segment.ends[c.block-1]
	}
	c.block++
	var compressed []byte
	if c.segment.compressed != nil {
		compressed = c.segment.compressed[start:end]
	} else {
		s.read = slices.Grow(s.read[:0], int(end-start))[:end-start]
		if _, err := s.store.spill.ReadAt(s.read, c.segment.offset+int64(start)); err != nil {
			return fmt.Errorf("read spilled rows: %w", err)
		}
		compressed = s.read
	}
	plain, err := decompress(compressed)
	if err != nil {
		return fmt.Errorf("read gathered rows: %w", err)
	}
	c.rest = newSource(plain)
	return nil
}

// cursors are a heap: the least entry is at 0.
type cursors []*cursor

func (c cursors) Len() int      { return len(c) }
func (c cursors) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c cursors) Less(i, j int) bool {
	a, b := &c[i].entry, &c[j].entry
	return CompareJobs(a.FirstCall, a.JobID, a.Instance, b.FirstCall, b.JobID, b.Instance) < 0
}
func (c *cursors) Push(x any) { *c = append(*c, x.(*cursor)) }
func (c *cursors) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	(*c)[last] = nil
	*c = (*c)[:last]
	return x
}
