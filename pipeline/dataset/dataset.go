// Package dataset is the folder that holds the published tables: immutable
// snapshots, of which one is the latest.
//
// A run opens the dataset, which takes its lock, and publishes a new snapshot
// through package commit; [View] is for reading alone and takes no lock.
// This package knows the names in the folder (layout.go), what a snapshot says
// of itself (manifest.go), which one is the latest, which may go (snapshots.go),
// and what a crashed run may have left (sweep.go). It does not write tables.
package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"callmill/pipeline/dataset/access"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/internal/durable"
)

// Options are how a run uses a dataset; none of them changes what is
// published. The zero value is useful.
type Options struct {
	FS       durable.FS    // nil: the machine's
	LockWait time.Duration // how long to wait for another run
	// Access is who may read the tables and the files of runs; the key, raw/ and the
	// lock are the owner's in any case. It is a setting of the dataset, and lies in the
	// mode of its folder snapshots: what no rollback changes.
	Access  access.Access
	Keep    int           // snapshots to keep; 0: 7
	KeepFor time.Duration // snapshots younger than this are kept in any case; 0: 24 h; negative: none are
	// Now is the clock of run ids, ages and deadlines; nil is time.Now.
	Now func() time.Time
}

// Dataset is an open dataset. Its accessors are safe for concurrent use; what
// changes the folder is not.
type Dataset struct {
	dir      string
	fs       durable.FS
	options  Options
	lock     *lock
	access   access.Access // of what is written
	name     string        // of the latest snapshot, "" where there is none
	manifest *Manifest     // of the latest snapshot, nil where there is none
}

// GiveUp leaves damaged files out of what d has of the published snapshot, see
// [Manifest.Without]: a run upon d publishes without them. On disk nothing changes.
func (d *Dataset) GiveUp(gone func(table string, f File) bool) (jobs int64) {
	d.manifest, jobs = d.manifest.Without(gone)
	return jobs
}

// Open opens the dataset in dir for a run, making the folder if it does not
// exist, and sweeps what a crashed run left. No other run can open it until
// Close. The error is [ErrLocked] where another run holds it, and [ErrForeign]
// where dir is not a dataset.
func Open(ctx context.Context, dir string, o Options) (*Dataset, error) {
	d := newDataset(dir, o)
	if err := d.checkFolder(); err != nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	d.access = o.Access.Or(d.fs, d.Path(SnapshotsDir))
	if err := d.makeFolders(); err != nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	if err := d.takeLock(ctx); err != nil {
		return nil, err
	}
	d.access = o.Access.Or(d.fs, d.Path(SnapshotsDir)) // another run may have changed it meanwhile
	if err := d.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open dataset %s: %w", dir, err), d.lock.release())
	}
	if err := d.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("sweep dataset %s: %w", dir, err), d.lock.release())
	}
	if o.Access != access.Kept {
		if err := access.Set(d.fs, d.access, d.dir, SnapshotsDir, runsDir, dictDir, latestText, formerText); err != nil {
			return nil, errors.Join(fmt.Errorf("set the modes of dataset %s: %w", dir, err), d.lock.release())
		}
	}
	return d, nil
}

// View opens a dataset for reading: it takes no lock and changes nothing. The
// error is [ErrEmpty] where no snapshot is published.
func View(dir string) (*Dataset, error) {
	d := newDataset(dir, Options{})
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("open dataset: %w", err)
	}
	if err := d.load(); err != nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	if d.manifest == nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, ErrEmpty)
	}
	return d, nil
}

// Nothing is the view of a dataset without a published snapshot.
func Nothing(dir string) *Dataset { return newDataset(dir, Options{}) }

// Unpublished opens a folder that is a dataset without a snapshot, or can become one, for
// reading what lies beside snapshots. The error is [ErrForeign] where it is neither.
func Unpublished(dir string) (*Dataset, error) {
	d := Nothing(dir)
	if err := d.checkFolder(); err != nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	return d, nil
}

