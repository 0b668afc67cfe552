package commit

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"callmill/pipeline/dataset/reject"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// rejectStore keeps the rejects that a run met: a damaged archive may be one for
// each of ten million lines. It is safe for concurrent use.
type rejectStore struct {
	met   *spill.Sorter // a record for each, in the order of the table
	raws  spill.File    // their inputs
	count atomic.Int64
	// expired are those that lie before the edge, and are not kept.
	expired atomic.Int64
	runID   string
}

func newRejectStore(dir, runID string, memory int64) *rejectStore {
	return &rejectStore{met: spill.NewSorter(spill.Options{Dir: dir, Memory: memory}), raws: spill.File{Dir: dir}, runID: runID}
}

// metReject is a reject that a run met, once or several times.
type metReject struct {
	row     schema.RejectRow // of the first time, without the input
	undated bool             // FirstSeen is the start of the run
	last    verdict.Moment   // the last time

	rawOffset int64 // of the input in rejectStore.raws
	rawLength int64
}

// code encodes or decodes the record of a reject that was met once. Records are
// in the order of the table, those of one reject in that of a run.
func (r *metReject) code(c *spill.Codec) {
	c.SortText(&r.row.InstanceID)
	c.SortText(&r.row.RejectID)
	c.Int(&r.last.Observed)
	c.Int(&r.last.Sequence)
	c.Int(&r.last.Position)
	c.Bool(&r.undated)
	c.Varint(&r.rawOffset)
	c.Varint(&r.rawLength)
	c.Varint(&r.row.RawBytes)
	for _, text := range [...]*string{&r.row.RawSHA256, &r.row.JobID, &r.row.Origin, &r.row.Code, &r.row.Reason} {
		c.Text(text)
	}
}

// compareRejects is the order of the table.
func compareRejects(a, b *schema.RejectRow) int {
	return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
}

// keep keeps the input of a reject, its first MiB, and adds a record of all else
// to out.
func (s *rejectStore) keep(out *spill.Writer, r *schema.Reject, sequence int64) error {
	s.count.Add(1)
	met := metReject{
		row:     reject.Row(r),
		last:    verdict.Moment{Observed: r.ObservedAt, Sequence: sequence, Position: r.Position},
		undated: r.Undated,
	}
	offset, err := s.raws.Append(met.row.Raw)
	if err != nil {
		return fmt.Errorf("spill reject: %w", err)
	}
	met.rawOffset, met.rawLength = offset, int64(len(met.row.Raw))
	return out.Encode(met.code)
}

// all returns the rejects in the order of the table. All appenders are flushed.
func (s *rejectStore) all() iter.Seq2[*metReject, error] {
	return func(yield func(*metReject, error) bool) {
		var current *metReject
		for record, err := range s.met.All() {
			if err != nil {
				yield(nil, err)
				return
			}
			r, c := &metReject{}, spill.Decoder(record)
			if r.code(&c); c.Err() != nil {
				yield(nil, c.Err())
				return
			}
			r.row.FirstSeen, r.row.Position, r.row.FirstRun = r.last.Observed, r.last.Position, s.runID
			if current != nil && compareRejects(&current.row, &r.row) == 0 {
				current.last = r.last // they are in the order in which they were met
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

// whole returns the row of a reject with its input.
func (s *rejectStore) whole(r *metReject) (*schema.RejectRow, error) {
	row := r.row
	row.Raw = make([]byte, r.rawLength)
	if _, err := s.raws.ReadAt(row.Raw, r.rawOffset); err != nil {
		return nil, fmt.Errorf("read spilled reject: %w", err)
	}
	return &row, nil
}

func (s *rejectStore) close() error { return errors.Join(s.met.Close(), s.raws.Close()) }
