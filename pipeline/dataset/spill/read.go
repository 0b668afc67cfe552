package spill

import (
	"bytes"
	"container/heap"
	"encoding/binary"
	"fmt"
	"iter"
)

// Range are the records from one up to, but not including, another; nil is no
// bound.
type Range struct{ From, To []byte }

// All returns the records in order. They are not overwritten.
func (s *Sorter) All() iter.Seq2[[]byte, error] { return s.In(Range{}) }

// In returns the records of a range in order. They are not overwritten.
func (s *Sorter) In(in Range) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		records, err := s.Read(in)
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			record, err := records.Next()
			if record == nil && err == nil || !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// Records reads records one by one. Not safe for concurrent use.
type Records struct {
	cursors cursors
	started bool
	scratch []byte
}

// Read reads the records of ranges that do not overlap; where the Sorter has
// parts each range is one of them. The order is that of what follows the prefix.
// While reading, a block of each run is in memory for each range.
func (s *Sorter) Read(ranges ...Range) (*Records, error) {
	r := &Records{}
	for i := range s.runs {
		for _, in := range ranges {
			from := &s.runs[i]
			c := &cursor{run: from, block: from.search(in.From), to: in.To, skip: s.options.Prefix}
			if s.options.Prefix == 0 {
				c.block = max(0, c.block-1)
			}
			if err := c.seek(in.From, &r.scratch); err != nil {
				return nil, fmt.Errorf("read sorted records: %w", err)
			}
			if c.record != nil {
				r.cursors = append(r.cursors, c)
			}
		}
	}
	heap.Init(&r.cursors)
	return r, nil
}

// Next returns the next record, nil at the end. It is not overwritten, and keeps
// its block in memory.
func (r *Records) Next() ([]byte, error) {
	if r.started && len(r.cursors) > 0 {
		least := r.cursors[0]
		if err := least.next(&r.scratch); err != nil {
			return nil, fmt.Errorf("read sorted records: %w", err)
		}
		if least.record != nil {
			heap.Fix(&r.cursors, 0)
		} else {
			heap.Pop(&r.cursors)
		}
	}
	r.started = true
	if len(r.cursors) == 0 {
		return nil, nil
	}
	return r.cursors[0].record, nil
}

// cursor is at a record of a run, nil at the end of its range. Most comparisons end with
// the first bytes of what follows the prefix.
type cursor struct {
	head   uint64
	record []byte
	rest   []byte // of its block
	run    *run
	block  int    // the one that is read next
	to     []byte // the end of its range
	skip   int
}

// seek goes on to the first record that is not less than from.
func (c *cursor) seek(from []byte, scratch *[]byte) error {
	err := c.next(scratch)
	for err == nil && c.record != nil && bytes.Compare(c.record, from) < 0 {
		err = c.next(scratch)
	}
	return err
}

func (c *cursor) next(scratch *[]byte) (err error) {
	if len(c.rest) == 0 {
		if c.record = nil; c.block == len(c.run.blocks) || c.past(c.run.blocks[c.block].head) {
			return nil
		}
		if c.rest, err = c.run.read(c.block, scratch); err != nil {
			return err
		}
		c.block++
	}
	if c.record, c.rest, err = cut(c.rest); err != nil || c.past(c.record) {
		c.record = nil
		return err
	}
	c.head = firstBytes(c.record[c.skip:])
	return nil
}

func (c *cursor) past(record []byte) bool { return c.to != nil && bytes.Compare(record, c.to) >= 0 }

// cut returns the record at the head of a block.
func cut(block []byte) (record, rest []byte, err error) {
	length, n := binary.Uvarint(block)
	if n <= 0 || uint64(len(block)-n) < length {
		return nil, nil, ErrDamaged
	}
	end := n + int(length)
	return block[n:end:end], block[end:], nil
}

// cursors are a heap: the least record is at 0.
type cursors []*cursor

func (c cursors) Len() int      { return len(c) }
func (c cursors) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c cursors) Less(i, j int) bool {
	if c[i].head != c[j].head {
		return c[i].head < c[j].head
	}
	return bytes.Compare(c[i].record[c[i].skip:], c[j].record[c[j].skip:]) < 0
}
func (c *cursors) Push(x any) { *c = append(*c, x.(*cursor)) }
func (c *cursors) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	(*c)[last] = nil
	*c = (*c)[:last]
	return x
}

// Finder looks up single records of a merged Sorter. Not safe for concurrent
// use; several finders of one Sorter are.
type Finder struct {
	sorter  *Sorter
	number  int    // of the block that is in memory, from 1; 0: none is
	block   []byte // its records
	scratch []byte
}

// Finder makes a Finder. Merge must have been called.
func (s *Sorter) Finder() *Finder { return &Finder{sorter: s} }

// Find returns the first record with a prefix, nil where there is none.
func (f *Finder) Find(prefix []byte) ([]byte, error) {
	if len(f.sorter.runs) == 0 {
		return nil, nil
	}
	r := &f.sorter.runs[0]
	for i := max(0, r.search(prefix)-1); i < len(r.blocks); i++ {
		if err := f.read(r, i); err != nil {
			return nil, fmt.Errorf("find sorted record: %w", err)
		}
		for rest := f.block; len(rest) > 0; {
			record, after, err := cut(rest)
			if err != nil {
				return nil, err
			}
			if bytes.HasPrefix(record, prefix) {
				return record, nil
			}
			if bytes.Compare(record, prefix) > 0 {
				return nil, nil
			}
			rest = after
		}
	}
	return nil, nil
}

// read makes a block the one that is in memory.
func (f *Finder) read(r *run, i int) (err error) {
	if f.number == i+1 {
		return nil
	}
	f.number = 0
	if f.block, err = r.read(i, &f.scratch); err == nil {
		f.number = i + 1
	}
	return err
}
