package gather

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/s2"

	"callmill/schema"
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
	// folder for temporary files. The file has no name once it is open, so that
	// nothing is left of it whatever ends the process.
	Dir string
}

// Store is where appenders leave compressed segments and shards find them. It
// is safe for concurrent use.
type Store struct {
	options Options
	codec   *Codec

	mu       sync.Mutex
	days     map[int32][]segment
	held     int64 // bytes of segments in memory
	spill    *os.File
	spilled  int64 // bytes in spill
	appender uint64
}

// segment is a run of entries of one day.
type segment struct {
	compressed []byte // nil: in the spill file
	offset     int64
	size       int
}

// NewStore makes an empty Store.
func NewStore(codec *Codec, o Options) *Store {
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	if o.Open == 0 {
		o.Open = 16 << 20
	}
	return &Store{options: o, codec: codec, days: map[int32][]segment{}}
}

// add keeps a copy of a segment.
func (s *Store) add(day int32, compressed []byte) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := int64(len(compressed))
	if s.held+size <= s.options.Memory {
		s.held += size
		s.days[day] = append(s.days[day], segment{compressed: slices.Clone(compressed), size: len(compressed)})
		return nil
	}
	if s.spill == nil {
		if s.spill, err = createSpill(s.options.Dir); err != nil {
			return err
		}
	}
	if _, err := s.spill.WriteAt(compressed, s.spilled); err != nil {
		return fmt.Errorf("spill %d bytes of rows: %w", size, err)
	}
	s.days[day] = append(s.days[day], segment{offset: s.spilled, size: len(compressed)})
	s.spilled += size
	return nil
}

func createSpill(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, ".spill-*")
	if err != nil {
		return nil, fmt.Errorf("create spill file: %w", err)
	}
	// Where an open file cannot be removed it stays until Close, or until the
	// next run sweeps the folder.
	os.Remove(file.Name())
	return file, nil
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

// Entries gives the entries of a day for which keep is true, in no order. They
// may be kept: the store uses no memory of theirs again.
func (s *Store) Entries(day int32, keep func(schema.Key, uint64) bool) ([]Entry, error) {
	s.mu.Lock()
	segments := s.days[day]
	s.mu.Unlock()
	var entries []Entry
	var compressed, plain []byte
	for _, seg := range segments {
		var err error
		if compressed, err = s.load(seg, compressed); err != nil {
			return nil, err
		}
		if plain, err = s2.Decode(plain[:cap(plain)], compressed); err != nil {
			return nil, fmt.Errorf("read gathered rows: %w", err)
		}
		reusable := false
		if entries, reusable, err = keepEntries(entries, plain, keep); err != nil {
			return nil, err
		}
		if !reusable {
			plain = nil
		}
		if seg.compressed != nil {
			compressed = nil // the store's, not scratch space
		}
	}
	return entries, nil
}

// keepEntries adds those entries in plain that are kept. reusable says that
// none of them aliases plain.
func keepEntries(entries []Entry, plain []byte, keep func(schema.Key, uint64) bool) (grown []Entry, reusable bool, err error) {
	first, size := len(entries), 0
	for src := newSource(plain); len(src.rest) > 0; {
		entry, err := next(src)
		if err != nil {
			return nil, false, err
		}
		if keep(entry.Key, entry.ID) {
			entries = append(entries, entry)
			size += len(entry.rows)
		}
	}
	if size > len(plain)/2 {
		return entries, false, nil
	}
	// Few are kept: they must not hold on to the whole segment.
	for i := first; i < len(entries); i++ {
		entries[i] = entries[i].clone()
	}
	return entries, true, nil
}

func (e Entry) clone() Entry {
	e.Instance, e.JobID, e.rows = strings.Clone(e.Instance), strings.Clone(e.JobID), bytes.Clone(e.rows)
	return e
}

// load gives the compressed bytes of a segment, in scratch where they have to
// be read.
func (s *Store) load(seg segment, scratch []byte) ([]byte, error) {
	if seg.compressed != nil {
		return seg.compressed, nil
	}
	b := slices.Grow(scratch[:0], seg.size)[:seg.size]
	if _, err := s.spill.ReadAt(b, seg.offset); err != nil {
		return nil, fmt.Errorf("read spilled rows: %w", err)
	}
	return b, nil
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
	return s.spilled
}

// Close gives back memory and disk.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.days, s.held = nil, 0
	if s.spill == nil {
		return nil
	}
	name := s.spill.Name()
	err := s.spill.Close()
	s.spill = nil
	if removeErr := os.Remove(filepath.Clean(name)); removeErr != nil && !errors.Is(removeErr, os.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return err
}

// Appender takes rows from one worker. It is not safe for concurrent use.
type Appender struct {
	store   *Store
	days    map[int32][]byte
	open    int64
	nextID  uint64
	scratch []byte
	free    [][]byte // buffers of days that were sealed
	spare   []byte   // buffer for the next compressed segment
}

// Appender makes an appender; what it holds reaches the store by Flush.
func (s *Store) Appender() *Appender {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appender++
	return &Appender{store: s, days: map[int32][]byte{}, nextID: s.appender << 40}
}

// Append takes a copy of the rows of a job and gives the entry's id, which is
// unique within the store and never 0.
func (a *Appender) Append(key schema.Key, rows *schema.Rows) (id uint64, err error) {
	a.nextID++
	buffer := a.days[rows.JobDate]
	if buffer == nil && len(a.free) > 0 {
		buffer, a.free = a.free[len(a.free)-1], a.free[:len(a.free)-1]
	}
	before := len(buffer)
	buffer, a.scratch = a.store.codec.append(buffer, a.scratch, key, a.nextID, rows)
	a.days[rows.JobDate] = buffer
	a.open += int64(len(buffer) - before)
	if len(buffer) >= segmentBytes {
		return a.nextID, a.seal(rows.JobDate)
	}
	if a.open >= a.store.options.Open {
		return a.nextID, a.Flush()
	}
	return a.nextID, nil
}

// segmentBytes is where a day's rows are compressed: large enough to compress
// well, small enough to be read back piece by piece.
const segmentBytes = 1 << 20

// freeBuffers bounds what is kept for days to come: each may be of
// segmentBytes, and a year has many days.
const freeBuffers = 4

// Flush hands everything over to the store.
func (a *Appender) Flush() error {
	for day := range a.days {
		if err := a.seal(day); err != nil {
			return err
		}
	}
	return nil
}

func (a *Appender) seal(day int32) error {
	plain := a.days[day]
	if len(plain) == 0 {
		return nil
	}
	compressed := s2.Encode(a.spare[:cap(a.spare)], plain)
	if err := a.store.add(day, compressed); err != nil {
		return err
	}
	a.spare = compressed
	a.open -= int64(len(plain))
	delete(a.days, day)
	if len(a.free) < freeBuffers {
		a.free = append(a.free, plain[:0])
	}
	return nil
}
