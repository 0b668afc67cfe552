// Package tables reads the rows of a published snapshot.
//
// It is apart from package dataset, so that who needs only a manifest, or reads the files
// with DuckDB, links no reader of Parquet.
package tables

import (
	"iter"
	"path/filepath"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/pending"
	"callmill/schema"
)

// Rows reads a table of the published snapshot, of which T is the row type,
// file by file; each row is valid until the next. Without a published snapshot
// there are none.
func Rows[T any](d *dataset.Dataset, table string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		manifest := d.Manifest()
		if manifest == nil {
			return
		}
		for _, f := range manifest.Table(table).Files {
			for row, err := range parquetio.All[T](filepath.Join(d.SnapshotDir(), filepath.FromSlash(f.Path))) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// Rejects reads the published rejects, each valid until the next.
func Rejects(d *dataset.Dataset) iter.Seq2[*schema.RejectRow, error] {
	return Rows[schema.RejectRow](d, schema.TableRejects)
}

// Pending reads the entries of the published snapshot, in order: what is expected
// and not in the tables whole. Each is valid until the next.
func Pending(d *dataset.Dataset) iter.Seq2[*schema.PendingRow, error] {
	manifest := d.Manifest()
	switch {
	case manifest == nil:
		return func(func(*schema.PendingRow, error) bool) {}
	case manifest.Pending.Path != "":
		return pending.Read(filepath.Join(d.SnapshotDir(), filepath.FromSlash(manifest.Pending.Path)))
	}
	return func(yield func(*schema.PendingRow, error) bool) { // a manifest from before that file
		for _, p := range manifest.Listed {
			row := schema.PendingRow{InstanceID: p.InstanceID, JobID: p.JobID, Since: p.Since.UnixMilli(), Reason: p.Reason}
			if !slices.Contains([]string{schema.PendingSettling, schema.PendingMissing, schema.PendingUnfetched}, row.Reason) {
				row.Reason = schema.PendingNotFinal // of all others it asks again, and says nothing is wrong
			}
			if !yield(&row, nil) {
				return
			}
		}
	}
}
