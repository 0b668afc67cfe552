package gather

import (
	"slices"

	"callmill/schema"
)

// Appender takes rows from one worker. It is not safe for concurrent use.
type Appender struct {
	store  *Store
	days   map[int32][]byte
	open   int64
	nextID uint64
	free   [][]byte // buffers of days that were sealed, of freed bytes in all
	freed  int64

	// Of the day that is being sealed, kept for their memory.
	sorted     []place
	block      []byte
	compressed []byte
	ends       []int32
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
		a.freed -= int64(cap(buffer))
	}
	before := len(buffer)
	buffer = a.store.codec.append(buffer, key, a.nextID, rows)
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

// segmentBytes is where a day's rows are sorted and compressed.
const segmentBytes = 1 << 20

// Flush hands everything over to the store.
func (a *Appender) Flush() error {
	for day := range a.days {
		if err := a.seal(day); err != nil {
			return err
		}
	}
	return nil
}

// seal sorts the rows of a day, compresses them and hands them over.
func (a *Appender) seal(day int32) error {
	plain := a.days[day]
	if len(plain) == 0 {
		return nil
	}
	if err := a.sort(plain); err != nil {
		return err
	}
	compressed, ends, block := a.compressed[:0], a.ends[:0], a.block[:0]
	for i, p := range a.sorted {
		block = append(block, plain[p.start:p.end]...)
		if len(block) >= blockBytes || i == len(a.sorted)-1 {
			compressed = appendCompressed(compressed, block)
			ends, block = append(ends, int32(len(compressed))), block[:0]
		}
	}
	a.compressed, a.ends, a.block = compressed, ends, block
	if err := a.store.add(day, compressed, ends); err != nil {
		return err
	}
	a.open -= int64(len(plain))
	delete(a.days, day)
	// What the days held at most is kept for the days to come, no more: a
	// year has many, and they do not all get rows at the same time.
	if size := int64(cap(plain)); a.freed+size <= a.store.options.Open {
		a.free = append(a.free, plain[:0])
		a.freed += size
	}
	return nil
}

// sort finds the places of the jobs in plain and puts them in order.
func (a *Appender) sort(plain []byte) error {
	a.sorted = a.sorted[:0]
	for src := newSource(plain); len(src.rest) > 0; {
		start := len(plain) - len(src.rest)
		entry, err := next(src)
		if err != nil {
			return err
		}
		a.sorted = append(a.sorted, place{entry.FirstCall, entry.JobID, entry.Instance, start, len(plain) - len(src.rest)})
	}
	slices.SortFunc(a.sorted, func(p, q place) int {
		return CompareJobs(p.firstCall, p.jobID, p.instance, q.firstCall, q.jobID, q.instance)
	})
	return nil
}

// place is where a job is in the rows of a day, and what it is sorted by.
type place struct {
	firstCall       int64
	jobID, instance string
	start, end      int
}
