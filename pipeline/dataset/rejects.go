package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"callmill/pipeline/dataset/table"
	"callmill/schema"
)

// rejected is a reject of this run: its row but for the input, which may be a
// MiB, and where that is kept.
type rejected struct {
	sequence int64 // place of its input in the order of delivery
	row      schema.RejectRow
	undated  bool // FirstSeen is no instant of its own
	raw      keptRaw
}

// reject makes the row of a reject. Of its input the row keeps the first MiB.
func (tx *Tx) reject(r *schema.Reject, sequence int64) (rejected, error) {
	sum := sha256.Sum256(r.Raw)
	row := schema.RejectRow{
		InstanceID: r.InstanceID, JobID: r.JobID, Origin: r.Origin, Position: r.Position,
		Code: r.Code, Reason: r.Reason, RawBytes: int64(len(r.Raw)), RawSHA256: hex.EncodeToString(sum[:]),
		FirstRun: tx.run.ID, FirstSeen: r.ObservedAt,
	}
	if r.RawBytes > 0 {
		row.RawBytes, row.RawSHA256 = r.RawBytes, r.RawSHA256
	}
	row.RejectID = rejectID(row.Code, row.JobID, row.RawSHA256)
	raw, err := tx.raws.keep(r.Raw[:min(len(r.Raw), schema.MaxRejectRaw)])
	return rejected{sequence, row, r.Undated, raw}, err
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

// rawStore holds the input of rejects, past some bytes in a file without a
// name. It is safe for concurrent use.
type rawStore struct {
	dir    string
	memory int64

	mu   sync.Mutex
	held int64
	file *os.File
	size int64
}

// keptRaw is where the input of one reject is.
type keptRaw struct {
	memory []byte
	offset int64
	size   int
}

func (s *rawStore) keep(raw []byte) (keptRaw, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held += int64(len(raw)); s.held <= s.memory {
		return keptRaw{memory: slices.Clone(raw), size: len(raw)}, nil
	}
	if s.file == nil {
		file, err := createSpill(s.dir)
		if err != nil {
			return keptRaw{}, fmt.Errorf("spill rejects: %w", err)
		}
		s.file = file
	}
	kept := keptRaw{offset: s.size, size: len(raw)}
	if _, err := s.file.WriteAt(raw, s.size); err != nil {
		return keptRaw{}, fmt.Errorf("spill rejects: %w", err)
	}
	s.size += int64(len(raw))
	return kept, nil
}

func (s *rawStore) read(k keptRaw) ([]byte, error) {
	if k.memory != nil || k.size == 0 {
		return k.memory, nil
	}
	raw := make([]byte, k.size)
	if _, err := s.file.ReadAt(raw, k.offset); err != nil {
		return nil, fmt.Errorf("read spilled rejects: %w", err)
	}
	return raw, nil
}

func (s *rawStore) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

func compareRejects(a, b *schema.RejectRow) int {
	return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
}

// newRejects gives the rejects of the run in the order of the table, the first
// sighting of each.
func (tx *Tx) newRejects() []rejected {
	var met []rejected
	for _, a := range tx.appenders {
		met = append(met, a.rejects...)
	}
	slices.SortFunc(met, func(a, b rejected) int {
		return cmp.Or(compareRejects(&a.row, &b.row), cmp.Compare(a.row.FirstSeen, b.row.FirstSeen),
			cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.row.Position, b.row.Position))
	})
	return slices.CompactFunc(met, func(a, b rejected) bool { return compareRejects(&a.row, &b.row) == 0 })
}

// rejectedJobs are the jobs of all rejects, for which it matters whether a
// version is accepted.
func (tx *Tx) rejectedJobs(met []rejected) (map[schema.Key]bool, error) {
	asked := map[schema.Key]bool{}
	if tx.anew {
		return asked, nil // the jobs are those of before: rejects stay
	}
	ask := func(r *schema.RejectRow) {
		if r.JobID != "" {
			asked[schema.JobKey(nil, r.InstanceID, r.JobID)] = true
		}
	}
	for i := range met {
		ask(&met[i].row)
	}
	if tx.dataset.manifest == nil {
		return asked, nil
	}
	for row, err := range tx.dataset.Rejects() {
		if err != nil {
			return nil, err
		}
		ask(row)
	}
	return asked, nil
}

// gone reports whether a reject leaves the table: a version of its job observed
// at or after it was accepted, or its own input was, by a replay.
//
// sequence is the place of its input in the run's order of delivery, -1 for one
// that was published before.
func (tx *Tx) gone(r *schema.RejectRow, sequence int64) bool {
	if tx.replayed[r.RejectID] {
		return true
	}
	accepted, ok := tx.verdict.accepted[schema.JobKey(nil, r.InstanceID, r.JobID)]
	return ok && r.JobID != "" && accepted.compare(acceptance{r.FirstSeen, sequence, r.Position}) > 0
}

// settlesRejects reports whether a version of a job with a reject was accepted.
func (tx *Tx) settlesRejects() bool { return len(tx.verdict.accepted) > 0 }

// writeRejects writes the table rejects: what is published and what the run
// met, merged, less what is gone. The inputs pass one by one.
func (b *build) writeRejects() (file File, err error) {
	tx := b.tx
	out, err := b.create(schema.TableRejects, scratchPrefix+"small")
	if err != nil {
		return File{}, err
	}
	w, err := table.NewWriter[schema.RejectRow](&table.Compressor{})
	if err != nil {
		return File{}, errors.Join(err, out.abandon())
	}
	w.Reset(out)
	if err := b.mergeRejects(w); err != nil {
		return File{}, errors.Join(err, out.abandon())
	}
	if err := w.Close(); err != nil {
		return File{}, errors.Join(err, out.abandon())
	}
	if file, err = out.finish(); err != nil {
		return File{}, err
	}
	file.Rows = w.Rows()
	return file, tx.build.linkPublished(schema.TableRejects, []File{file})
}

// rejectGroupBytes is how much input a row group of rejects holds: it is in
// memory until the row group is written.
const rejectGroupBytes = 8 << 20

func (b *build) mergeRejects(w *table.Writer[schema.RejectRow]) error {
	tx, met := b.tx, b.rejects
	size := 0
	write := func(r *schema.RejectRow, sequence int64) error {
		if tx.gone(r, sequence) {
			return nil
		}
		row, err := w.Next()
		if err != nil {
			return err
		}
		*row = *r
		if size += len(r.Raw); size < rejectGroupBytes {
			return nil
		}
		size = 0
		return w.EndRowGroup()
	}
	writeMet := func() error {
		row := met[0].row
		var err error
		if row.Raw, err = tx.raws.read(met[0].raw); err != nil {
			return err
		}
		sequence := met[0].sequence
		met = met[1:]
		return write(&row, sequence)
	}
	if tx.dataset.manifest != nil {
		for old, err := range tx.dataset.Rejects() {
			if err != nil {
				return err
			}
			for len(met) > 0 && compareRejects(&met[0].row, old) < 0 {
				if err := writeMet(); err != nil {
					return err
				}
			}
			if len(met) > 0 && compareRejects(&met[0].row, old) == 0 {
				met = met[1:] // seen again: the first sighting stays
			}
			if err := write(old, -1); err != nil {
				return err
			}
		}
	}
	for len(met) > 0 {
		if err := writeMet(); err != nil {
			return err
		}
	}
	return nil
}

// Replayed says which rejects' own input was accepted by this run; they leave
// the table.
func (tx *Tx) Replayed(rejectIDs []string) {
	for _, id := range rejectIDs {
		tx.replayed[id] = true
	}
}
