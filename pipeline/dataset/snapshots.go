package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
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

// Pin keeps a snapshot from being pruned, or with pin false no longer does.
func (d *Dataset) Pin(name string, pin bool) error {
	if _, err := d.Snapshot(name); err != nil {
		return err
	}
	pinned, err := d.Pinned()
	if err != nil {
		return err
	}
	pinned = slices.DeleteFunc(pinned, func(p string) bool { return p == name })
	if pin {
		pinned = append(pinned, name)
		slices.Sort(pinned)
	}
	text := strings.Join(append(pinned, ""), "\n")
	return durable.WriteFile(d.fs, d.path(runsDir, pinFile), []byte(text), d.fileMode())
}

// Snapshot reads the manifest of a snapshot, which must be whole.
func (d *Dataset) Snapshot(name string) (*Manifest, error) {
	if !snapshotName.MatchString(name) {
		return nil, fmt.Errorf("%q is no name of a snapshot", name)
	}
	m, err := readManifest(d.fs, d.path(snapshotsDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no snapshot %s", name)
	}
	return m, err
}

// Rollback makes an earlier snapshot, or a later one, the latest again. The
// next run goes on from it. It works also where latest is gone or leads
// nowhere, which Open refuses.
func Rollback(ctx context.Context, dir, name string, o Options) (err error) {
	d := newDataset(dir, o)
	if d.lock, err = takeLock(ctx, d.dir, o.LockWait); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	m, err := d.Snapshot(name)
	if err != nil {
		return fmt.Errorf("roll back %s: %w", dir, err)
	}
	if err := d.complete(name, m); err != nil {
		return fmt.Errorf("roll back %s to %s: %w", dir, name, err)
	}
	return d.swap(name)
}

// complete reports a snapshot of which files are missing or cut short.
func (d *Dataset) complete(name string, m *Manifest) error {
	for _, t := range m.Tables {
		for _, f := range t.Files {
			info, err := d.fs.Stat(d.path(snapshotsDir, name, filepath.FromSlash(f.Path)))
			if err != nil {
				return err
			}
			if info.Size() != f.Bytes {
				return fmt.Errorf("%s has %d bytes, the manifest says %d", f.Path, info.Size(), f.Bytes)
			}
		}
	}
	return nil
}
