package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"callmill/pipeline/dataset/table"
	"callmill/schema"
)

// smallFiles writes the one file of a table that is not by day. The tables by
// day must be assembled before.
func (b *build) smallFiles(name string, m *Manifest) ([]File, error) {
	var file File
	var err error
	switch name {
	case "job_groups":
		var rows []schema.JobGroupRow
		if rows, err = readSmall[schema.JobGroupRow](b.tx.dataset, name); err == nil {
			file, err = writeSmall(b, name, rows)
		}
	case "statuses":
		file, err = writeSmall(b, name, statusRows(unlisted(m)))
	case "rejects":
		file, err = writeSmall(b, name, b.rejects)
	default:
		err = fmt.Errorf("no such small table")
	}
	return []File{file}, err
}

// unlisted are the undocumented statuses of the snapshot's tasks.
func unlisted(m *Manifest) []string {
	var all []string
	for _, f := range m.Table("tasks").Files {
		all = append(all, f.Statuses...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// statusRows are the documented statuses in the order of their codes, then the
// others by name.
func statusRows(unlisted []string) []schema.StatusRow {
	var rows []schema.StatusRow
	for _, o := range schema.Outcomes() {
		rows = append(rows, o.Row())
	}
	for _, status := range unlisted {
		rows = append(rows, schema.OutcomeOf(status).Row())
	}
	return rows
}

// readSmall reads a published small table.
func readSmall[T any](d *Dataset, name string) ([]T, error) {
	if d.manifest == nil {
		return nil, nil
	}
	var rows []T
	for _, f := range d.manifest.Table(name).Files {
		for row, err := range table.All[T](filepath.Join(d.snapshotDir(), filepath.FromSlash(f.Path))) {
			if err != nil {
				return nil, err
			}
			rows = append(rows, *row)
		}
	}
	return rows, nil
}

// rejected is a reject of this run and the place of its input in the order of
// delivery.
type rejected struct {
	sequence int64
	row      schema.RejectRow
}

// rejectRow is the row of a reject. Of its input the row keeps the first MiB.
func rejectRow(r *schema.Reject, run string) schema.RejectRow {
	sum := sha256.Sum256(r.Raw)
	row := schema.RejectRow{
		InstanceID: r.InstanceID, JobID: r.JobID, Origin: r.Origin, Position: r.Position,
		Code: r.Code, Reason: r.Reason, RawBytes: int64(len(r.Raw)), RawSHA256: hex.EncodeToString(sum[:]),
		Raw:      slices.Clone(r.Raw[:min(len(r.Raw), schema.MaxRejectRaw)]),
		FirstRun: run, FirstSeen: r.ObservedAt,
	}
	h := sha256.New()
	for _, part := range []string{row.Code, row.JobID, row.RawSHA256} {
		io.WriteString(h, part+"\x00")
	}
	row.RejectID = hex.EncodeToString(h.Sum(nil))[:32]
	return row
}

// allRejects gathers the rejects of the run and of the snapshot, the first
// sighting of each, and asks for what became of their jobs.
func (tx *Tx) allRejects(asked map[schema.Key]bool) ([]schema.RejectRow, error) {
	rows, err := readSmall[schema.RejectRow](tx.dataset, "rejects")
	if err != nil {
		return nil, err
	}
	var met []rejected
	for _, a := range tx.appenders {
		met = append(met, a.rejects...)
	}
	slices.SortFunc(met, func(a, b rejected) int {
		return cmp.Or(
			cmp.Compare(a.row.FirstSeen, b.row.FirstSeen),
			cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.row.Position, b.row.Position))
	})
	for _, r := range met {
		rows = append(rows, r.row)
	}
	slices.SortStableFunc(rows, func(a, b schema.RejectRow) int {
		return cmp.Or(cmp.Compare(a.InstanceID, b.InstanceID), cmp.Compare(a.RejectID, b.RejectID))
	})
	rows = slices.CompactFunc(rows, func(a, b schema.RejectRow) bool {
		return a.InstanceID == b.InstanceID && a.RejectID == b.RejectID
	})
	for _, r := range rows {
		if r.JobID != "" {
			asked[schema.JobKey(nil, r.InstanceID, r.JobID)] = true
		}
	}
	return rows, nil
}

// settled leaves out the rejects of jobs of which a version observed at or
// after the reject was accepted.
func settled(rejects []schema.RejectRow, v *verdict) []schema.RejectRow {
	return slices.DeleteFunc(rejects, func(r schema.RejectRow) bool {
		accepted, ok := v.accepted[schema.JobKey(nil, r.InstanceID, r.JobID)]
		return ok && r.JobID != "" && accepted >= r.FirstSeen
	})
}
