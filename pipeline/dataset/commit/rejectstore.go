package commit

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
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
	rawLength uint32
}

// compareRejects is the order of the table.
func compareRejects(a, b *schema.RejectRow) int {
	return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
}

// keep keeps the input of a reject, its first MiB, and appends a record of all
// else to b.
func (s *rejectStore) keep(b []byte, r *schema.Reject, sequence int64) ([]byte, error) {
	s.count.Add(1)
	sum := sha256.Sum256(r.Raw)
	size, hash := int64(len(r.Raw)), hex.EncodeToString(sum[:])
	if r.RawBytes > 0 {
		size, hash = r.RawBytes, r.RawSHA256
	}
	raw := r.Raw[:min(len(r.Raw), schema.MaxRejectRaw)]
	offset, err := s.raws.Append(raw)
	if err != nil {
		return nil, fmt.Errorf("spill reject: %w", err)
	}
	b = spill.AppendSortable(b, r.InstanceID)
	b = spill.AppendSortable(b, rejectID(r.Code, r.JobID, hash))
	b = spill.AppendInt(b, r.ObservedAt)
	b = spill.AppendInt(b, sequence)
	b = spill.AppendInt(b, r.Position)
	b = spill.AppendBool(b, r.Undated)
	b = binary.BigEndian.AppendUint64(b, uint64(offset))
	b = binary.BigEndian.AppendUint32(b, uint32(len(raw)))
	b = binary.BigEndian.AppendUint64(b, uint64(size))
	origin := strings.ToValidUTF8(r.Origin, "\uFFFD") // a path may be of any bytes, a text in the table may not
	for _, text := range [...]string{hash, r.JobID, origin, r.Code, r.Reason} {
		b = spill.AppendText(b, text)
	}
	return b, nil
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

// read reads what keep appended.
func (s *rejectStore) read(record []byte) *metReject {
	r := &metReject{}
	row := &r.row
	row.InstanceID, record, _ = spill.CutSortable(record)
	row.RejectID, record, _ = spill.CutSortable(record)
	row.FirstSeen, row.Position = spill.Int(record), spill.Int(record[16:])
	r.last = versions.Moment{Observed: row.FirstSeen, Sequence: spill.Int(record[8:]), Position: row.Position}
	r.undated = record[24] != 0
	r.rawOffset, r.rawLength = int64(binary.BigEndian.Uint64(record[25:])), binary.BigEndian.Uint32(record[33:])
	row.RawBytes = int64(binary.BigEndian.Uint64(record[37:]))
	record = record[45:]
	for _, text := range [...]*string{&row.RawSHA256, &row.JobID, &row.Origin, &row.Code, &row.Reason} {
		*text, record = spill.CutText(record)
	}
	row.FirstRun = s.runID
	return r
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
			r := s.read(record)
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
