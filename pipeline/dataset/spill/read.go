package spill

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sort"
)

// All returns the records in order; each is valid until the next.
func (s *Sorter) All() iter.Seq2[[]byte, error] { return s.Range(nil, nil) }

// Range returns the records from one up to, but not including, another, in
// order; nil is no bound. Each record is valid until the next.
func (s *Sorter) Range(from, to []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for record, err := range s.records(from, to) {
			if err != nil {
				yield(nil, fmt.Errorf("read sorted records: %w", err))
				return
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

func (s *Sorter) records(from, to []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var h heap
		for i := range s.runs {
			c := s.runs[i].seek(from, s.readAhead())
			if err := c.next(); err != nil {
				yield(nil, err)
				return
			}
			for c.record != nil && bytes.Compare(c.record, from) < 0 {
				if err := c.next(); err != nil {
					yield(nil, err)
					return
				}
			}
			if c.record != nil {
				h = append(h, c)
			}
		}
		h.init()
		for len(h) > 0 && (to == nil || bytes.Compare(h[0].record, to) < 0) {
			if !yield(h[0].record, nil) {
				return
			}
			if err := h[0].next(); err != nil {
				yield(nil, err)
				return
			}
			h.fix()
		}
	}
}

// readAhead is how many bytes are read from a file at a time: of many runs few,
// so that all of them stay within the memory of the Sorter.
func (s *Sorter) readAhead() int {
	return int(min(max(s.memory/int64(len(s.runs)), blockBytes), 64<<10))
}

// cursor is at a record of a run; nil at its end.
type cursor struct {
	record []byte
	rest   []byte        // of a run in memory
	reader *bufio.Reader // of one in a file
	buffer []byte
}

// seek returns a cursor before the record from, or the first after it, or some
// records before that.
func (r *run) seek(from []byte, readAhead int) *cursor {
	offset := int64(0)
	if i := r.blockOf(from); i >= 0 {
		offset = r.blocks[i].offset
	}
	if r.file == nil || r.data != nil {
		return &cursor{rest: r.data[offset:]}
	}
	section := io.NewSectionReader(r.file, r.offset+offset, r.size-offset)
	return &cursor{reader: bufio.NewReaderSize(section, readAhead)}
}

// blockOf returns the index of the last block whose first record is not after
// the given one, -1 where there is none.
func (r *run) blockOf(record []byte) int {
	return sort.Search(len(r.blocks), func(i int) bool { return bytes.Compare(r.blocks[i].first, record) > 0 }) - 1
}

func (c *cursor) next() (err error) {
	if c.reader == nil {
		c.record, c.rest = cut(c.rest)
		return nil
	}
	length, err := binary.ReadUvarint(c.reader)
	if errors.Is(err, io.EOF) {
		c.record = nil
		return nil
	}
	if err != nil {
		return err
	}
	c.buffer = slices.Grow(c.buffer[:0], int(length))[:length]
	c.record = c.buffer
	_, err = io.ReadFull(c.reader, c.buffer)
	return err
}

// cut returns the record at the head of data, nil at the end.
func cut(data []byte) (record, rest []byte) {
	length, n := binary.Uvarint(data)
	if n <= 0 || uint64(len(data)-n) < length {
		return nil, nil
	}
	return data[n : n+int(length)], data[n+int(length):]
}

// Finder looks up single records of a merged Sorter. Not safe for concurrent
// use; several finders of one Sorter are.
type Finder struct {
	sorter *Sorter
	at     int    // index of the block that is in memory, from 1; 0: none is
	buffer []byte // the block
}

// Finder makes a Finder. Merge must have been called.
func (s *Sorter) Finder() *Finder { return &Finder{sorter: s} }

// Find returns the first record with a prefix, nil where there is none. It is
// valid until the next call.
func (f *Finder) Find(prefix []byte) ([]byte, error) {
	if len(f.sorter.runs) == 0 {
		return nil, nil
	}
	r := &f.sorter.runs[0]
	i := r.blockOf(prefix)
	if i >= 0 {
		records, err := f.read(r, i)
		if err != nil {
			return nil, err
		}
		for len(records) > 0 {
			var record []byte
			record, records = cut(records)
			if bytes.Compare(record, prefix) >= 0 {
				return withPrefix(record, prefix), nil
			}
		}
	}
	if i+1 == len(r.blocks) {
		return nil, nil
	}
	return withPrefix(r.blocks[i+1].first, prefix), nil
}

func withPrefix(record, prefix []byte) []byte {
	if !bytes.HasPrefix(record, prefix) {
		return nil
	}
	return record
}

// read returns a block of a run.
func (f *Finder) read(r *run, i int) ([]byte, error) {
	start, end := r.blocks[i].offset, r.size
	if i+1 < len(r.blocks) {
		end = r.blocks[i+1].offset
	}
	if r.data != nil {
		return r.data[start:end], nil
	}
	if f.at == i+1 {
		return f.buffer, nil
	}
	f.at, f.buffer = 0, slices.Grow(f.buffer[:0], int(end-start))[:end-start]
	if _, err := r.file.ReadAt(f.buffer, r.offset+start); err != nil {
		return nil, fmt.Errorf("find sorted record: %w", err)
	}
	f.at = i + 1
	return f.buffer, nil
}
