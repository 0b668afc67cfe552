// Package jobsort sorts jobs beyond memory, between the workers that decode them
// and the shards that they are written to.
//
// An [Appender] encodes jobs (package jobcode) and adds them to a sorter of package
// spill, by the day they live under and by the order of their rows; [Sorted]
// reads them back. A day of many rows is kept in parts, so that a bucket of it
// can be read without the others.
//
// The package does not decide which of several versions of a job is published,
// and knows neither rows nor files of tables.
package jobsort

import (
	"fmt"
	"math/bits"
	"sync"

	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Options say how much memory a Store may use and where the rest goes. The zero
// value is useful.
type Options struct {
	// Memory is the number of bytes of compressed jobs kept in memory; where
	// there are more, all are kept in a file. 0 means 64 MiB.
	Memory int64
	// Open is the number of bytes of jobs an Appender holds before it compresses
	// them; 0 means 16 MiB.
	Open int64
	// Dir is where that file is created; "" is the system's folder for temporary
	// files.
	Dir string
	// Buckets returns in how many buckets, a power of two, a day will be read
	// whose largest table has so many rows; nil means one. It is called while
	// jobs still come, and an estimate is enough: with a wrong one a part of the
	// day is read more than once.
	Buckets func(rows int64) int
}

// Store is where appenders leave jobs. It is safe for concurrent use.
type Store struct {
	options Options
	jobs    *spill.Sorter

	mu        sync.Mutex
	days      map[int32]*day
	appenders uint64
}

// day is what there is of a day.
type day struct {
	jobs   int64
	rows   schema.RowCounts
	levels [maxLevel + 1]bool // which levels of parts its jobs are in
}

// A job of level n is in the part of its day that is its bucket among 1<<n.
const maxLevel = 16

const (
	// blockBytes is how much is compressed and read back at a time: while a
	// bucket is read, a block of each run is in memory for each of its parts.
	// With the job that fills it a block is mostly within 32 KiB, the largest
	// size class of the allocator.
	blockBytes = 28 << 10
	// partBytes is the least size of a part of a run on average: more parts
	// would take more memory while they are read.
	partBytes = 3 * blockBytes
)

// NewStore makes an empty Store.
func NewStore(o Options) *Store {
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	if o.Open == 0 {
		o.Open = 16 << 20
	}
	if o.Buckets == nil {
		o.Buckets = func(int64) int { return 1 }
	}
	return &Store{
		options: o, days: map[int32]*day{},
		jobs: spill.NewSorter(spill.Options{Dir: o.Dir, Memory: o.Memory, Run: o.Open, Block: blockBytes, Prefix: partPrefix}),
	}
}

// place counts a job of a day and returns the level of its part. It estimates
// the final number of buckets by assuming that a quarter of the day has arrived:
// with too few parts each is read for several buckets, with too many more blocks
// are in memory at a time.
func (s *Store) place(number int32, rows schema.RowCounts) (level int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.days[number]
	if d == nil {
		d = &day{}
		s.days[number] = d
	}
	d.jobs++
	d.rows.Add(rows)
	parts := min(s.options.Buckets(4*d.rows.Max()), 1<<maxLevel)
	for parts > 1 && s.options.Open/int64(parts) < partBytes {
		parts /= 2
	}
	level = bits.Len(uint(parts)) - 1
	d.levels[level] = true
	return level
}

// Day returns how many jobs of a day were appended, and how many rows they have.
func (s *Store) Day(number int32) (jobs int64, rows schema.RowCounts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.days[number]; d != nil {
		return d.jobs, d.rows
	}
	return 0, schema.RowCounts{}
}

// Close frees memory and disk space.
func (s *Store) Close() error { return s.jobs.Close() }

// Appender takes jobs from one worker. Not safe for concurrent use; after an
// error it must not be used any more.
type Appender struct {
	store  *Store
	out    *spill.Writer
	nextID uint64
	record []byte
	jobs   jobcode.Encoder
}

// appenderShift is where an entry's id has the number of its appender, from 1.
const appenderShift = 40

// Appender makes an appender; what it holds reaches the store by Close at the
// latest.
func (s *Store) Appender() *Appender {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appenders++
	return &Appender{store: s, out: s.jobs.Writer(), nextID: s.appenders << appenderShift}
}

// Append takes a copy of a job that lives under a day and was called first at
// firstCall, in ms, 0 for never. It returns the entry's id, which is unique
// within the store and never 0.
func (a *Appender) Append(key schema.Key, day int32, firstCall int64, hash schema.ContentHash, job *schema.Job) (id uint64, err error) {
	a.nextID++
	level := a.store.place(day, job.CountRows())
	e := Entry{Key: key, ID: a.nextID, FirstCall: firstCall, Instance: job.InstanceID, JobID: job.JobID, Hash: hash}
	c := spill.Encoder(appendPart(a.record[:0], day, level, key.Bucket(1<<level)))
	e.code(&c)
	a.record = a.jobs.Append(c.Bytes(), job)
	if err := a.out.Add(a.record); err != nil {
		return 0, fmt.Errorf("job %s: %w", job.JobID, err)
	}
	if int64(cap(a.record)) > a.store.options.Open { // of a huge job
		a.record = nil
	}
	return a.nextID, nil
}

// Close hands over to the store what the appender holds, and frees its memory.
// The appender takes no more.
func (a *Appender) Close() error {
	a.record = nil
	return a.out.Close()
}
