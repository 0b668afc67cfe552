package dataset

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/internal/durable"
)

// Snapshots lists the snapshots by name, which is by time.
func (d *Dataset) Snapshots() ([]string, error) {
	entries, err := d.fs.ReadDir(d.path(snapshotsDir))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && snapshotName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// Prune removes snapshots that are beyond the number to keep and older than
// the age to keep, but never the latest one, its parent, or one that is
// pinned. It gives the names of those removed.
//
// A crash leaves a part of a snapshot that nothing names.
func (d *Dataset) Prune() ([]string, error) {
	names, err := d.Snapshots()
	if err != nil {
		return nil, err
	}
	pinned, err := d.Pinned()
	if err != nil {
		return nil, err
	}
	beyond := max(0, len(names)-d.options.Keep)
	var removed []string
	for _, name := range names[:beyond] {
		published, err := time.Parse("20060102T150405Z", name[:strings.IndexByte(name, '-')])
		if err != nil || d.options.Now().Sub(published) <= d.options.KeepFor {
			continue
		}
		if name == d.name || d.manifest != nil && name == d.manifest.Parent || slices.Contains(pinned, name) {
			continue
		}
		if err := durable.RemoveAll(d.fs, d.path(snapshotsDir, name)); err != nil {
			return removed, err
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// Pinned lists the snapshots that are never pruned.
func (d *Dataset) Pinned() ([]string, error) {
	text, err := durable.ReadFile(d.fs, d.path(runsDir, pinFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(text)), err
}
