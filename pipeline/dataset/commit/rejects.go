package commit

import (
	"errors"
	"iter"
	"maps"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/versions"
	"callmill/schema"
)

// rejectedJobs returns the jobs of all rejects, for which it matters whether a
// version is accepted.
func (tx *Tx) rejectedJobs() (map[schema.Key]bool, error) {
	asked := map[schema.Key]bool{}
	if tx.anew {
		return asked, nil // the jobs are the published ones: rejects stay
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
		ask(&met.row)
	}
	for row, err := range tx.dataset.Rejects() {
		if err != nil {
			return nil, err
		}
		ask(row)
	}
	return asked, nil
}

// leaves reports whether a reject leaves the table: its own input was accepted
// by a replay, or a version of its job was accepted after it was met. met is the
// last time that this run met it, else when it was first met by an earlier one.
func (tx *Tx) leaves(r *schema.RejectRow, met versions.Moment) bool {
	if tx.replays[r.RejectID] {
		return true
	}
	if r.JobID == "" {
		return false
	}
	accepted, ok := tx.verdict.Accepted[schema.JobKey(nil, r.InstanceID, r.JobID)]
	return ok && accepted.Compare(met) > 0
}

// settlesRejects reports whether a reject may leave the table.
func (tx *Tx) settlesRejects() bool {
	for _, accepted := range tx.replays {
		if accepted {
			return true
		}
	}
	return len(tx.verdict.Accepted) > 0
}

// undatedNow returns the instants that date published versions and rejects
// without a timestamp of their own.
func (tx *Tx) undatedNow() ([]int64, error) {
	undated := maps.Clone(tx.verdict.Undated)
	if m := tx.dataset.Manifest(); m != nil {
		for _, at := range m.Undated {
			undated[at] = true
		}
	}
	for met, err := range tx.rejects.all() {
		if err != nil {
			return nil, err
		}
		if met.undated {
			undated[met.row.FirstSeen] = true
		}
	}
	return slices.Sorted(maps.Keys(undated)), nil
}

// writeRejects writes the table rejects: what is published and what the run met,
// merged, less what leaves. The inputs pass one by one.
func (b *build) writeRejects() (file dataset.File, err error) {
	out, err := b.create(schema.TableRejects, smallFileName)
	if err != nil {
		return dataset.File{}, err
	}
	w, err := parquetio.NewWriter[schema.RejectRow](&parquetio.Compressor{})
	if err != nil {
		return dataset.File{}, errors.Join(err, out.abandon())
	}
	w.Reset(out)
	if err := b.tx.mergeRejects(w); err != nil {
		return dataset.File{}, errors.Join(err, out.abandon())
	}
	if err := w.Close(); err != nil {
		return dataset.File{}, errors.Join(err, out.abandon())
	}
	file, err = out.finish()
	file.Rows = w.Rows()
	return file, err
}

// rejectGroupBytes is how much input a row group of rejects holds: it is in
// memory until the row group is written.
const rejectGroupBytes = 8 << 20

// mergeRejects writes the published rejects and those of the run in order. Of
// one that both have, the first sighting stays.
func (tx *Tx) mergeRejects(w *parquetio.Writer[schema.RejectRow]) error {
	m := &rejectMerge{tx: tx, out: w}
	pull, stop := iter.Pull2(tx.rejects.all())
	defer stop()
	m.pull = pull
	err := m.advance()
	if err == nil {
		err = m.writePublished()
	}
	for err == nil && m.next != nil {
		err = m.writeNext()
	}
	return err
}

// rejectMerge is at a reject of the run, next, nil after the last one.
type rejectMerge struct {
	tx   *Tx
	pull func() (*metReject, error, bool)
	next *metReject
	out  *parquetio.Writer[schema.RejectRow]
	size int // bytes of input in the row group
}

func (m *rejectMerge) advance() (err error) {
	m.next, err, _ = m.pull()
	return err
}

// writePublished writes the rejects of the snapshot that is built upon, and
// those of the run that come before them.
func (m *rejectMerge) writePublished() error {
	for old, err := range m.tx.dataset.Rejects() {
		for err == nil && m.next != nil && compareRejects(&m.next.row, old) < 0 {
			err = m.writeNext()
		}
		met := versions.Moment{Observed: old.FirstSeen, Sequence: -1, Position: old.Position}
		if err == nil && m.next != nil && compareRejects(&m.next.row, old) == 0 {
			met = m.next.last
			err = m.advance()
		}
		if err == nil {
			err = m.write(old, met)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *rejectMerge) writeNext() error {
	row, last := m.next.row, m.next.last
	var err error
	if row.Raw, err = m.tx.rejects.raws.Get(m.next.raw); err != nil {
		return err
	}
	if err := m.write(&row, last); err != nil {
		return err
	}
	return m.advance()
}

// write writes a reject that does not leave.
func (m *rejectMerge) write(r *schema.RejectRow, met versions.Moment) error {
	if m.tx.leaves(r, met) {
		return nil
	}
	if err := m.out.Write([]schema.RejectRow{*r}); err != nil {
		return err
	}
	if m.size += len(r.Raw); m.size < rejectGroupBytes {
		return nil
	}
	m.size = 0
	return m.out.EndRowGroup()
}
