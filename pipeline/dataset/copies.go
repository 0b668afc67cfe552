package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"callmill/pipeline/internal/durable"
)

// The manifest of a snapshot has a second copy in runs/, beside the files of the
// runs, and so has the file of what is pending: of all files they are the only ones
// that nothing else tells the content of. They are written before the snapshot gets
// its name, and go after it: a copy without a snapshot is swept. Snapshots of
// callmills that wrote none get that of the manifest when the next run begins with
// them.

// copySuffix and pendingSuffix are what the name of a copy has behind that of the
// snapshot.
const (
	copySuffix    = ".manifest"
	pendingSuffix = ".pending"
)

func (d *Dataset) copyPath(snapshot string) string { return d.Path(runsDir, snapshot+copySuffix) }

// KeepManifest writes the second copy of the manifest of a snapshot.
func (d *Dataset) KeepManifest(snapshot string, text []byte) error {
	return durable.WriteFile(d.fs, d.copyPath(snapshot), text, d.FileMode())
}

// PendingCopy returns the path of the second copy of what is pending in a snapshot.
func (d *Dataset) PendingCopy(snapshot string) string {
	return d.Path(runsDir, snapshot+pendingSuffix)
}

// KeepPending writes the second copy of what is pending in a snapshot, of which path
// is the first: no link, which would share its damage.
func (d *Dataset) KeepPending(snapshot, path string) error {
	text, err := durable.ReadFile(d.fs, path)
	if err != nil {
		return err
	}
	return durable.WriteFile(d.fs, d.PendingCopy(snapshot), text, d.FileMode())
}

// mendCopy writes the second copy of the latest manifest where it is missing or not
// the same: before d was opened that was read and found whole.
func (d *Dataset) mendCopy() error {
	text, err := durable.ReadFile(d.fs, d.Path(SnapshotsDir, d.name, ManifestFile))
	if err != nil {
		return err
	}
	if kept, err := durable.ReadFile(d.fs, d.copyPath(d.name)); err == nil && bytes.Equal(kept, text) {
		return nil
	}
	return d.KeepManifest(d.name, text)
}

// isLostCopy reports whether a name in runs/ is that of a copy whose snapshot is
// gone.
func (d *Dataset) isLostCopy(name string) bool {
	snapshot, ok := strings.CutSuffix(name, copySuffix)
	if !ok {
		snapshot, ok = strings.CutSuffix(name, pendingSuffix)
	}
	if !ok || !snapshotName.MatchString(snapshot) {
		return false
	}
	_, err := d.fs.Lstat(d.Path(SnapshotsDir, snapshot))
	return errors.Is(err, fs.ErrNotExist)
}

// removeCopies removes the second copies of the files of a snapshot, if there are any.
func (d *Dataset) removeCopies(snapshot string) error {
	for _, path := range []string{d.copyPath(snapshot), d.PendingCopy(snapshot)} {
		if err := d.fs.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// RestoreManifest replaces the manifest of the latest snapshot of the dataset in dir
// by its second copy, where it is damaged or missing. It returns whether it did. The
// hash in the snapshot's name says whether one is whole.
func RestoreManifest(ctx context.Context, dir string, o Options) (restored bool, err error) {
	d := newDataset(dir, o)
	name, err := d.latest()
	if err == nil && name == "" {
		err = ErrEmpty
	}
	if err != nil {
		return false, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	if err := d.takeLock(ctx); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if name, err = d.latest(); err != nil { // it may have changed while this waited
		return false, err
	}
	broken := d.load()
	if broken == nil || errors.Is(broken, ErrNewerFormat) {
		return false, broken
	}
	text, err := durable.ReadFile(d.fs, d.copyPath(name))
	if err == nil {
		_, err = ParseManifest(name, text)
	}
	if err != nil {
		return false, &LatestError{dir, fmt.Errorf("%w; its second copy %s is of no use: %w", broken, d.copyPath(name), err)}
	}
	return true, d.replaceManifest(name, text)
}

// replaceManifest writes the manifest of a snapshot, first to where the next run
// sweeps what a crash leaves: it does not look into snapshots.
func (d *Dataset) replaceManifest(name string, text []byte) error {
	work := d.Path(SnapshotsDir, BuildPrefix+d.NewRun().ID)
	if err := d.fs.Mkdir(work, d.DirMode()); err != nil {
		return err
	}
	folder, path := d.Path(SnapshotsDir, name), d.Path(SnapshotsDir, name, ManifestFile)
	mode := d.FileMode()
	if info, err := d.fs.Stat(path); err == nil {
		mode = info.Mode().Perm() // a group that reads the tables goes on doing so
	}
	made := filepath.Join(work, ManifestFile)
	err := durable.MkdirAll(d.fs, folder, d.DirMode())
	if err == nil {
		err = durable.WriteFile(d.fs, made, text, mode)
	}
	if err == nil {
		err = durable.ChangeDir(d.fs, folder, func() error { return d.fs.Rename(made, path) })
	}
	return errors.Join(err, durable.RemoveAll(d.fs, work))
}
