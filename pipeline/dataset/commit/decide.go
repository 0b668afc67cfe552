package commit

import (
	"bytes"
	"context"
	"fmt"

	"callmill/schema"
)

// decide decides between the versions of every job, and what becomes of
// SearchTask's values. All appenders are flushed.
func (tx *Tx) decide(ctx context.Context) error {
	asked, err := tx.rejectedJobs()
	if err != nil {
		return err
	}
	tx.versions = newVersions(tx, asked)
	if err := tx.decideJobs(ctx); err != nil {
		return err
	}
	if err := tx.wanted.finish(); err != nil {
		return err
	}
	if err := tx.mergePublishedFacts(ctx); err != nil {
		return err
	}
	if err := tx.decisions.finish(); err != nil {
		return err
	}
	if tx.anew {
		return tx.balanceAnew()
	}
	return nil
}

// decideJobs goes through the sightings and the facts of the run side by side,
// both in the order of jobs.
func (tx *Tx) decideJobs(ctx context.Context) error {
	facts, err := newFactsReader(tx.facts)
	if err != nil {
		return err
	}
	defer facts.stop()
	var seen []sighting // of one job
	for record, err := range tx.sightings.All() {
		if err != nil {
			return err
		}
		s := sightingOf(record)
		if len(seen) > 0 && seen[0].key != s.key {
			if err := tx.decideJob(seen, facts); err != nil {
				return err
			}
			if seen = seen[:0]; ctx.Err() != nil {
				return ctx.Err()
			}
		}
		seen = append(seen, s)
	}
	if len(seen) > 0 {
		if err := tx.decideJob(seen, facts); err != nil {
			return err
		}
	}
	for key, more := facts.key(); more; key, more = facts.key() {
		if err := tx.placeAlone(key, tx.versions.finder, facts); err != nil {
			return err
		}
	}
	return nil
}

// decideJob decides on one job, and before it on the facts of those before it
// that the run did not see.
func (tx *Tx) decideJob(seen []sighting, facts *factsReader) error {
	key, more := facts.key()
	for ; more && bytes.Compare(key[:], seen[0].key[:]) < 0; key, more = facts.key() {
		if err := tx.placeAlone(key, tx.versions.finder, facts); err != nil {
			return err
		}
	}
	o, err := tx.versions.decide(seen)
	if err != nil {
		return err
	}
	var of []taskFacts
	if more && key == o.key {
		if of, err = facts.take(o.published); err != nil {
			return err
		}
	}
	return tx.place(&o, of)
}

// balanceAnew checks that the very jobs of the published snapshot came back,
// and counts them as what they are: unchanged.
func (tx *Tx) balanceAnew() error {
	c := &tx.versions.counts
	if was := tx.dataset.Manifest().Table(schema.TableJobs).Rows; c.New != was || c.Seen != was {
		return fmt.Errorf("rewrite: %d jobs of %d came back as %d: the snapshot is damaged, `callmill verify` says how", c.Seen, was, c.New)
	}
	c.New, c.Unchanged = 0, c.New
	return nil
}
