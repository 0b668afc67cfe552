package spill

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
)

// Sorter sorts records beyond memory. A record is a byte string that is not
// empty; the order is that of [bytes.Compare]. Writers hand over sorted runs, which are
// held in memory up to a budget and otherwise written to a file; reading merges
// the runs.
//
// Writers may be used at the same time. Reading may begin when all of them are
// closed, and may then happen in several goroutines.
type Sorter struct {
	dir    string
	memory int64

	mu   sync.Mutex
	held int64 // bytes of runs in memory
	runs []run
	file *File // of the other runs
}

// NewSorter makes a Sorter that holds about memory bytes and puts the rest into
// a file in dir.
func NewSorter(dir string, memory int64) *Sorter {
	return &Sorter{dir: dir, memory: memory, file: &File{Dir: dir}}
}

// run is a sorted sequence of records, each with its length before it.
type run struct {
	data   []byte // nil: in the file
	file   *File
	offset int64
	size   int64
	// blocks are some records with their places, so that reading can begin near
	// any record.
	blocks []block
}

// block is where a record lies within its run.
type block struct {
	first  []byte
	offset int64
}

// blockBytes is how far apart the records of run.blocks are. Finding a record
// in a file reads that much.
const blockBytes = 4 << 10

// Writer adds records to a Sorter. Not safe for concurrent use.
type Writer struct {
	sorter *Sorter
	most   int // bytes of a run
	open   []byte
	places []place
}

// place is where a record lies in Writer.open. Most comparisons end with the
// first bytes.
type place struct {
	head       uint64
	start, end uint32
}

const placeBytes = 16

// Writer makes a Writer. Its runs are small enough for several writers to fit
// into the memory of the Sorter.
func (s *Sorter) Writer() *Writer {
	return &Writer{sorter: s, most: int(min(max(s.memory/16, 16<<10), 1<<20))}
}

// Add adds a copy of a record.
func (w *Writer) Add(record []byte) error {
	start := len(w.open)
	w.open = append(w.open, record...)
	w.places = append(w.places, place{headOf(record), uint32(start), uint32(len(w.open))})
	if len(w.open)+placeBytes*len(w.places) < w.most {
		return nil
	}
	return w.flush()
}

// headOf returns the first bytes of a record as a number, zeros after its end.
func headOf(record []byte) (head uint64) {
	if len(record) >= 8 {
		return binary.BigEndian.Uint64(record)
	}
	for i, b := range record {
		head |= uint64(b) << (56 - 8*i)
	}
	return head
}

// Close hands over what is left. The writer takes no more records.
func (w *Writer) Close() error {
	err := w.flush()
	w.open, w.places = nil, nil
	return err
}

func (w *Writer) flush() error {
	if len(w.places) == 0 {
		return nil
	}
	slices.SortFunc(w.places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.head, b.head), bytes.Compare(w.open[a.start:a.end], w.open[b.start:b.end]))
	})
	b := builder{data: make([]byte, 0, len(w.open)+2*len(w.places))}
	for _, p := range w.places {
		b.add(w.open[p.start:p.end])
	}
	w.open, w.places = w.open[:0], w.places[:0]
	return w.sorter.add(b)
}

// add takes a run that is in memory.
func (s *Sorter) add(b builder) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := run{data: b.data, size: int64(len(b.data)), blocks: b.blocks}
	if s.held+r.size <= s.memory {
		s.held += r.size
		s.runs = append(s.runs, r)
		return nil
	}
	offset, err := s.file.Append(r.data)
	if err != nil {
		return fmt.Errorf("spill sorted records: %w", err)
	}
	r.data, r.file, r.offset = nil, s.file, offset
	for i := range r.blocks {
		r.blocks[i].first = slices.Clone(r.blocks[i].first)
	}
	s.runs = append(s.runs, r)
	return nil
}

// builder puts a run together.
type builder struct {
	data   []byte
	before int64 // bytes of the run before data
	blocks []block
	last   int64 // offset of the last block
}

func (b *builder) add(record []byte) {
	at := b.before + int64(len(b.data))
	b.data = append(binary.AppendUvarint(b.data, uint64(len(record))), record...)
	if len(b.blocks) == 0 || at-b.last >= blockBytes {
		b.last = at
		b.blocks = append(b.blocks, block{b.data[len(b.data)-len(record):], at})
	}
}

// Merge makes one run of all, so that Range and Finder read from one place. It
// must not be called while records are read.
func (s *Sorter) Merge() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) <= 1 {
		return nil
	}
	size := int64(0)
	for _, r := range s.runs {
		size += r.size
	}
	merged, err := s.merge(size)
	if err != nil {
		return fmt.Errorf("merge sorted records: %w", err)
	}
	if merged.file != s.file {
		if err := s.file.Close(); err != nil {
			return err
		}
		s.file = merged.file
	}
	s.runs = []run{merged}
	return nil
}

// merge writes all records as one run: in memory, where all runs are, else into
// a new file.
func (s *Sorter) merge(size int64) (run, error) {
	const chunk = 1 << 18
	inMemory := s.file.Size() == 0
	r := run{size: size, file: s.file}
	b := builder{}
	if inMemory {
		b.data = make([]byte, 0, size)
	} else {
		r.file = &File{Dir: s.dir}
	}
	for record, err := range s.records(nil, nil) {
		if err == nil {
			b.add(record)
		}
		if err == nil && !inMemory && len(b.data) >= chunk {
			err = b.flush(r.file)
		}
		if err != nil {
			return run{}, closeAfter(err, r.file, s.file)
		}
	}
	if inMemory {
		r.data = b.data
	} else if err := b.flush(r.file); err != nil {
		return run{}, closeAfter(err, r.file, s.file)
	}
	r.blocks = b.blocks
	return r, nil
}

// closeAfter closes a file that is given up, unless it is the one that stays.
func closeAfter(err error, file, stays *File) error {
	if file != stays {
		file.Close()
	}
	return err
}

// flush appends what was built to a file.
func (b *builder) flush(file *File) error {
	if _, err := file.Append(b.data); err != nil {
		return err
	}
	for i := len(b.blocks) - 1; i >= 0 && b.blocks[i].offset >= b.before; i-- {
		b.blocks[i].first = slices.Clone(b.blocks[i].first)
	}
	b.before += int64(len(b.data))
	b.data = b.data[:0]
	return nil
}

// Len returns how many bytes the records take that were handed over.
func (s *Sorter) Len() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := int64(0)
	for _, r := range s.runs {
		size += r.size
	}
	return size
}

// Close frees memory and disk space.
func (s *Sorter) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs, s.held = nil, 0
	return s.file.Close()
}
