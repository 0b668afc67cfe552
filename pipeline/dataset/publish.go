package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

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
	if err != nil && durable.Unsupported(err) {
		if linked, readErr := d.hasLatest(); readErr == nil && !linked {
			err = d.writeText(name) // the commit, without links
		}
	}
	if err != nil {
		if now, readErr := d.latest(); readErr != nil {
			return fmt.Errorf("%w: %w", ErrUndecided, errors.Join(err, readErr))
		} else if now != name {
			return err
		}
	}
	// The commit is made. The text is for readers that cannot follow links; a
	// failure to write it must not make the run look failed, and the next run
	// mends it.
	_ = d.mendText(name)
	return nil
}

func (d *Dataset) writeText(name string) error {
	return durable.WriteFile(d.fs, d.Path(latestText), []byte(name+"\n"), d.FileMode())
}

// mendText makes CURRENT name the snapshot and then removes LATEST, the text of
// format 1. In this order, as the one replaces the other: without links, a folder
// with neither would have lost its commit, and one with both is read by CURRENT.
func (d *Dataset) mendText(name string) error {
	text, err := durable.ReadFile(d.fs, d.Path(latestText))
	if err != nil || strings.TrimSpace(string(text)) != name {
		if err := d.writeText(name); err != nil {
			return err
		}
	}
	// Only a file: where case does not count, LATEST is the link latest.
	info, err := d.fs.Lstat(d.Path(formerText))
	if err == nil && info.Mode().IsRegular() {
		err = durable.ChangeDir(d.fs, d.dir, func() error { return d.fs.Remove(d.Path(formerText)) })
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
