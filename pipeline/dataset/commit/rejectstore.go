package commit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync/atomic"

	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/dataset/versions"
	"callmill/schema"
)

// rejectStore keeps the rejects that a run met: a damaged archive may be one for
// each of ten million lines. It is safe for concurrent use.
type rejectStore struct {
	met   *spill.Sorter // a record for each, in the order of the table
	raws  spill.File    // their inputs
	count atomic.Int64
	runID string
}

func newRejectStore(dir, runID string, memory int64) *rejectStore {
	return &rejectStore{met: spill.NewSorter(spill.Options{Dir: dir, Memory: memory}), raws: spill.File{Dir: dir}, runID: runID}
}

// metReject is a reject that a run met, once or several times.
type metReject struct {
	row     schema.RejectRow // of the first time, without the input
	undated bool             // FirstSeen is the start of the run
	last    versions.Moment  // the last time

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
	sum := sha256.Sum256(r.Raw)
	size, hash := int64(len(r.Raw)), hex.EncodeToString(sum[:])
	if r.RawBytes > 0 {
		size, hash = r.RawBytes, r.RawSHA256
	}
	raw := r.Raw[:min(len(r.Raw), schema.MaxRejectRaw)]
	offset, err := s.raws.Append(raw)
	if err != nil {
		return fmt.Errorf("spill reject: %w", err)
	}
	met := metReject{
		row: schema.RejectRow{
			InstanceID: r.InstanceID, RejectID: rejectID(r.Code, r.JobID, hash), RawBytes: size, RawSHA256: hash, JobID: r.JobID,
			// A path and what a reason quotes may be of any bytes, a text in the
			// table may not.
			Origin: strings.ToValidUTF8(r.Origin, "\uFFFD"), Reason: strings.ToValidUTF8(r.Reason, "\uFFFD"),
			Code: r.Code,
		},
		last:    versions.Moment{Observed: r.ObservedAt, Sequence: sequence, Position: r.Position},
		undated: r.Undated, rawOffset: offset, rawLength: int64(len(raw)),
	}
	return out.Encode(met.code)
}

// rejectID is the same for the same trouble with the same input, wherever and
// whenever it is met.
func rejectID(code, jobID, rawSHA256 string) string {
	h := sha256.New()
	for _, part := range []string{code, jobID, rawSHA256} {
		io.WriteString(h, part+"\x00")
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
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
