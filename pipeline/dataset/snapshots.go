package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
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
	Pins     []Pin // those that keep it from being pruned
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
	pins, err := d.Pins()
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	latest, _ := d.latest() // none where it cannot be read
	list := make([]Listed, len(names))
	for i, name := range names {
		others := func(p Pin) bool { return p.Snapshot != name }
		list[i] = Listed{Name: name, Latest: name == latest, Pins: slices.DeleteFunc(slices.Clone(pins), others)}
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
	pins, err := d.Pins()
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, name := range names[:d.beyond(names)] {
		pinned := slices.ContainsFunc(pins, func(p Pin) bool { return p.Snapshot == name })
		if name == d.name || d.manifest != nil && name == d.manifest.Parent || pinned || d.young(name) {
			continue
		}
		if err := d.Remove(name); err != nil {
			return removed, fmt.Errorf("prune snapshot %s: %w", name, err)
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// Remove removes a snapshot, whoever needs it; one that is gone is no error.
func (d *Dataset) Remove(name string) error {
	if err := removeSnapshot(d.fs, d.Path(SnapshotsDir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.removeCopies(name)
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

// SnapshotsWith lists the snapshots of the dataset in dir, but for one, that have a
// file at a path inside them.
func SnapshotsWith(dir, file, but string) (names []string) {
	entries, _ := os.ReadDir(filepath.Join(dir, SnapshotsDir)) // where it cannot be read there are none to name
	for _, e := range entries {
		if !snapshotName.MatchString(e.Name()) || e.Name() == but {
			continue
		}
		if info, err := os.Lstat(filepath.Join(dir, SnapshotsDir, e.Name(), filepath.FromSlash(file))); err == nil && info.Mode().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names
}

// Snapshot reads the manifest of a snapshot, which must be whole.
func (d *Dataset) Snapshot(name string) (*Manifest, error) {
	if !snapshotName.MatchString(name) {
		return nil, fmt.Errorf("invalid snapshot name %q: want one that `callmill snapshots DIR list` shows", name)
	}
	m, err := readManifest(d.fs, d.Path(SnapshotsDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{name}
	}
	return m, err
}

// MissingError means that a snapshot is not there: it was pruned, or never was.
type MissingError struct{ Snapshot string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("there is no snapshot %s, or it has no manifest", e.Snapshot)
}

// At returns the dataset as of the snapshot that a name or a bookmark stands for,
// for reading alone. The error is [ErrNoBookmark] where it stands for none, and a
// [*MissingError] where the snapshot is not there any more.
func (d *Dataset) At(name string) (*Dataset, error) {
	snapshot, err := d.Resolve(name)
	if err != nil {
		return nil, err
	}
	at := newDataset(d.dir, d.options)
	at.name = snapshot
	if at.manifest, err = d.Snapshot(snapshot); err != nil && snapshot != name {
		return nil, fmt.Errorf("bookmark %s: %w", name, err)
	}
	return at, err
}

// Rollback makes an earlier snapshot, or a later one, the latest again. The
// next run goes on from it. It works also where latest is missing or leads
// nowhere, which Open refuses.
func Rollback(ctx context.Context, dir, name string, o Options) (err error) {
	d := newDataset(dir, o)
	if replaced, err := d.Erased().Replaced(); err == nil {
		name = replaced.Latest(name)
	}
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
	for f := range m.Files() {
		info, err := d.fs.Stat(d.Path(SnapshotsDir, name, filepath.FromSlash(f.Path)))
		if err != nil {
			return err
		}
		if info.Size() != f.Bytes {
			return fmt.Errorf("%s has %d bytes, the manifest says %d", f.Path, info.Size(), f.Bytes)
		}
	}
	return nil
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
