package versions

import (
	"bytes"
	"context"

	"callmill/schema"
)

// Decide decides between the versions of every job, and what becomes of
// SearchTask's values. All appenders are flushed. undated are the starts of runs
// that dated published versions, asked the jobs of which Accepted will be asked.
func (s *Store) Decide(ctx context.Context, undated []int64, asked map[schema.Key]bool) error {
	s.verdict = newVerdict(s, undated, asked)
	if err := s.decideJobs(ctx); err != nil {
		return err
	}
	if err := s.wanted.finish(); err != nil {
		return err
	}
	if err := s.mergePublishedFacts(ctx); err != nil {
		return err
	}
	return s.decisions.finish()
}

// decideJobs goes through the sightings and the facts of the run side by side,
// both in the order of jobs.
func (s *Store) decideJobs(ctx context.Context) error {
	facts, err := newFactsReader(s.facts)
	if err != nil {
		return err
	}
	var seen []sighting // of one job
	for record, err := range s.sightings.All() {
		if err != nil {
			return err
		}
		next := sightingOf(record)
		if len(seen) > 0 && seen[0].key != next.key {
			if err := s.decideJob(seen, facts); err != nil {
				return err
			}
			if seen = seen[:0]; ctx.Err() != nil {
				return ctx.Err()
			}
		}
		seen = append(seen, next)
	}
	if len(seen) > 0 {
		if err := s.decideJob(seen, facts); err != nil {
			return err
		}
	}
	for key, more := facts.key(); more; key, more = facts.key() {
		if err := s.placeAlone(key, s.verdict.finder, facts); err != nil {
			return err
		}
	}
	return nil
}

// decideJob decides on one job, and before it on the facts of those before it
// that the run did not see.
func (s *Store) decideJob(seen []sighting, facts *factsReader) error {
	key, more := facts.key()
	for ; more && bytes.Compare(key[:], seen[0].key[:]) < 0; key, more = facts.key() {
		if err := s.placeAlone(key, s.verdict.finder, facts); err != nil {
			return err
		}
	}
	o, err := s.verdict.decide(seen)
	if err != nil {
		return err
	}
	var of []taskFacts
	if more && key == o.key {
		if of, err = facts.take(o.published); err != nil {
			return err
		}
	}
	return s.place(&o, of)
}
