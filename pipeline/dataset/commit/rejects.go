package commit

import (
	"errors"
	"io"
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

// rejectGroupBytes is how much input a row group of rejects holds: it is in
// memory until the row group is written.
const rejectGroupBytes = 8 << 20

// mergeRejects writes the published rejects and those of the run in order. Of
// one that both have, the first sighting stays.
func (tx *Tx) mergeRejects(w *parquetio.Writer[schema.RejectRow]) error {
	nextOld, stopOld := iter.Pull2(tx.dataset.Rejects())
	defer stopOld()
	nextMet, stopMet := iter.Pull2(tx.rejects.all())
	defer stopMet()
	old, err, _ := nextOld()
	met, metErr, _ := nextMet()
	err = errors.Join(err, metErr)
	size := 0 // bytes of input in the row group
	for err == nil && (old != nil || met != nil) {
		order := compareNext(old, met)
		var row *schema.RejectRow
		if row, err = tx.remaining(old, met, order); err == nil && row != nil {
			size, err = writeReject(w, row, size)
		}
		if err == nil && order <= 0 {
			old, err, _ = nextOld()
		}
		if err == nil && order >= 0 {
			met, err, _ = nextMet()
		}
	}
	return err
}

// compareNext says which of a published reject and one that the run met comes
// first; nil comes last.
func compareNext(old *schema.RejectRow, met *metReject) int {
	switch {
	case met == nil:
		return -1
	case old == nil:
		return 1
	}
	return compareRejects(old, &met.row)
}

// remaining returns the row of the first of two rejects, nil if it leaves the
// table.
func (tx *Tx) remaining(old *schema.RejectRow, met *metReject, order int) (*schema.RejectRow, error) {
	switch {
	case order < 0 && tx.leaves(old, versions.Moment{Observed: old.FirstSeen, Sequence: -1, Position: old.Position}):
		return nil, nil
	case order >= 0 && tx.leaves(&met.row, met.last):
		return nil, nil
	case order > 0:
		return tx.rejects.whole(met)
	}
	return old, nil
}

// writeReject writes a reject, and ends the row group if it is full. It takes and
// returns the bytes of input in the row group.
func writeReject(w *parquetio.Writer[schema.RejectRow], row *schema.RejectRow, size int) (int, error) {
	if err := w.Write([]schema.RejectRow{*row}); err != nil {
		return size, err
	}
	if size += len(row.Raw); size < rejectGroupBytes {
		return size, nil
	}
	return 0, w.EndRowGroup()
}
