package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/pending"
	"callmill/schema"
)

// Rows reads a table of the published snapshot, of which T is the row type,
// file by file; each row is valid until the next. Without a published snapshot
// there are none.
func Rows[T any](d *Dataset, table string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if d.manifest == nil {
			return
		}
		for _, f := range d.manifest.Table(table).Files {
			for row, err := range parquetio.All[T](filepath.Join(d.SnapshotDir(), filepath.FromSlash(f.Path))) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// CheckFile checks that a file of a snapshot is the one that was written: that it
// has the SHA-256 that the manifest says.
func CheckFile(path, want string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return fmt.Errorf("%s is not as it was written: the snapshot is damaged, `callmill verify` says how", path)
	}
	return nil
}

// Rejects reads the published rejects, each valid until the next.
func (d *Dataset) Rejects() iter.Seq2[*schema.RejectRow, error] {
	return Rows[schema.RejectRow](d, schema.TableRejects)
}

// JobGroups reads the published campaigns, by instance and id.
func (d *Dataset) JobGroups() (map[string]map[string]schema.JobGroupRow, error) {
	groups := map[string]map[string]schema.JobGroupRow{}
	for row, err := range Rows[schema.JobGroupRow](d, schema.TableJobGroups) {
		if err != nil {
			return nil, err
		}
		if groups[row.InstanceID] == nil {
			groups[row.InstanceID] = map[string]schema.JobGroupRow{}
		}
		groups[row.InstanceID][row.JobGroupID] = *row
	}
	return groups, nil
}

// Undated reports whether an instant, in ms, is the start of a run that dated
// versions without a timestamp of their own.
func (d *Dataset) Undated(at int64) bool { return slices.Contains(d.manifest.Undated, at) }

// Pending reads the entries of the published snapshot, in order: what is expected
// and not in the tables whole. Each is valid until the next.
func (d *Dataset) Pending() iter.Seq2[*schema.PendingRow, error] {
	switch {
	case d.manifest == nil:
		return func(func(*schema.PendingRow, error) bool) {}
	case d.manifest.Pending.Path != "":
		return pending.Read(filepath.Join(d.SnapshotDir(), filepath.FromSlash(d.manifest.Pending.Path)))
	}
	return func(yield func(*schema.PendingRow, error) bool) { // a manifest from before that file
		for _, p := range d.manifest.Listed {
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
