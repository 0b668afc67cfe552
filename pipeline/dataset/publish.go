package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"callmill/pipeline/internal/durable"
)

// ErrUndecided means that latest cannot be read after a failure to replace it:
// both the old and the new snapshot must stay.
var ErrUndecided = errors.New("it cannot be told whether it is published")

// Publish makes a snapshot, which is complete and on disk, the latest one: one
// rename of the link, which is the commit of a run. It returns nil where the
// snapshot is the latest one afterwards, even if a step failed.
func (d *Dataset) Publish(name string, m *Manifest) error {
	if err := d.swap(name); err != nil {
		return err
	}
	d.name, d.manifest = name, m
	return nil
}

// swap makes a snapshot the latest one. An error counts only where latest does
// not say otherwise: a rename may be done and reported as failed.
func (d *Dataset) swap(name string) error {
	err := durable.ReplaceSymlink(d.fs, path.Join(SnapshotsDir, name), d.Path(latestLink))
	_, none := d.fs.Lstat(d.Path(latestLink))
	if err != nil && durable.Unsupported(err) && errors.Is(none, fs.ErrNotExist) {
		// LATEST is the commit then.
		err = durable.WriteFile(d.fs, d.Path(latestText), []byte(name+"\n"), d.FileMode())
	}
	if err != nil {
		if now, readErr := d.latest(); readErr != nil {
			return fmt.Errorf("%w: %w", ErrUndecided, errors.Join(err, readErr))
		} else if now != name {
			return err
		}
	}
	// The commit is made. LATEST is for readers that cannot follow links; a
	// failure to write it must not make the run look failed, and the next run
	// mends it.
	_ = durable.WriteFile(d.fs, d.Path(latestText), []byte(name+"\n"), d.FileMode())
	return nil
}
