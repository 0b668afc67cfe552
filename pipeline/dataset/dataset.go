// Package dataset keeps the published tables: a folder of immutable snapshots,
// one of which is the latest.
//
// A run opens the dataset, which takes its lock, begins a [Tx], gives it jobs
// and rejects, and publishes: the shards that change are written anew, all
// other files are linked, and one rename of the link "latest" makes the new
// snapshot the published one. Until then nothing that a reader sees has
// changed; after it nothing of the old snapshot has.
//
// Which of several versions of a job wins is decided in sightings.go; where a
// job's rows lie, in layout.go and build.go; what happens at a crash, step by
// step, in publish.go. The package starts no goroutines: the caller writes the
// units of a plan at the same time if it likes.
package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"callmill/pipeline/internal/durable"
)

// Options are how a run uses a dataset; none of them changes what is
// published. The zero value is useful.
type Options struct {
	FS        durable.FS    // nil: the machine's
	Memory    int64         // budget in bytes for gathered rows; 0: 192 MiB
	Workers   int           // how many units will be written at the same time; 0: 1
	LockWait  time.Duration // how long to wait for another run
	GroupRead bool          // let the group read tables and runs
	Keep      int           // snapshots to keep; 0: 7
	KeepFor   time.Duration // age up to which snapshots are kept whatever their number; 0: 24 h; negative: whatever their age
	Program   string        // name and version for the manifest
	Now       func() time.Time
}

// Dataset is an open dataset, locked against other runs. It is not safe for
// concurrent use, but for the Write of its Tx.
type Dataset struct {
	dir      string
	fs       durable.FS
	options  Options
	lock     *lock
	name     string    // of the latest snapshot, "" where there is none
	manifest *Manifest // of the latest snapshot, nil where there is none
}

// Open opens the dataset in dir for a run, making the folder if it does not
// exist, and sweeps what a crashed run left. The error is ErrLocked where
// another run holds it, and ErrForeign where dir is something else.
func Open(ctx context.Context, dir string, o Options) (*Dataset, error) {
	d := newDataset(dir, o)
	if err := d.checkFolder(); err != nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	if err := d.makeFolders(); err != nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	var err error
	if d.lock, err = takeLock(ctx, d.dir, o.LockWait); err != nil {
		return nil, err
	}
	if err := d.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open dataset %s: %w", dir, err), d.lock.release())
	}
	if err := d.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("sweep dataset %s: %w", dir, err), d.lock.release())
	}
	return d, nil
}

// View opens a dataset for looking only: it takes no lock and changes nothing.
// There must be a published snapshot.
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

// Nothing is the view of a dataset of which nothing is published yet.
func Nothing(dir string) *Dataset { return newDataset(dir, Options{}) }

// ErrEmpty means that nothing was ever published.
var ErrEmpty = errors.New("no published snapshot")

// ErrForeign means that a folder is somebody else's: it holds files, but no
// dataset.
var ErrForeign = errors.New("no dataset, and not empty")

func newDataset(dir string, o Options) *Dataset {
	if o.FS == nil {
		o.FS = durable.OS{}
	}
	if o.Memory == 0 {
		o.Memory = 192 << 20
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

// checkFolder keeps runs out of folders that were named by mistake. What is
// added to a dataset later is nobody's mistake; hidden files and lost+found are
// what systems put into empty folders.
func (d *Dataset) checkFolder() error {
	if info, err := d.fs.Stat(d.dir); err == nil && !info.IsDir() {
		return errors.New("it is a file")
	}
	entries, err := d.fs.ReadDir(d.dir)
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
	if foreign == "" || has[snapshotsDir] && (has[lockFile] || has[latestLink] || has[latestText]) {
		return nil
	}
	return fmt.Errorf("%w: it has %s", ErrForeign, foreign)
}

func (d *Dataset) makeFolders() error {
	for _, folder := range []struct {
		path string
		mode fs.FileMode
	}{{d.dir, d.dirMode()}, {d.path(snapshotsDir), d.dirMode()}, {d.path(runsDir), d.dirMode()}} {
		if err := durable.MkdirAll(d.fs, folder.path, folder.mode); err != nil {
			return err
		}
	}
	return nil
}

// load finds the published snapshot.
func (d *Dataset) load() error {
	name, err := d.latest()
	if err != nil || name == "" {
		return err
	}
	manifest, err := readManifest(d.fs, d.path(snapshotsDir, name))
	if errors.Is(err, ErrNewerFormat) {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("it is not there, or has no manifest: %w", err)
	}
	if err != nil {
		return fmt.Errorf("latest is snapshot %s: %w; `callmill snapshots %s list` shows the others, `callmill snapshots %s rollback NAME` goes back to one",
			name, err, d.dir, d.dir)
	}
	d.name, d.manifest = name, manifest
	return nil
}

// latest is the name of the published snapshot, "" where nothing was
// published. Where the link exists it alone decides; the text is for file
// systems without links.
func (d *Dataset) latest() (string, error) {
	target, err := d.fs.Readlink(d.path(latestLink))
	if errors.Is(err, fs.ErrNotExist) {
		text, err := durable.ReadFile(d.fs, d.path(latestText))
		if errors.Is(err, fs.ErrNotExist) {
			return d.unpublished()
		}
		if err != nil {
			return "", err
		}
		return d.checkLatest(strings.TrimSpace(string(text)))
	}
	if err != nil && !errors.Is(err, syscall.EINVAL) {
		return "", err
	}
	if err != nil {
		return "", fmt.Errorf("read %s: it is not a link that callmill made: move it away, and the next run makes it again: %w", d.path(latestLink), err)
	}
	return d.checkLatest(filepath.ToSlash(target))
}

func (d *Dataset) checkLatest(target string) (string, error) {
	name := strings.TrimPrefix(target, snapshotsDir+"/")
	if !snapshotName.MatchString(name) {
		return "", fmt.Errorf("%s names %q, which is no snapshot; `callmill snapshots %s list` shows those there are, `callmill snapshots %s rollback NAME` makes one the latest",
			latestLink, target, d.dir, d.dir)
	}
	return name, nil
}

// unpublished is for a dataset without latest: new, unless it has snapshots
// that were published.
func (d *Dataset) unpublished() (string, error) {
	entries, err := d.fs.ReadDir(d.path(snapshotsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for _, e := range entries {
		if snapshotName.MatchString(e.Name()) && d.wasPublished(e.Name()) {
			return "", fmt.Errorf("%s is gone, but there are snapshots: `callmill snapshots %s list` shows them, `callmill snapshots %s rollback NAME` makes one the latest",
				latestLink, d.dir, d.dir)
		}
	}
	return "", nil
}

// Close gives back the lock.
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
func (d *Dataset) SnapshotDir() string { return d.snapshotDir() }

func (d *Dataset) snapshotDir() string { return d.path(snapshotsDir, d.name) }

func (d *Dataset) path(elements ...string) string {
	return filepath.Join(append([]string{d.dir}, elements...)...)
}

func (d *Dataset) dirMode() fs.FileMode {
	if d.options.GroupRead {
		return 0o750
	}
	return 0o700
}

func (d *Dataset) fileMode() fs.FileMode {
	if d.options.GroupRead {
		return 0o640
	}
	return 0o600
}