// ErrEmpty means that no snapshot was ever published.
var ErrEmpty = errors.New("no published snapshot")

// ErrForeign means that a folder holds files, but no dataset.
var ErrForeign = errors.New("not a callmill dataset and not empty")

func newDataset(dir string, o Options) *Dataset {
	if o.FS == nil {
		o.FS = durable.OS{}
	}
	if o.Keep == 0 {
		o.Keep = 7
	}
	if o.KeepFor == 0 {
		o.KeepFor = 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Dataset{dir: filepath.Clean(dir), fs: o.FS, options: o}
}

// checkFolder keeps runs out of folders that were named by mistake. Files that
// were added to a dataset later do not count, nor hidden files and lost+found,
// which systems put into empty folders.
func (d *Dataset) checkFolder() error {
	if info, err := d.fs.Stat(d.dir); err == nil && !info.IsDir() {
		return errors.New("it is a file")
	}
	entries, err := durable.ReadDir(d.fs, d.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var foreign string
	has := map[string]bool{}
	for _, e := range entries {
		has[e.Name()] = true
		if !IsOwn(e.Name()) && e.Name()[0] != '.' && e.Name() != "lost+found" {
			foreign = e.Name()
		}
	}
	if foreign == "" || has[SnapshotsDir] && (has[lockFile] || has[latestLink] || has[latestText] || has[formerText]) {
		return nil
	}
	return fmt.Errorf("%w (contains %s)", ErrForeign, foreign)
}

func (d *Dataset) makeFolders() error {
	for _, folder := range []string{d.dir, d.Path(SnapshotsDir), d.Path(runsDir)} {
		if err := durable.MkdirAll(d.fs, folder, d.DirMode()); err != nil {
			return err
		}
	}
	return nil
}

// LatestError means that the latest snapshot of the dataset in Dir is unknown or
// cannot be read. Others may be good, and can be published again with [Rollback].
type LatestError struct {
	Dir string
	Err error
}

func (e *LatestError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *LatestError) Unwrap() error { return e.Err }

// load finds the published snapshot.
func (d *Dataset) load() error {
	name, err := d.latest()
	if err != nil || name == "" {
		return err
	}
	manifest, err := readManifest(d.fs, d.Path(SnapshotsDir, name))
	if errors.Is(err, ErrNewerFormat) {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("it is missing, or has no manifest: %w", err)
	}
	if err != nil {
		return &LatestError{d.dir, fmt.Errorf("latest is snapshot %s: %w", name, err)}
	}
	d.name, d.manifest = name, manifest
	return nil
}

// owner returns the folder of the dataset of which dir is a snapshot, such as the
// one that latest leads to; "" where dir is none.
func (d *Dataset) owner() string {
	real, err := filepath.EvalSymlinks(d.dir)
	if err != nil || filepath.Base(filepath.Dir(real)) != SnapshotsDir {
		return ""
	}
	if _, err := d.fs.Stat(d.Path(ManifestFile)); err != nil {
		return ""
	}
	if filepath.Base(d.dir) == latestLink {
		return filepath.Dir(d.dir)
	}
	return filepath.Dir(filepath.Dir(real))
}

// latest returns the name of the published snapshot, "" where nothing was
// published. Where the link exists it alone decides. The texts are for file
// systems without links: CURRENT, and where there is none, LATEST of format 1.
func (d *Dataset) latest() (string, error) {
	target, err := d.fs.Readlink(d.Path(latestLink))
	if err == nil {
		return d.checkLatest(latestLink, filepath.ToSlash(target))
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.EINVAL) {
		return "", err
	}
	if linked, statErr := d.hasLatest(); statErr != nil {
		return "", statErr
	} else if linked {
		return "", fmt.Errorf("read %s: it is not a link that callmill made: move it away, and the next run makes it again: %w", d.Path(latestLink), err)
	}
	for _, name := range []string{latestText, formerText} {
		text, err := durable.ReadFile(d.fs, d.Path(name))
		if err == nil {
			return d.checkLatest(name, strings.TrimSpace(string(text)))
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if owner := d.owner(); owner != "" {
		return "", fmt.Errorf("it is a snapshot: name the folder of its dataset, %s", owner)
	}
	return d.unpublished()
}

func (d *Dataset) checkLatest(from, target string) (string, error) {
	name := strings.TrimPrefix(target, SnapshotsDir+"/")
	if !snapshotName.MatchString(name) {
		return "", &LatestError{d.dir, fmt.Errorf("%s names %q, which is not a snapshot", from, target)}
	}
	return name, nil
}

// hasLatest reports whether there is anything by the name of the link. The text of
// format 1 is not, where case does not count and it answers to the name of the
// link: a run of format 1 replaced the link by it, or could not make one.
func (d *Dataset) hasLatest() (bool, error) {
	info, err := d.fs.Lstat(d.Path(latestLink))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !info.Mode().IsRegular() {
		return true, err
	}
	if _, err := d.fs.Lstat(d.Path(formerText)); errors.Is(err, fs.ErrNotExist) {
		return true, nil // where case counts the one name does not answer for the other
	} else if err != nil {
		return true, err
	}
	// Both names answer. Where the folder has but one of them, they are one file.
	entries, err := durable.ReadDir(d.fs, d.dir)
	named := 0
	for _, e := range entries {
		if strings.EqualFold(e.Name(), latestLink) {
			named++
		}
	}
	return named != 1, err
}

// unpublished is for a dataset without latest: it is new, unless it has
// snapshots that were published.
func (d *Dataset) unpublished() (string, error) {
	entries, err := durable.ReadDir(d.fs, d.Path(SnapshotsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, e := range entries {
		if snapshotName.MatchString(e.Name()) && d.wasPublished(e.Name()) {
			return "", &LatestError{d.dir, fmt.Errorf("%s is missing, but there are snapshots", latestLink)}
		}
	}
	return "", nil
}

// Latest returns the name of the published snapshot of the dataset in dir, ""
// where nothing was published. It reads no manifest.
func Latest(dir string) (string, error) {
	return newDataset(dir, Options{}).latest()
}

// Close releases the lock.
func (d *Dataset) Close() error {
	if d.lock == nil {
		return nil
	}
	return d.lock.release()
}

// Manifest is that of the published snapshot, nil where there is none.
func (d *Dataset) Manifest() *Manifest { return d.manifest }

// Name is that of the published snapshot, "" where there is none.
func (d *Dataset) Name() string { return d.name }

// SnapshotDir is the folder of the published snapshot.
func (d *Dataset) SnapshotDir() string { return d.Path(SnapshotsDir, d.name) }

// Path returns the path of something in the dataset's folder.
func (d *Dataset) Path(elements ...string) string {
	return filepath.Join(append([]string{d.dir}, elements...)...)
}

// FS is the file system that the dataset is written through.
func (d *Dataset) FS() durable.FS { return d.fs }

// Erased is what no rollback changes. Each has its own: it is for one goroutine.
func (d *Dataset) Erased() *erased.Store { return erased.In(d.fs, d.dir) }

// Now is the time on the dataset's clock.
func (d *Dataset) Now() time.Time { return d.options.Now() }

// DirMode is the mode of the dataset's folders.
func (d *Dataset) DirMode() fs.FileMode { return d.access.DirMode() }

// FileMode is the mode of the dataset's files, those that hold secrets excepted.
func (d *Dataset) FileMode() fs.FileMode { return d.access.FileMode() }

// Undated reports whether an instant, in ms, is the start of a run that dated
// versions without a timestamp of their own.
func (d *Dataset) Undated(at int64) bool { return slices.Contains(d.manifest.Undated, at) }
