package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"strings"

	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// reject makes the row of a reject. Of its input the row keeps the first MiB.
func (tx *Tx) reject(r *schema.Reject, sequence int64) (rejected, error) {
	sum := sha256.Sum256(r.Raw)
	row := schema.RejectRow{
		InstanceID: r.InstanceID, JobID: r.JobID, Position: r.Position,
		Origin: strings.ToValidUTF8(r.Origin, "\uFFFD"), // a path may be of any bytes, a text in the table not
		Code:   r.Code, Reason: r.Reason, RawBytes: int64(len(r.Raw)), RawSHA256: hex.EncodeToString(sum[:]),
		FirstRun: tx.run.ID, FirstSeen: r.ObservedAt,
	}
	if r.RawBytes > 0 {
		row.RawBytes, row.RawSHA256 = r.RawBytes, r.RawSHA256
	}
	row.RejectID = rejectID(row.Code, row.JobID, row.RawSHA256)
	raw, err := tx.rejects.keep(r.Raw[:min(len(r.Raw), schema.MaxRejectRaw)])
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

// rejectedJobs are the jobs of all rejects, for which it matters whether a
// version is accepted.
func (tx *Tx) rejectedJobs() (map[schema.Key]bool, error) {
	asked := map[schema.Key]bool{}
	if tx.anew {
		return asked, nil // the jobs are those of before: rejects stay
	}
	ask := func(r *schema.RejectRow) {
		if r.JobID != "" {
			asked[schema.JobKey(nil, r.InstanceID, r.JobID)] = true
		}
	}
	for met, err := range tx.rejects.all() {
		if err != nil {
			return nil, err
		}
		ask(&met.Row)
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
	w, err := parquetio.NewWriter[schema.RejectRow](&parquetio.Compressor{})
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

// mergeRejects writes the published rejects and those of the run in order. Of
// one that both have, the first sighting stays.
func (b *build) mergeRejects(w *parquetio.Writer[schema.RejectRow]) error {
	m := &rejectMerge{tx: b.tx, out: w}
	pull, stop := iter.Pull2(b.tx.rejects.all())
	defer stop()
	m.pull = pull
	err := m.advance()
	if b.tx.dataset.manifest != nil && err == nil {
		err = m.published()
	}
	for err == nil && m.next != nil {
		err = m.writeNext()
	}
	return err
}

// rejectMerge is at a reject of the run, next, nil after the last one.
type rejectMerge struct {
	tx   *Tx
	pull func() (*rejected, error, bool)
	next *rejected
	out  *parquetio.Writer[schema.RejectRow]
	size int // bytes of input in the row group
}

func (m *rejectMerge) advance() (err error) {
	m.next, err, _ = m.pull()
	return err
}

// published writes the rejects of the snapshot that is built upon, and those of
// the run that come before them.
func (m *rejectMerge) published() error {
	for old, err := range m.tx.dataset.Rejects() {
		for err == nil && m.next != nil && compareRejects(&m.next.Row, old) < 0 {
			err = m.writeNext()
		}
		if err == nil && m.next != nil && compareRejects(&m.next.Row, old) == 0 {
			err = m.advance()
		}
		if err == nil {
			err = m.write(old, -1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *rejectMerge) writeNext() error {
	row := m.next.Row
	var err error
	if row.Raw, err = m.tx.rejects.raw(m.next.Raw); err != nil {
		return err
	}
	if err := m.write(&row, m.next.Sequence); err != nil {
		return err
	}
	return m.advance()
}

// write writes a reject that is not gone.
func (m *rejectMerge) write(r *schema.RejectRow, sequence int64) error {
	if m.tx.gone(r, sequence) {
		return nil
	}
	row, err := m.out.Next()
	if err != nil {
		return err
	}
	*row = *r
	if m.size += len(r.Raw); m.size < rejectGroupBytes {
		return nil
	}
	m.size = 0
	return m.out.EndRowGroup()
}

// Replayed says which rejects' own input was accepted by this run; they leave
// the table.
func (tx *Tx) Replayed(rejectIDs []string) {
	for _, id := range rejectIDs {
		tx.replayed[id] = true
	}
}
