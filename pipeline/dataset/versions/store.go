// Package versions decides which version of every job is published, and what
// becomes of SearchTask's values, beyond memory: it gathers what there is of a job,
// and what becomes of it is package verdict's to say.
//
// Appenders keep a sighting of each version that a run meets, the facts that
// SearchTask has of tasks, and which jobs are expected. When all are there,
// [Store.Decide] goes through them job by job, beside what is published and what is
// pending, and leaves decisions by shard: which versions are not published, which
// published rows go or change, which facts a job gets. The writer of a shard asks for
// those of its jobs ([Store.Of]). What is pending then, [Store.Pending] tells. All of
// it is kept within a share of the memory and otherwise on disk.
//
// Of what is published a run reads what it has to know of the jobs that it meets: see
// published.go. A night that brings nothing new takes no longer for all that is published.
//
// The package does not keep the jobs themselves, and writes no tables.
package versions

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// Store is what a run knows of the versions of jobs. Its appenders, Standing and,
// after Decide, Of are safe for concurrent use.
type Store struct {
	published *published
	seen      *spill.Sorter // what a run met and what is pending, by job: see record.go
	decisions *spill.Sorter // by shard: see shard.go
	accepted  *spill.Sorter // by job: acceptance
	pending   *spill.Sorter // what is pending afterwards, in the order of its file

	retention Retention
	mu        sync.Mutex
	wanted    map[int32]bool // shards whose published tasks are needed
}

// Retention says what is too old to be kept. The zero value keeps all.
type Retention struct {
	Edge   int64                 // ms: what lies before it goes, see package verdict; 0: nothing does
	OnHold func(schema.Key) bool // reports whether a job is kept however old it is; nil: none is
}

func (r *Retention) onHold(key schema.Key) bool { return r.OnHold != nil && r.OnHold(key) }

// New makes a Store that uses about memory bytes and puts the rest into files in
// dir. Nothing is published until Load.
func New(dir string, memory int64, r Retention) *Store {
	return &Store{
		retention: r,
		published: newPublished(dir, memory*3/7),
		seen:      spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 4}),
		decisions: spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 7}),
		accepted:  spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 28}),
		pending:   spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 28}),
		wanted:    map[int32]bool{},
	}
}

// Load takes what is published and what is pending. Of the published jobs it reads those
// that may lie before the edge, and the others as they are met; all at once, where that
// is wanted. d has a published snapshot.
func (s *Store) Load(ctx context.Context, d *dataset.Dataset, all bool) error {
	if err := s.published.open(ctx, d); err != nil {
		return err
	}
	if all {
		if err := s.published.loadWhole(); err != nil {
			return err
		}
	}
	out, scratch := s.seen.Writer(), make([]byte, 0, 256)
	if s.retention.Edge != 0 {
		err := s.published.loadBefore(s.retention.Edge, func(job *publishedJob) (leaves bool, err error) {
			if leaves = s.leaves(job); leaves {
				err = out.Add(append(job.key[:], kindLeaves))
			}
			return leaves, err
		})
		if err != nil {
			return err
		}
	}
	for row, err := range tables.Pending(d) {
		if err == nil {
			e := entry{schema.JobKey(scratch, row.InstanceID, row.JobID), *row}
			err = out.Encode(e.code)
		}
		if err != nil {
			return fmt.Errorf("load what is pending: %w", err)
		}
	}
	return out.Close()
}

// leaves reports whether a published job lies before the edge.
func (s *Store) leaves(job *publishedJob) bool {
	p := verdict.Published{LastCall: job.lastCall, FirstSeen: job.firstSeen}
	return p.Before(s.retention.Edge) && !s.retention.onHold(job.key)
}

// Pending returns what is pending once Decide has returned, in order. Each entry is
// valid until the next, but for its texts, lists and pointers, which stay.
func (s *Store) Pending() iter.Seq2[*schema.PendingRow, error] {
	return func(yield func(*schema.PendingRow, error) bool) {
		for record, err := range s.pending.All() {
			var row schema.PendingRow
			if c := spill.Decoder(record); err == nil {
				codeRow(&c, &row)
				err = c.Err()
			}
			if !yield(&row, err) || err != nil {
				return
			}
		}
	}
}

// Published returns the published shards of a day.
func (s *Store) Published(day int32) []*shard.Published { return s.published.byDay[day] }

// Days returns the days of published shards, in order. The caller must not modify them.
func (s *Store) Days() []int32 { return s.published.days }

// Instances returns the instances that jobs are published of, in order.
func (s *Store) Instances() ([]string, error) { return s.published.instances() }

// Standing is how a job stands in the published snapshot.
type Standing struct {
	Final    bool  // its status is terminal
	LastCall int64 // ms; 0: none
}

// Standing returns how a job is published that was called at an instant, in ms, or 0
// where that is not known, which takes longer; ok is false where it is not published.
func (s *Store) Standing(key schema.Key, call int64) (standing Standing, ok bool, err error) {
	job, err := s.published.finder().findCalled(key, call)
	if err != nil || job == nil {
		return Standing{}, false, err
	}
	return Standing{job.final, job.lastCall}, true, nil
}

// Close frees memory and disk space.
func (s *Store) Close() error {
	return errors.Join(s.seen.Close(), s.decisions.Close(), s.accepted.Close(), s.pending.Close(), s.published.all.Close())
}
