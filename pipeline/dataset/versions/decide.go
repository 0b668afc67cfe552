package versions

import (
	"bytes"
	"context"
	"errors"
	"iter"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// Verdict is what Decide found for the run as a whole. The caller must not
// modify it.
type Verdict struct {
	Counts dataset.Counts // what became of the versions
	// Undated are the starts of runs that date versions which are published now.
	Undated  map[int64]bool
	Accepted int64 // of how many jobs asked about a version was accepted: see Store.Accepted
	// Dirty are the shards whose rows change, in as many buckets as their day has
	// in the published snapshot; one, for a new day.
	Dirty map[shard.Shard]bool
	// Replaced are how many published jobs of a day are replaced, Lost how many
	// of the versions that came for it are not published.
	Replaced, Lost map[int32]int64
	// Pending is what became of what was pending.
	Pending        reconcile.Summary
	PendingChanged bool // what is pending is not what it was
}

// Decide decides between the versions of every job, and what becomes of
// SearchTask's values. All appenders are flushed. undated are the starts of runs
// that dated published versions, asked the jobs that Accepted is wanted of, each
// once or several times; nil is none. rules say what is pending then. It is called
// once.
func (s *Store) Decide(ctx context.Context, undated []int64, asked iter.Seq2[schema.Key, error], rules *reconcile.Rules) (*Verdict, error) {
	if err := s.loadTasks(ctx); err != nil {
		return nil, err
	}
	if err := s.ask(asked); err != nil {
		return nil, err
	}
	d := newDecider(s, undated, rules)
	var of known
	for record, err := range s.seen.All() {
		if err == nil && len(record) <= kindAt {
			err = spill.ErrDamaged
		}
		if err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(record, of.key[:]) || of.empty() {
			if err := d.decide(&of); err != nil {
				return nil, err
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			of.begin(schema.Key(record[:kindAt]))
		}
		if err := of.add(record); err != nil {
			return nil, err
		}
	}
	if err := d.decide(&of); err != nil {
		return nil, err
	}
	if err := errors.Join(d.out.Close(), d.accepted.Close(), d.pending.Close()); err != nil {
		return nil, err
	}
	return &d.Verdict, errors.Join(s.decisions.Merge(), s.accepted.Merge())
}

// ask adds the jobs that are asked about, to be merged with what the run met.
func (s *Store) ask(jobs iter.Seq2[schema.Key, error]) error {
	if jobs == nil {
		return nil
	}
	out := s.seen.Writer()
	for key, err := range jobs {
		if err == nil {
			err = out.Add(append(key[:], kindAsked))
		}
		if err != nil {
			return err
		}
	}
	return out.Close()
}

// known is what there is of a job.
type known struct {
	key       schema.Key
	published []publishedTask // in the order of the table; none where they were not wanted
	facts     []fact          // of the run, in the order of instants
	sightings []sighting      // likewise
	expected  []expectation   // likewise
	entries   []schema.PendingRow
	asked     bool
}

func (k *known) begin(key schema.Key) {
	*k = known{
		key: key, published: k.published[:0], facts: k.facts[:0], sightings: k.sightings[:0],
		expected: k.expected[:0], entries: k.entries[:0],
	}
}

func (k *known) empty() bool {
	return len(k.published)+len(k.facts)+len(k.sightings)+len(k.expected)+len(k.entries) == 0 && !k.asked
}

func (k *known) add(record []byte) error {
	c := spill.Decoder(record)
	switch record[kindAt] {
	case kindAsked:
		k.asked = true
	case kindSighting:
		var s sighting
		s.code(&c)
		k.sightings = append(k.sightings, s)
	case kindExpected:
		var e expectation
		e.code(&c)
		k.expected = append(k.expected, e)
	case kindEntry:
		var e entry
		e.code(&c)
		k.entries = append(k.entries, e.row)
	case kindPublished:
		var t publishedTask
		t.code(&c)
		k.published = append(k.published, t)
	default:
		var f fact
		f.code(&c)
		k.facts = append(k.facts, f)
	}
	return c.Err()
}

// met reports whether the run met the job.
func (k *known) met() bool { return len(k.facts)+len(k.sightings)+len(k.expected) > 0 }

// decide decides on a job.
func (d *decider) decide(of *known) error {
	if !of.met() {
		return d.keepEntries(of)
	}
	old, err := d.finder.find(of.key)
	if err != nil {
		return err
	}
	o, err := d.decideVersions(old, of)
	if err != nil {
		return err
	}
	facts := mergeFacts(&o, of)
	if err := d.decideFacts(&o, of, facts); err != nil {
		return err
	}
	return d.decidePending(&o, of, facts)
}
