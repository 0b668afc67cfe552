package handover

import (
	"iter"
	"reflect"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/dataset/tables"
	"callmill/schema"
)

// merge reads two lists in the same order side by side and yields pairs of which one
// may be nil. Both are valid until the next pair.
func merge[T any](old, now iter.Seq2[*T, error], compare func(a, b *T) int, yield func(old, now *T) error) error {
	nextOld, stopOld := iter.Pull2(old)
	defer stopOld()
	nextNow, stopNow := iter.Pull2(now)
	defer stopNow()
	a, err, _ := nextOld()
	if err != nil {
		return err
	}
	b, err, _ := nextNow()
	for err == nil && (a != nil || b != nil) {
		order := 0
		switch {
		case a == nil:
			order = 1
		case b == nil:
			order = -1
		default:
			order = compare(a, b)
		}
		switch {
		case order < 0:
			err = yield(a, nil)
		case order > 0:
			err = yield(nil, b)
		default:
			err = yield(a, b)
		}
		if err == nil && order <= 0 {
			a, err, _ = nextOld()
		}
		if err == nil && order >= 0 {
			b, err, _ = nextNow()
		}
	}
	return err
}

// none is a list of nothing.
func none[T any](func(*T, error) bool) {}

// entries are what is pending of a job.
type entries struct {
	instance, job string
	rows          []schema.PendingRow
}

// entriesOf reads what is pending in a dataset, job by job; nil has nothing.
func entriesOf(d *dataset.Dataset) iter.Seq2[*entries, error] {
	if d == nil {
		return none[entries]
	}
	return func(yield func(*entries, error) bool) {
		var of *entries
		for row, err := range tables.Pending(d) {
			if err != nil {
				yield(nil, err)
				return
			}
			if of == nil || of.instance != row.InstanceID || of.job != row.JobID {
				if of != nil && !yield(of, nil) {
					return
				}
				of = &entries{instance: row.InstanceID, job: row.JobID}
			}
			of.rows = append(of.rows, *row)
		}
		if of != nil {
			yield(of, nil)
		}
	}
}

func (h *Handover) pending(out *shuffle.Appender, counts *Counts) error {
	if f := h.to.Manifest().Pending; f.Path != "" {
		if err := h.checked(f); err != nil {
			return err
		}
	}
	compare := func(a, b *entries) int { return compareKeys(a.instance, a.job, b.instance, b.job) }
	return merge(entriesOf(h.since), entriesOf(h.to), compare, func(old, now *entries) error {
		switch {
		case now == nil:
			now = &entries{instance: old.instance, job: old.job}
		case old != nil && reconcile.Equal(old.rows, now.rows):
			return nil
		}
		counts.Pending += int64(len(now.rows))
		return out.ImportPending(now.instance, now.job, now.rows)
	})
}

func (h *Handover) groups(out *shuffle.Appender, counts *Counts) error {
	if err := h.checked(h.to.Manifest().Table(schema.TableJobGroups).Files...); err != nil {
		return err
	}
	rows := func(d *dataset.Dataset) iter.Seq2[*schema.JobGroupRow, error] {
		if d == nil {
			return none[schema.JobGroupRow]
		}
		return tables.Rows[schema.JobGroupRow](d, schema.TableJobGroups)
	}
	compare := func(a, b *schema.JobGroupRow) int {
		return compareKeys(a.InstanceID, a.JobGroupID, b.InstanceID, b.JobGroupID)
	}
	return merge(rows(h.since), rows(h.to), compare, func(old, now *schema.JobGroupRow) error {
		switch {
		case now == nil:
			return out.ImportGroupGone(old.InstanceID, old.JobGroupID)
		case old != nil && reflect.DeepEqual(old, now):
			return nil
		}
		counts.Groups++
		return out.ImportGroup(now)
	})
}

// sighting is what of a reject differs between two that are met of the same input.
type sighting struct {
	InstanceID string `parquet:"instance_id,dict"`
	RejectID   string `parquet:"reject_id"`
	JobID      string `parquet:"job_id,optional"`
	Position   int64  `parquet:"position"`
	FirstSeen  int64  `parquet:"first_seen,timestamp(millisecond)"`
}

func (s *sighting) key() schema.Key {
	return shuffle.RejectKey(nil, &schema.RejectRow{InstanceID: s.InstanceID, RejectID: s.RejectID, JobID: s.JobID})
}

// rejects reads all rejects, or those of the keys whose rejects differ. Inputs pass one
// by one.
func (h *Handover) rejects(out *shuffle.Appender, counts *Counts) error {
	if err := h.checked(h.to.Manifest().Table(schema.TableRejects).Files...); err != nil {
		return err
	}
	if h.since == nil {
		return h.someRejects(out, counts, func(schema.Key) bool { return true })
	}
	left := map[schema.Key]bool{} // keys that differ; whether they have no reject any more
	compare := func(a, b *sighting) int {
		return compareKeys(a.InstanceID, a.RejectID, b.InstanceID, b.RejectID)
	}
	old, now := tables.Rows[sighting](h.since, schema.TableRejects), tables.Rows[sighting](h.to, schema.TableRejects)
	err := merge(old, now, compare, func(old, now *sighting) error {
		switch {
		case old == nil:
			left[now.key()] = true
		case now == nil || *old != *now:
			left[old.key()] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = h.someRejects(out, counts, func(key schema.Key) bool {
		_, differs := left[key]
		if differs {
			left[key] = false
		}
		return differs
	})
	if err != nil {
		return err
	}
	var gone []schema.Key
	for key, is := range left {
		if is {
			gone = append(gone, key)
		}
	}
	slices.SortFunc(gone, func(a, b schema.Key) int { return slices.Compare(a[:], b[:]) })
	for _, key := range gone {
		if err := out.ImportRejects(key, nil); err != nil {
			return err
		}
	}
	return nil
}

// someRejects reads the rejects of some keys.
func (h *Handover) someRejects(out *shuffle.Appender, counts *Counts, of func(schema.Key) bool) error {
	for row, err := range tables.Rejects(h.to) {
		if err != nil {
			return err
		}
		key := shuffle.RejectKey(nil, row)
		if !of(key) {
			continue
		}
		counts.Rejects++
		if err := out.ImportRejects(key, []schema.RejectRow{*row}); err != nil {
			return err
		}
	}
	return nil
}
