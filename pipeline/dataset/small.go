package dataset

import (
	"fmt"
	"slices"

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
		if rows, err = b.tx.mergeGroups(); err == nil {
			file, err = writeSmall(b, name, rows)
		}
	case "statuses":
		file, err = writeSmall(b, name, statusRows(m.Unlisted()))
	case "rejects":
		file, err = b.writeRejects()
	default:
		err = fmt.Errorf("no such small table")
	}
	return []File{file}, err
}

// Unlisted are the undocumented statuses of the snapshot's tasks.
func (m *Manifest) Unlisted() []string {
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
	for row, err := range Rows[T](d, name) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, *row)
	}
	return rows, nil
}
