// Package met keeps the rejects that a run met, beyond memory.
package met

import (
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"callmill/pipeline/dataset/reject"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// Store keeps the rejects that a run met: a damaged archive may be one for
// each of ten million lines. It is safe for concurrent use.
type Store struct {
	met   *spill.Sorter // a record for each, in the order of the table
	raws  spill.File    // their inputs
	count atomic.Int64
	// Expired are those that lie before the edge, which are not kept.
	Expired atomic.Int64
	runID   string
}

// New makes a Store of a run that uses about memory bytes and puts the rest into files in
// dir.
func New(dir, runID string, memory int64) *Store {
	return &Store{met: spill.NewSorter(spill.Options{Dir: dir, Memory: memory}), raws: spill.File{Dir: dir}, runID: runID}
}

// Writer makes a writer for the Keep of one worker.
func (s *Store) Writer() *spill.Writer { return s.met.Writer() }

// Count returns how many times a reject was kept.
func (s *Store) Count() int64 { return s.count.Load() }

// Reject is a reject that a run met, once or several times.
type Reject struct {
	Row     schema.RejectRow // of the first time, without the input
	Undated bool             // FirstSeen is the start of the run
	Last    verdict.Moment   // the last time

	rawOffset int64 // of the input in Store.raws
	rawLength int64
}

// code encodes or decodes the record of a reject that was met once. Records are
// in the order of the table, those of one reject in that of a run.
func (r *Reject) code(c *spill.Codec) {
	c.SortText(&r.Row.InstanceID)
	c.SortText(&r.Row.RejectID)
	c.Int(&r.Last.Observed)
	c.Int(&r.Last.Sequence)
	c.Int(&r.Last.Position)
	c.Bool(&r.Undated)
	c.Varint(&r.rawOffset)
	c.Varint(&r.rawLength)
	c.Varint(&r.Row.RawBytes)
	for _, text := range [...]*string{&r.Row.RawSHA256, &r.Row.JobID, &r.Row.Origin, &r.Row.Code, &r.Row.Reason} {
		c.Text(text)
	}
}

// Keep keeps the input of a reject, its first MiB, and adds a record of all else
// to out.
func (s *Store) Keep(out *spill.Writer, r *schema.Reject, sequence int64) error {
	s.count.Add(1)
	met := Reject{
		Row:     reject.Row(r),
		Last:    verdict.Moment{Observed: r.ObservedAt, Sequence: sequence, Position: r.Position},
		Undated: r.Undated,
	}
	offset, err := s.raws.Append(met.Row.Raw)
	if err != nil {
		return fmt.Errorf("spill reject: %w", err)
	}
	met.rawOffset, met.rawLength = offset, int64(len(met.Row.Raw))
	return out.Encode(met.code)
}

// All returns the rejects in the order of the table. All appenders are flushed.
func (s *Store) All() iter.Seq2[*Reject, error] {
	return func(yield func(*Reject, error) bool) {
		var current *Reject
		for record, err := range s.met.All() {
			if err != nil {
				yield(nil, err)
				return
			}
			r, c := &Reject{}, spill.Decoder(record)
			if r.code(&c); c.Err() != nil {
				yield(nil, c.Err())
				return
			}
			r.Row.FirstSeen, r.Row.Position, r.Row.FirstRun = r.Last.Observed, r.Last.Position, s.runID
			if current != nil && reject.Compare(&current.Row, &r.Row) == 0 {
				current.Last = r.Last // they are in the order in which they were met
				continue
			}
			if current != nil && !yield(current, nil) {
				return
			}
			current = r
		}
		if current != nil {
			yield(current, nil)
		}
	}
}

// Whole returns the row of a reject with its input.
func (s *Store) Whole(r *Reject) (*schema.RejectRow, error) {
	row := r.Row
	row.Raw = make([]byte, r.rawLength)
	if _, err := s.raws.ReadAt(row.Raw, r.rawOffset); err != nil {
		return nil, fmt.Errorf("read spilled reject: %w", err)
	}
	return &row, nil
}

// Close frees memory and disk space.
func (s *Store) Close() error { return errors.Join(s.met.Close(), s.raws.Close()) }
