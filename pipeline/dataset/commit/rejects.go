package commit

import (
	"errors"
	"io"
	"iter"
	"maps"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/reject"
	"callmill/pipeline/dataset/reject/met"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

// rejectedJob is the job of a reject, for when no more is read of it.
type rejectedJob struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id,optional"`
	FirstSeen  int64  `parquet:"first_seen,timestamp(millisecond)"`
}

// rejectedJobs returns the jobs of all rejects, for which it matters whether a
// version is accepted.
func (tx *Tx) rejectedJobs() iter.Seq2[schema.Key, error] {
	return func(yield func(schema.Key, error) bool) {
		if tx.anew {
			return // the jobs are the published ones: rejects stay
		}
		scratch := make([]byte, 0, 256)
		ask := func(instanceID, jobID string) bool {
			return jobID == "" || yield(schema.JobKey(scratch, instanceID, jobID), nil)
		}
		for m, err := range tx.rejects.All() {
			if err != nil {
				yield(schema.Key{}, err)
				return
			}
			if !ask(m.Row.InstanceID, m.Row.JobID) {
				return
			}
		}
		for row, err := range tables.Rows[rejectedJob](tx.dataset, schema.TableRejects) {
			if err != nil {
				yield(schema.Key{}, err)
				return
			}
			tx.rejectsExpire = tx.rejectsExpire || tx.expiredReject(row.InstanceID, row.JobID, row.FirstSeen)
			if !ask(row.InstanceID, row.JobID) {
				return
			}
		}
	}
}

// leaves reports whether a reject leaves the table: it lies before the edge, its own
// input was accepted by a replay, or a version of its job was accepted after it was met. met is the
// last time that this run met it, else when it was first met by an earlier one.
func (tx *Tx) leaves(r *schema.RejectRow, met verdict.Moment) (bool, error) {
	if tx.expiredReject(r.InstanceID, r.JobID, r.FirstSeen) {
		return true, nil
	}
	if tx.replays[r.RejectID] || r.JobID == "" || tx.verdict.Accepted == 0 {
		return tx.replays[r.RejectID], nil
	}
	at, ok, err := tx.accepted(schema.JobKey(nil, r.InstanceID, r.JobID))
	return ok && at.Settles(met), err
}

// settlesRejects reports whether a reject may leave the table.
func (tx *Tx) settlesRejects() bool {
	for _, accepted := range tx.replays {
		if accepted {
			return true
		}
	}
	return tx.rejectsExpire || tx.verdict.Accepted > 0
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
	for m, err := range tx.rejects.All() {
		if err != nil {
			return nil, err
		}
		if m.Undated {
			undated[m.Row.FirstSeen] = true
		}
	}
	return slices.Sorted(maps.Keys(undated)), nil
}

// writeRejects writes the table rejects: what is published and what the run met,
// merged, less what leaves. The inputs pass one by one.
func (b *build) writeRejects() (dataset.File, error) {
	w, err := parquetio.NewWriter[schema.RejectRow](&parquetio.Compressor{})
	if err != nil {
		return dataset.File{}, err
	}
	return b.writeFile(schema.TableRejects, func(out io.Writer) (int64, error) {
		w.Reset(out)
		if err := b.tx.mergeRejects(w); err != nil {
			return 0, err
		}
		return w.Rows(), w.Close()
	})
}

// mergeRejects writes the published rejects and those of the run in order. Of
// one that both have, the first sighting stays, unless it lies before the edge: then
// it counts as if it had never come.
func (tx *Tx) mergeRejects(w *parquetio.Writer[schema.RejectRow]) error {
	nextOld, stopOld := iter.Pull2(tables.Rejects(tx.dataset))
	defer stopOld()
	nextMet, stopMet := iter.Pull2(tx.rejects.All())
	defer stopMet()
	old, err, _ := nextOld()
	m, metErr, _ := nextMet()
	err = errors.Join(err, metErr)
	size := 0 // bytes of input in the row group
	for err == nil && (old != nil || m != nil) {
		order := compareNext(old, m)
		var row *schema.RejectRow
		if row, err = tx.remaining(old, m, order); err == nil && row != nil {
			size, err = writeReject(w, row, size)
		}
		if err == nil && order <= 0 {
			old, err, _ = nextOld()
		}
		if err == nil && order >= 0 {
			m, err, _ = nextMet()
		}
	}
	return err
}

// compareNext says which of a published reject and one that the run met comes
// first; nil comes last.
func compareNext(old *schema.RejectRow, m *met.Reject) int {
	switch {
	case m == nil:
		return -1
	case old == nil:
		return 1
	}
	return reject.Compare(old, &m.Row)
}

// remaining returns the row of the first of two rejects, nil if it leaves the
// table.
func (tx *Tx) remaining(old *schema.RejectRow, m *met.Reject, order int) (*schema.RejectRow, error) {
	var leaves bool
	var err error
	if order < 0 {
		leaves, err = tx.leaves(old, verdict.MetBefore(old.FirstSeen, old.Position))
	} else {
		leaves, err = tx.leaves(&m.Row, m.Last)
	}
	switch {
	case leaves || err != nil:
		return nil, err
	case order > 0 || order == 0 && tx.expiredReject(old.InstanceID, old.JobID, old.FirstSeen):
		return tx.rejects.Whole(m)
	}
	if tx.options.Reject != nil {
		tx.options.Reject(old)
	}
	return old, nil
}

// writeReject writes a reject, and ends the row group if it is full. It takes and
// returns the bytes of input in the row group.
func writeReject(w *parquetio.Writer[schema.RejectRow], row *schema.RejectRow, size int) (int, error) {
	if err := w.Write([]schema.RejectRow{*row}); err != nil {
		return size, err
	}
	if size += len(row.Raw); size < reject.GroupBytes {
		return size, nil
	}
	return 0, w.EndRowGroup()
}
