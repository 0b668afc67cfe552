package spill

import (
	"fmt"
	"slices"
	"sync"
)

// Options say how a Sorter uses memory. The zero value is useful.
type Options struct {
	Dir    string // of the spill file; "" is the system's folder for temporary files
	Memory int64  // bytes of runs kept in memory; where there are more, all are in the file
	Run    int64  // bytes that a Writer sorts at a time, at most 1 GiB; 0: a share of Memory
	Block  int    // bytes that are compressed and read back at a time; 0: 4 KiB
	// Prefix is how many of their first bytes divide the records into parts: no
	// block spans two of them, and Read merges parts. It is at most 24.
	Prefix int
}

// Sorter sorts records beyond memory. A record is a byte string that is not
// empty; the order is that of [bytes.Compare]. Writers hand over sorted runs;
// reading merges them.
//
// Writers may be used at the same time. Reading may begin when all of them are
// closed, and may then happen in several goroutines.
type Sorter struct {
	options Options

	mu   sync.Mutex
	held int64 // bytes of runs in memory
	runs []run
	file *File // of the runs, where they are not in memory
}

// NewSorter makes an empty Sorter.
func NewSorter(o Options) *Sorter {
	if o.Run == 0 {
		// Small enough for several writers to fit into the memory.
		o.Run = min(max(o.Memory/16, 16<<10), 1<<20)
	}
	o.Run = min(o.Run, maxRecord)
	if o.Block == 0 {
		o.Block = 4 << 10
	}
	return &Sorter{options: o, file: &File{Dir: o.Dir}}
}

// add takes a run that is in memory.
func (s *Sorter) add(r run) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if size := int64(len(r.data)); s.file.Size() == 0 && s.held+size <= s.options.Memory {
		s.held += size
		r.data = slices.Clone(r.data)
		s.runs = append(s.runs, r)
		return nil
	}
	// Once most records are there, the memory is of more use to those that
	// read them.
	for i := range s.runs {
		if err := s.runs[i].moveTo(s.file); err != nil {
			return err
		}
	}
	s.held = 0
	if err := r.moveTo(s.file); err != nil {
		return err
	}
	s.runs = append(s.runs, r)
	return nil
}

// Merge makes one run of all, so that a Finder looks in one place and reading
// merges nothing. It must not be called while records are read.
func (s *Sorter) Merge() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) <= 1 {
		return nil
	}
	merged := s.newRun()
	if s.file.Size() > 0 {
		merged.file = &File{Dir: s.options.Dir}
	}
	if err := s.mergeInto(merged); err != nil {
		if merged.file != nil {
			merged.file.Close()
		}
		return fmt.Errorf("merge sorted records: %w", err)
	}
	s.runs = []run{merged.run}
	if merged.file == nil {
		return nil
	}
	old := s.file
	s.file = merged.file
	return old.Close()
}

func (s *Sorter) mergeInto(merged *runBuilder) error {
	for record, err := range s.All() {
		if err == nil {
			err = merged.add(record)
		}
		if err != nil {
			return err
		}
	}
	return merged.finish()
}

// Close frees memory and disk space.
func (s *Sorter) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs, s.held = nil, 0
	return s.file.Close()
}
