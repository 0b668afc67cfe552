package gather

import (
	"cmp"
	"fmt"
	"slices"

	"callmill/schema"
)

// Appender takes rows from one worker. It is not safe for concurrent use, and of
// no use after an error.
type Appender struct {
	store  *Store
	nextID uint64
	open   []byte  // entries, as they came
	days   []int32 // of each of them
	lines  lines   // that the entries refer to

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
	a := &Appender{store: s, shares: map[int32]*share{}}
	s.appenders = append(s.appenders, a)
	a.nextID = uint64(len(s.appenders)) << appenderShift
	return a
}

// appenderShift is where an entry's id has the number of its appender, from 1.
const appenderShift = 40

// Append takes a copy of the rows of a job and gives the entry's id, which is
// unique within the store and never 0.
func (a *Appender) Append(key schema.Key, rows *schema.Rows) (id uint64, err error) {
	a.nextID++
	before := len(a.open)
	a.open = a.store.codec.append(a.open, key, a.nextID, rows, &a.lines)
	if size := len(a.open) - before; size > maxEntry {
		return 0, fmt.Errorf("gather job %s: its rows take %d bytes, more than %d", rows.Job.JobID, size, maxEntry)
	}
	a.days = append(a.days, rows.JobDate)
	if int64(len(a.open)) >= a.store.options.Open {
		return a.nextID, a.flush()
	}
	return a.nextID, nil
}

// maxEntry is how many bytes the rows of a job may take, so that lengths fit
// into an int32, compressed or not. Input of 64 MiB, the most that is decoded as
// one job, is far from it.
const maxEntry = 1 << 30

// segmentBytes is how much of a part of a day is handed over at a time: it
// bounds what compressing it takes besides.
const segmentBytes = 4 << 20

// Close hands over to the store what the appender holds, and gives back its
// memory. The appender takes no more.
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
		last := i == len(a.sorted)-1 || !p.with(&a.sorted[i+1])
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
	counts RowCounts
	bytes  int
	parts  int
}

// sort finds the places of the jobs and puts them in order: day by day, part by
// part.
func (a *Appender) sort() error {
	clear(a.shares)
	a.sorted = a.sorted[:0]
	src := newSource(a.open)
	for _, day := range a.days {
		start := len(a.open) - len(src.rest)
		entry, err := next(src)
		if err != nil {
			return err
		}
		end := len(a.open) - len(src.rest)
		a.sorted = append(a.sorted, place{day, entry.Key, 0, entry.FirstCall, entry.JobID, entry.Instance, start, end})
		of := a.shares[day]
		if of == nil {
			of = &share{}
			a.shares[day] = of
		}
		of.counts.Add(entry.Counts, 1)
		of.bytes += end - start
	}
	a.store.divide(a.shares)
	for i := range a.sorted {
		p := &a.sorted[i]
		p.part = p.key.Bucket(a.shares[p.day].parts)
	}
	slices.SortFunc(a.sorted, func(p, q place) int {
		if !p.with(&q) {
			return cmp.Or(cmp.Compare(p.day, q.day), cmp.Compare(p.part, q.part))
		}
		return CompareJobs(p.firstCall, p.jobID, p.instance, q.firstCall, q.jobID, q.instance)
	})
	return nil
}

// place is where a job is in the rows of an appender, and what it is sorted by.
type place struct {
	day             int32
	key             schema.Key
	part            int
	firstCall       int64
	jobID, instance string
	start, end      int
}

// with reports whether two jobs are of the same part of the same day.
func (p *place) with(q *place) bool { return p.day == q.day && p.part == q.part }
