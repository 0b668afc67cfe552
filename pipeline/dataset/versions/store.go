// Package versions decides which version of every job is published, and what
// becomes of SearchTask's values.
//
// Appenders keep a sighting of each version that a run meets, and the facts that
// SearchTask has of tasks. When all are there, [Store.Decide] goes through them
// job by job, beside what is published, and leaves decisions by shard: which
// versions are not published, which published rows go or change, which facts a
// job gets. The writer of a shard asks for those of its jobs ([Store.Of]). All of
// it is kept within a share of the memory and otherwise on disk.
//
// The package does not keep the jobs themselves, and writes no tables.
package versions

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Store is what a run knows of the versions of jobs. Its appenders, Standing and,
// after Decide, Of are safe for concurrent use.
type Store struct {
	published *published
	seen      *spill.Sorter // versions and facts, by job: sighting and fact
	decisions *spill.Sorter // by shard: see shard.go
	accepted  *spill.Sorter // by job: acceptance

	mu     sync.Mutex
	wanted map[int]wanted // shards whose published facts are needed
}

// New makes a Store that uses about memory bytes and puts the rest into files in
// dir. Nothing is published until Load.
func New(dir string, memory int64) *Store {
	return &Store{
		published: newPublished(dir, memory*3/7),
		seen:      spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 4}),
		decisions: spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 7}),
		accepted:  spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 28}),
		wanted:    map[int]wanted{},
	}
}

// Load reads what is published of all jobs. d has a published snapshot.
func (s *Store) Load(ctx context.Context, d *dataset.Dataset) error {
	return s.published.load(ctx, d)
}

// Published returns the published shards of a day.
func (s *Store) Published(day int32) []*shard.Published { return s.published.byDay[day] }

// Days returns the days of published shards.
func (s *Store) Days() iter.Seq[int32] { return maps.Keys(s.published.byDay) }

// Instances returns the instances that jobs are published of, in order.
func (s *Store) Instances() []string { return slices.Sorted(maps.Keys(s.published.instances)) }

// Standing is how a job stands in the published snapshot.
type Standing struct {
	Final    bool  // its status is terminal
	LastCall int64 // ms; 0: none
}

// Standing returns how a job is published; ok is false where it is not.
func (s *Store) Standing(key schema.Key) (standing Standing, ok bool, err error) {
	job, err := s.published.finder().find(key)
	if err != nil || job == nil {
		return Standing{}, false, err
	}
	return Standing{job.final, job.lastCall}, true, nil
}

// Close frees memory and disk space.
func (s *Store) Close() error {
	return errors.Join(s.seen.Close(), s.decisions.Close(), s.accepted.Close(), s.published.jobs.Close())
}
