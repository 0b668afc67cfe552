package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/internal/durable"
)

// Listed is an entry of a list of snapshots.
type Listed struct {
	Name     string
	Manifest *Manifest // nil where it is broken
	Err      error     // why it is
	Latest   bool
	Pinned   bool
}

// List shows the snapshots of the dataset in dir in the order in which they
// were published. It works also where latest is missing or leads nowhere, which
// View refuses.
func List(dir string) ([]Listed, error) {
	d := newDataset(dir, Options{})
	names, err := d.snapshots()
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	pinned, err := d.Pinned()
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	latest, _ := d.latest() // none where it cannot be read
	list := make([]Listed, len(names))
	for i, name := range names {
		list[i] = Listed{Name: name, Latest: name == latest, Pinned: slices.Contains(pinned, name)}
		list[i].Manifest, list[i].Err = d.Snapshot(name)
	}
	return list, nil
}

// snapshots lists the names of the snapshots in the order in which they were
// published: by time, but each after its parent, since clocks go backwards and
// two snapshots may be of the same second.
func (d *Dataset) snapshots() ([]string, error) {
	entries, err := durable.ReadDir(d.fs, d.Path(SnapshotsDir))
	if err != nil {
		return nil, err
	}
	waiting := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() && snapshotName.MatchString(e.Name()) {
			waiting[e.Name()] = true
		}
	}
	var names []string
	var list func(name string)
	list = func(name string) {
		if !waiting[name] {
			return
		}
		delete(waiting, name)
		if m, err := d.Snapshot(name); err == nil {
			list(m.Parent)
		}
		names = append(names, name)
	}
	for _, name := range slices.Sorted(maps.Keys(waiting)) {
		list(name)
	}
	return names, nil
}

// Prune removes snapshots that are beyond the number to keep and older than
// the age to keep, but never the latest one, its parent, or one that is
// pinned. It returns the names of those removed. Files in them that callmill did
// not write stay, with their folders.
//
// A crash leaves a part of a snapshot without a manifest.
func (d *Dataset) Prune() ([]string, error) {
	names, err := d.snapshots()
	if err != nil {
		return nil, err
	}
	pinned, err := d.Pinned()
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, name := range names[:d.beyond(names)] {
		if name == d.name || d.manifest != nil && name == d.manifest.Parent || slices.Contains(pinned, name) || d.young(name) {
			continue
		}
		if err := removeSnapshot(d.fs, d.Path(SnapshotsDir, name)); err != nil {
			return removed, fmt.Errorf("prune snapshot %s: %w", name, err)
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// beyond returns how many of the names, from the first, are beyond the number to
// keep. A folder without a manifest does not count as a snapshot.
func (d *Dataset) beyond(names []string) int {
	keep := d.options.Keep
	for i := len(names) - 1; i >= 0; i-- {
		if _, err := d.fs.Lstat(d.Path(SnapshotsDir, names[i], ManifestFile)); err == nil {
			keep--
		}
		if keep == 0 {
			return i
		}
	}
	return 0
}

// young reports whether a snapshot is kept because of its age, as is one from
// the future.
func (d *Dataset) young(name string) bool {
	published, err := time.Parse("20060102T150405Z", name[:strings.IndexByte(name, '-')])
	return err != nil || d.options.KeepFor >= 0 && d.Now().Sub(published) <= d.options.KeepFor
}

// removeSnapshot removes what callmill wrote of a snapshot: its manifest first,
// since the rest is not a snapshot without it, and at the end the folders that
// are empty.
func removeSnapshot(fsys durable.FS, dir string) error {
	if err := fsys.Remove(filepath.Join(dir, ManifestFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := removeOurs(fsys, dir, "")
	return err
}

// removeOurs removes the folder at a path inside a snapshot, with what callmill
// wrote in it, unless it holds anything else.
func removeOurs(fsys durable.FS, dir, folder string) (gone bool, err error) {
	entries, err := durable.ReadDir(fsys, filepath.Join(dir, filepath.FromSlash(folder)))
	if err != nil {
		return false, err
	}
	left := 0
	for _, e := range entries {
		inside := path.Join(folder, e.Name())
		switch {
		case e.IsDir():
			gone, err = removeOurs(fsys, dir, inside)
		case snapshotFile.MatchString(inside):
			gone, err = true, fsys.Remove(filepath.Join(dir, filepath.FromSlash(inside)))
		default:
			gone = false
		}
		if err != nil {
			return false, err
		}
		if !gone {
			left++
		}
	}
	if left > 0 {
		return false, nil
	}
	return true, fsys.Remove(filepath.Join(dir, filepath.FromSlash(folder)))
}

// Pinned lists the snapshots that are never pruned.
func (d *Dataset) Pinned() ([]string, error) {
	text, err := durable.ReadFile(d.fs, d.Path(runsDir, pinFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(text)), err
}

// Pin keeps a snapshot from being pruned, or stops doing so where pin is false.
func (d *Dataset) Pin(name string, pin bool) error {
	if _, err := d.Snapshot(name); err != nil && pin {
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
	return durable.WriteFile(d.fs, d.Path(runsDir, pinFile), []byte(text), d.FileMode())
}

// Snapshot reads the manifest of a snapshot, which must be whole.
func (d *Dataset) Snapshot(name string) (*Manifest, error) {
	if !snapshotName.MatchString(name) {
		return nil, fmt.Errorf("invalid snapshot name %q: want one that `callmill snapshots DIR list` shows", name)
	}
	m, err := readManifest(d.fs, d.Path(SnapshotsDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no snapshot %s, or it has no manifest", name)
	}
	return m, err
}

// Rollback makes an earlier snapshot, or a later one, the latest again. The
// next run goes on from it. It works also where latest is missing or leads
// nowhere, which Open refuses.
func Rollback(ctx context.Context, dir, name string, o Options) (err error) {
	d := newDataset(dir, o)
	m, err := d.Snapshot(name)
	if err != nil {
		return fmt.Errorf("roll back %s: %w", dir, err)
	}
	if err := d.takeLock(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.checkFiles(name, m); err != nil {
		return fmt.Errorf("roll back %s to %s: %w", dir, name, err)
	}
	// A killed run may not have noted that the snapshot rolled back from was
	// published. Where latest cannot be read there is nothing to mend.
	if d.load() == nil && d.name != "" {
		if err := errors.Join(d.mendLatestText(), d.mendRun()); err != nil {
			return err
		}
	}
	return d.swap(name)
}

// checkFiles returns an error where files of a snapshot are missing or cut short.
func (d *Dataset) checkFiles(name string, m *Manifest) error {
	for _, t := range m.Tables {
		for _, f := range t.Files {
			info, err := d.fs.Stat(d.Path(SnapshotsDir, name, filepath.FromSlash(f.Path)))
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
