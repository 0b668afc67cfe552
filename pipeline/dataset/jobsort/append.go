package jobsort

import (
	"cmp"
	"fmt"
	"slices"

	"callmill/schema"
)

// Appender takes jobs from one worker. Not safe for concurrent use; after an
// error it must not be used any more.
type Appender struct {
	store  *Store
	nextID uint64
	open   []byte                     // entries, in the order in which they came
	days   []int32                    // of each of them
	rows   map[int32]schema.RowCounts // of each day

	// Of what is being handed over, kept for their memory.
	sorted     []place
	shares     map[int32]*share // by day
	block      []byte
	compressed []byte
	ends       []int32
}

// Appender makes an appender; what it holds reaches the store by Close at the
// latest.
func (s *Store) Appender() *Appender {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appenders++
	return &Appender{
		store: s, rows: map[int32]schema.RowCounts{}, shares: map[int32]*share{},
		nextID: s.appenders << appenderShift,
	}
}

// appenderShift is where an entry's id has the number of its appender, from 1.
const appenderShift = 40

// Append takes a copy of a job that lives under a day and was called first at
// firstCall, in ms, 0 for never. It returns the entry's id, which is unique
// within the store and never 0.
func (a *Appender) Append(key schema.Key, day int32, firstCall int64, hash schema.ContentHash, job *schema.Job) (id uint64, err error) {
	a.nextID++
	before := len(a.open)
	a.open = appendEntry(a.open, key, a.nextID, firstCall, hash, job)
	if size := len(a.open) - before; size > maxEntry {
		return 0, fmt.Errorf("sort job %s: it takes %d bytes, more than %d", job.JobID, size, maxEntry)
	}
	a.days = append(a.days, day)
	rows := a.rows[day]
	rows.Add(job.CountRows())
	a.rows[day] = rows
	if int64(len(a.open)) >= a.store.options.Open {
		return a.nextID, a.flush()
	}
	return a.nextID, nil
}

// maxEntry is how many bytes a job may take, so that lengths fit into an int32,
// compressed or not. Input of 64 MiB, the most that is decoded as one job, is
// far from it.
const maxEntry = 1 << 30

// segmentBytes is how much of a part of a day is handed over at a time: it
// bounds the memory that compressing takes.
const segmentBytes = 4 << 20

// Close hands over to the store what the appender holds, and frees its memory.
// The appender takes no more.
func (a *Appender) Close() error {
	err := a.flush()
	a.release()
	return err
}

func (a *Appender) release() {
	a.open, a.days, a.sorted, a.block, a.compressed, a.ends = nil, nil, nil, nil, nil, nil
}

// flush sorts what the appender holds, compresses it and hands it over.
func (a *Appender) flush() error {
	if err := a.sort(); err != nil {
		return err
	}
	plain := 0
	for i, p := range a.sorted {
		a.block = append(a.block, a.open[p.start:p.end]...)
		plain += p.end - p.start
		last := i == len(a.sorted)-1 || !p.samePart(&a.sorted[i+1])
		if last || len(a.block) >= blockBytes {
			a.compressed = appendCompressed(a.compressed, a.block)
			a.ends, a.block = append(a.ends, int32(len(a.compressed))), a.block[:0]
		}
		if last || plain >= segmentBytes && len(a.block) == 0 {
			if err := a.store.add(p.day, p.part, a.shares[p.day].parts, a.compressed, a.ends); err != nil {
				return err
			}
			a.compressed, a.ends, plain = a.compressed[:0], a.ends[:0], 0
		}
	}
	a.open, a.days = a.open[:0], a.days[:0]
	if int64(cap(a.open)) > 2*a.store.options.Open { // of a huge job
		a.release()
	}
	return nil
}

// share is what a flush has of a day.
type share struct {
	jobs  int64
	rows  schema.RowCounts
	bytes int
	parts int
}

// sort finds the places of the jobs and puts them in order: day by day, part by
// part.
func (a *Appender) sort() error {
	clear(a.shares)
	a.sorted = a.sorted[:0]
	block := &reader{rest: a.open}
	for _, day := range a.days {
		start := len(a.open) - len(block.rest)
		entry, err := next(block)
		if err != nil {
			return err
		}
		end := len(a.open) - len(block.rest)
		a.sorted = append(a.sorted, place{day: day, entry: entry, start: start, end: end})
		of := a.shares[day]
		if of == nil {
			of = &share{rows: a.rows[day]}
			a.shares[day] = of
		}
		of.jobs++
		of.bytes += end - start
	}
	clear(a.rows)
	a.store.divide(a.shares)
	for i := range a.sorted {
		p := &a.sorted[i]
		p.part = int32(p.entry.Key.Bucket(a.shares[p.day].parts))
	}
	slices.SortFunc(a.sorted, func(p, q place) int {
		if !p.samePart(&q) {
			return cmp.Or(cmp.Compare(p.day, q.day), cmp.Compare(p.part, q.part))
		}
		return compareEntries(&p.entry, &q.entry)
	})
	return nil
}

// place is where an entry lies in Appender.open.
type place struct {
	day, part  int32
	entry      Entry
	start, end int
}

// samePart reports whether two jobs are in the same part of the same day.
func (p *place) samePart(q *place) bool { return p.day == q.day && p.part == q.part }
