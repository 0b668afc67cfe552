package dataset

import (
	"bufio"
	"cmp"
	"container/heap"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// rejected is a reject of this run: its row but for the input, which may be a
// MiB, and where that is kept.
type rejected struct {
	Sequence int64 // place of its input in the order of delivery
	Row      schema.RejectRow
	Undated  bool // FirstSeen is no instant of its own
	Raw      keptRaw
}

// keptRaw is where the input of one reject is.
type keptRaw struct {
	Held   int // its number among those in memory, from 1; 0: it is in the file
	Offset int64
	Size   int
}

// compareRejects is the order of the table.
func compareRejects(a, b *schema.RejectRow) int {
	return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
}

// compareMet puts the first sighting of a reject before the others.
func compareMet(a, b *rejected) int {
	return cmp.Or(compareRejects(&a.Row, &b.Row), cmp.Compare(a.Row.FirstSeen, b.Row.FirstSeen),
		cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Row.Position, b.Row.Position))
}

// rejectStore holds the rejects of a run: their inputs, past some bytes in a
// file, and what is known of them in sorted runs, past some rejects in that
// file, too. Damage of a whole archive is a reject for each line: some ten
// million in 1 GB. The file has no name. It is safe for concurrent use.
type rejectStore struct {
	memory int64 // bytes of inputs that are held

	mu   sync.Mutex
	used int64
	held [][]byte
	runs []rejectRun
	file spill.File
	met  int64
}

// rejectRun is a sorted run: in memory, or as a gob stream in the file.
type rejectRun struct {
	rejects      []rejected
	offset, size int64
}

// runRejects is how many rejects an appender holds before they are a run.
const runRejects = 4096

// keep takes a copy of an input.
func (s *rejectStore) keep(raw []byte) (keptRaw, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used += int64(len(raw)); s.used <= s.memory {
		s.held = append(s.held, slices.Clone(raw))
		return keptRaw{Held: len(s.held), Size: len(raw)}, nil
	}
	offset, err := s.file.Append(raw)
	if err != nil {
		return keptRaw{}, fmt.Errorf("spill rejects: %w", err)
	}
	return keptRaw{Offset: offset, Size: len(raw)}, nil
}

// raw gives back an input.
func (s *rejectStore) raw(k keptRaw) ([]byte, error) {
	if k.Held > 0 {
		return s.held[k.Held-1], nil
	}
	raw := make([]byte, k.Size)
	if k.Size == 0 {
		return raw, nil
	}
	if _, err := s.file.ReadAt(raw, k.Offset); err != nil {
		return nil, fmt.Errorf("read spilled rejects: %w", err)
	}
	return raw, nil
}

// add takes what an appender met, which is its own no more. The last, short
// run of each stays in memory.
func (s *rejectStore) add(met []rejected) error {
	if len(met) == 0 {
		return nil
	}
	slices.SortFunc(met, func(a, b rejected) int { return compareMet(&a, &b) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.met += int64(len(met))
	if len(met) < runRejects {
		s.runs = append(s.runs, rejectRun{rejects: met})
		return nil
	}
	offset, buffered := s.file.Size(), bufio.NewWriterSize(&s.file, 1<<18)
	encoder := gob.NewEncoder(buffered)
	for i := range met {
		if err := encoder.Encode(&met[i]); err != nil {
			return fmt.Errorf("spill rejects: %w", err)
		}
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("spill rejects: %w", err)
	}
	s.runs = append(s.runs, rejectRun{offset: offset, size: s.file.Size() - offset})
	return nil
}

// all gives the rejects in the order of the table, the first sighting of each;
// each is valid until the next. Nothing may be added meanwhile.
func (s *rejectStore) all() iter.Seq2[*rejected, error] {
	return func(yield func(*rejected, error) bool) {
		var runs runHeap
		for _, run := range s.runs {
			c := &runCursor{rest: run.rejects}
			if run.rejects == nil {
				c.decoder = gob.NewDecoder(bufio.NewReader(io.NewSectionReader(&s.file, run.offset, run.size)))
			}
			more, err := c.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if more {
				runs = append(runs, c)
			}
		}
		heap.Init(&runs)
		var last *schema.RejectRow
		for len(runs) > 0 {
			c := runs[0]
			if last == nil || compareRejects(last, &c.current.Row) != 0 {
				if !yield(c.current, nil) {
					return
				}
				last = &c.current.Row // which next leaves alone
			}
			more, err := c.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if more {
				heap.Fix(&runs, 0)
			} else {
				heap.Pop(&runs)
			}
		}
	}
}

func (s *rejectStore) close() error {
	s.held, s.runs = nil, nil
	return s.file.Close()
}

// runCursor is at a reject of a run.
type runCursor struct {
	rest    []rejected
	decoder *gob.Decoder
	current *rejected
}

func (c *runCursor) next() (more bool, err error) {
	if c.decoder == nil {
		if len(c.rest) == 0 {
			return false, nil
		}
		c.current, c.rest = &c.rest[0], c.rest[1:]
		return true, nil
	}
	c.current = &rejected{} // gob leaves alone what is zero
	if err := c.decoder.Decode(c.current); err != nil {
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		return false, fmt.Errorf("read spilled rejects: %w", err)
	}
	return true, nil
}

// runHeap has the first reject at 0.
type runHeap []*runCursor

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h runHeap) Less(i, j int) bool { return compareMet(h[i].current, h[j].current) < 0 }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*runCursor)) }
func (h *runHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
