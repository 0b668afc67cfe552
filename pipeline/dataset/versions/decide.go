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
	"callmill/pipeline/dataset/verdict"
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
	err := s.published.loadMissed(func(shard int32) { s.wanted[shard] = true })
	if err != nil {
		return nil, err
	}
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
	d.Counts, d.Pending, d.PendingChanged = d.jobs.Counts, d.jobs.Pending, d.jobs.PendingChanged
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
	key    schema.Key
	job    verdict.Job
	tasks  []verdict.PublishedTask // none where they were not wanted
	asked  bool
	leaves bool // what is published lies before the edge
}

func (k *known) begin(key schema.Key) {
	*k = known{key: key, tasks: k.tasks[:0], job: verdict.Job{
		Facts: k.job.Facts[:0], Sightings: k.job.Sightings[:0], Expected: k.job.Expected[:0], Entries: k.job.Entries[:0],
	}}
}

func (k *known) empty() bool {
	return !k.job.Met() && len(k.tasks)+len(k.job.Entries) == 0 && !k.asked && !k.leaves
}

func (k *known) add(record []byte) error {
	c, j := spill.Decoder(record), &k.job
	switch record[kindAt] {
	case kindAsked:
		k.asked = true
	case kindLeaves:
		k.leaves = true
	case kindSighting:
		var s sighting
		s.code(&c)
		j.Sightings = append(j.Sightings, s.Sighting)
		k.name(s.instanceID, s.jobID)
	case kindExpected:
		var e expectation
		e.code(&c)
		j.Expected = append(j.Expected, e.expected)
		k.name(e.expected.InstanceID, e.expected.JobID)
	case kindEntry:
		var e entry
		e.code(&c)
		j.Entries = append(j.Entries, e.row)
		k.name(e.row.InstanceID, e.row.JobID)
	case kindPublished:
		var t publishedTask
		t.code(&c)
		k.tasks = append(k.tasks, t.PublishedTask)
	default:
		var f fact
		f.code(&c)
		j.Facts = append(j.Facts, f.Fact)
		k.name(f.instanceID, f.jobID)
	}
	return c.Err()
}

// name takes the id of the job from a record that may have it.
func (k *known) name(instanceID, jobID string) {
	if k.job.JobID == "" {
		k.job.InstanceID, k.job.JobID = instanceID, jobID
	}
}
