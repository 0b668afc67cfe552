package jobsort

import (
	"container/heap"
	"fmt"
	"slices"

	"callmill/schema"
)

// Sorted reads the entries of a bucket of a day in the order of [CompareJobs].
// It merges segments that are sorted themselves, and of those that may have
// entries of the bucket it holds one block each. Not safe for concurrent use.
type Sorted struct {
	store   *Store
	bucket  int
	buckets int
	keep    func(schema.Key, uint64) bool
	cursors cursors
	read    []byte // scratch space for what is read from the spill file
}

// cursor is at an entry of a segment.
type cursor struct {
	entry   Entry
	rest    reader // of the block, after the entry
	segment segment
	block   int // the one that is read next
}

// Sorted reads those entries of a bucket of a day for which keep returns true,
// out of a power of two of buckets. All appenders have been closed.
func (s *Store) Sorted(day int32, bucket, buckets int, keep func(key schema.Key, id uint64) bool) (*Sorted, error) {
	sorted := &Sorted{store: s, bucket: bucket, buckets: buckets, keep: keep}
	for _, segment := range s.segments(day, bucket, buckets) {
		c := &cursor{segment: segment}
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

// segments returns those of a day that may have entries of a bucket.
func (s *Store) segments(day int32, bucket, buckets int) (segments []segment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.days[day]; d != nil {
		for _, segment := range d.segments {
			if segment.mayHave(bucket, buckets) {
				segments = append(segments, segment)
			}
		}
	}
	return segments
}

// mayHave reports whether a segment may have entries of a bucket: which of
// fewer buckets a key is in follows from which of more it is in.
func (s *segment) mayHave(bucket, buckets int) bool {
	fewer := min(int(s.parts), buckets)
	return int(s.part)%fewer == bucket%fewer
}

// Peek returns the next entry without taking it, nil at the end. It is valid
// until the next call of Take; its block stays for as long as something refers
// to it.
func (s *Sorted) Peek() *Entry {
	if len(s.cursors) == 0 {
		return nil
	}
	return &s.cursors[0].entry
}

// Take goes on to the entry after the one that Peek returns.
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
		if c.entry, err = next(&c.rest); err != nil {
			return false, err
		}
		if c.entry.Key.Bucket(s.buckets) == s.bucket && s.keep(c.entry.Key, c.entry.ID) {
			return true, nil
		}
	}
}

// nextBlock reads a block into memory of its own: jobs of the one before may be
// in use.
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
			return fmt.Errorf("read spilled jobs: %w", err)
		}
		compressed = s.read
	}
	plain, err := decompress(compressed)
	if err != nil {
		return fmt.Errorf("read sorted jobs: %w", err)
	}
	c.rest = reader{rest: plain}
	return nil
}

// cursors are a heap: the least entry is at 0.
type cursors []*cursor

func (c cursors) Len() int           { return len(c) }
func (c cursors) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c cursors) Less(i, j int) bool { return compareEntries(&c[i].entry, &c[j].entry) < 0 }
func (c *cursors) Push(x any)        { *c = append(*c, x.(*cursor)) }
func (c *cursors) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	(*c)[last] = nil
	*c = (*c)[:last]
	return x
}
