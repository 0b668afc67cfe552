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
	"fmt"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Store is what a run knows of the versions of jobs. Its appenders, Final and,
// after Decide, Of are safe for concurrent use.
type Store struct {
	published *published
	sightings *spill.Sorter // one record for each version of a job
	requests  spill.Blobs   // ids of the requests that brought published content again
	facts     *spill.Sorter // of SearchTask, by job

	wanted    *decisions // published jobs whose facts are needed
	decisions *decisions
	verdict   *verdict
}

// New makes a Store that uses about memory bytes and puts the rest into files in
// dir. Nothing is published until Load.
func New(dir string, memory int64) *Store {
	return &Store{
		published: newPublished(dir, memory*3/7),
		sightings: spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 7}),
		requests:  spill.Blobs{Dir: dir, Memory: memory / 56},
		facts:     spill.NewSorter(spill.Options{Dir: dir, Memory: memory / 14}),
		wanted:    newDecisions(dir, memory/14),
		decisions: newDecisions(dir, memory/7),
	}
}

// Load reads what is published of all jobs. d has a published snapshot.
func (s *Store) Load(ctx context.Context, d *dataset.Dataset) error {
	return s.published.load(ctx, d)
}

// Published returns the published shards of a day.
func (s *Store) Published(day int32) []*shard.Published { return s.published.byDay[day] }

// Final reports whether a job is published and was over then.
func (s *Store) Final(key schema.Key) (bool, error) {
	job, err := s.published.finder().find(key)
	return job != nil && job.final, err
}

// Counts returns what became of the versions.
func (s *Store) Counts() dataset.Counts { return s.verdict.counts }

// Unmatched returns how many tasks SearchTask had values of that are in no table,
// apart from those of jobs that are written: see [Shard.Complete].
func (s *Store) Unmatched() int64 { return s.verdict.unmatched }

// Dirty returns the shards whose rows change, in as many buckets as their day has
// in the published snapshot; one, for a new day. The caller must not modify it.
func (s *Store) Dirty() map[shard.Shard]bool { return s.verdict.dirty }

// Replaced returns how many published jobs of a day are replaced.
func (s *Store) Replaced(day int32) int64 { return s.verdict.replaced[day] }

// Lost returns how many of the versions that came for a day are not published.
func (s *Store) Lost(day int32) int64 { return s.verdict.lost[day] }

// Undated returns the starts of runs that date versions which this run publishes.
func (s *Store) Undated() map[int64]bool { return s.verdict.undated }

// Accepted returns when a version of a job was accepted last, unchanged ones
// included; ok is false if none was, or Decide was not asked about the job.
func (s *Store) Accepted(key schema.Key) (at Moment, ok bool) {
	at, ok = s.verdict.accepted[key]
	return at, ok
}

// AnyAccepted reports whether a version was accepted of any of the jobs that
// Decide was asked about.
func (s *Store) AnyAccepted() bool { return len(s.verdict.accepted) > 0 }

// Close frees memory and disk space.
func (s *Store) Close() error {
	return errors.Join(s.sightings.Close(), s.requests.Close(), s.facts.Close(),
		s.wanted.Close(), s.decisions.Close(), s.published.jobs.Close())
}

// Of loads the decisions about the jobs of a shard.
func (s *Store) Of(in shard.Shard) (*Shard, error) {
	of, err := s.decisions.of(in)
	if err != nil {
		return nil, fmt.Errorf("load decisions: %w", err)
	}
	return &Shard{of, s}, nil
}
