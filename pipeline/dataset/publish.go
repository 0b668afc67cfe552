package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/internal/calendar"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// Extent is what a run adds to the snapshot besides rows.
type Extent struct {
	Settings Settings
	Covered  map[string][]calendar.Interval
	Pending  []schema.Pending
}

// Published is what became of a run.
type Published struct {
	Snapshot string // the latest one now
	Changed  bool   // false: the run brought nothing new, and nothing was written
	Counts   Counts
	Tables   []Table
	Unlisted []string // statuses in the tables that the vendor does not document
}

// Publish completes the snapshot and makes it the latest one. The steps, and
// what a crash after each leaves:
//
//  1. Files of untouched shards are linked into the new folder, small tables
//     and views.sql are written, and the manifest last: a folder named
//     .build-…, which the next run sweeps.
//  2. All its folders are synced: the same, but on disk.
//  3. The folder gets its name: a whole snapshot that nothing names; the next
//     run sweeps it, for no run file says that it was published.
//  4. The folder of snapshots is synced: the same, but on disk.
//  5. The link latest is replaced by one rename, and its folder synced: this
//     is the commit. Whether a rename whose sync failed has happened is for
//     latest itself to say.
//  6. LATEST is written: before it, it names the snapshot before; the next run
//     mends it.
//
// Where nothing differs from the published snapshot, all this is left out.
func (tx *Tx) Publish(ctx context.Context, extent Extent) (*Published, error) {
	b := tx.build
	if tx.idle(extent) {
		d := tx.dataset
		return &Published{Snapshot: d.name, Counts: tx.verdict.counts, Tables: d.manifest.Tables, Unlisted: d.manifest.Unlisted()}, nil
	}
	manifest, err := b.assemble(extent)
	if err != nil {
		return nil, fmt.Errorf("assemble snapshot: %w", err)
	}
	result := &Published{Counts: manifest.Counts, Tables: manifest.Tables, Unlisted: manifest.Unlisted()}
	if tx.dataset.same(manifest) {
		result.Snapshot, result.Tables = tx.dataset.name, tx.dataset.manifest.Tables
		return result, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name, err := b.complete(manifest)
	if err != nil {
		return nil, fmt.Errorf("complete snapshot: %w", err)
	}
	if err := tx.dataset.swap(name); err != nil {
		if errors.Is(err, errUnknown) {
			b.dir = ""
		}
		return nil, fmt.Errorf("publish snapshot %s: %w", name, err)
	}
	b.dir = "" // published, no longer ours to discard
	tx.dataset.name, tx.dataset.manifest = name, manifest
	result.Snapshot, result.Changed = name, true
	return result, nil
}

// idle reports whether it is plain that a snapshot would say nothing new: no
// shard changes, and no reject or campaign was met.
func (tx *Tx) idle(extent Extent) bool {
	old := tx.base
	for _, a := range tx.appenders {
		if len(a.groups) > 0 {
			return false
		}
	}
	return old != nil && len(tx.build.days) == 0 && tx.rejects.met == 0 && len(tx.replayed) == 0 &&
		!tx.settlesRejects() && old.sameExtent(extent)
}

func (m *Manifest) sameExtent(e Extent) bool {
	return reflect.DeepEqual(m.Settings, e.Settings) && reflect.DeepEqual(m.Covered, e.Covered) && slices.Equal(m.Pending, e.Pending)
}

// same reports whether a snapshot would say nothing new.
func (d *Dataset) same(m *Manifest) bool {
	old := d.manifest
	if old == nil || !old.sameExtent(Extent{m.Settings, m.Covered, m.Pending}) {
		return false
	}
	for i, t := range m.Tables {
		if old.Tables[i].ContentHash != t.ContentHash {
			return false
		}
	}
	return true
}

// assemble puts together the tables of the new snapshot.
func (b *build) assemble(extent Extent) (*Manifest, error) {
	tx := b.tx
	undated, err := tx.undatedNow()
	if err != nil {
		return nil, err
	}
	m := &Manifest{
		Format: FormatVersion, Program: tx.dataset.options.Program, Parent: tx.dataset.name, Run: tx.run.ID,
		Published: tx.dataset.options.Now().UTC(), Settings: extent.Settings,
		Covered: extent.Covered, Pending: extent.Pending, Undated: undated, Counts: tx.verdict.counts,
	}
	m.Counts.Shrunk += int64(len(b.shrunk))
	for _, t := range schema.Tables() {
		files := Table{Name: t.Name}
		var err error
		if t.Day {
			files.Files, err = b.dayFiles(t.Name)
		} else {
			files.Files, err = b.smallFiles(t.Name, m)
		}
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
		m.Tables = append(m.Tables, files)
	}
	m.seal()
	return m, nil
}

// undatedNow adds to the instants that are no version's own those of this run.
func (tx *Tx) undatedNow() ([]int64, error) {
	var list []int64
	if tx.dataset.manifest != nil {
		list = slices.Clone(tx.dataset.manifest.Undated)
	}
	for at := range tx.verdict.undated {
		list = append(list, at)
	}
	undated := map[int64]bool{}
	for met, err := range tx.rejects.all() {
		if err != nil {
			return nil, err
		}
		if met.Undated {
			undated[met.Row.FirstSeen] = true
		}
	}
	list = slices.AppendSeq(list, maps.Keys(undated))
	slices.Sort(list)
	return slices.Compact(list), nil
}

// dayFiles are the files of a day table: those written, and those of shards
// that stayed as they are, which are linked.
func (b *build) dayFiles(name string) ([]File, error) {
	var files []File
	for _, d := range b.days {
		for _, w := range d.written {
			for _, f := range w.files {
				if f.table == name {
					files = append(files, f.file)
				}
			}
		}
	}
	if base := b.tx.base; base != nil {
		for _, f := range base.Table(name).Files {
			if f.Rows > 0 && b.stays(f) {
				files = append(files, f)
			}
		}
	}
	if err := b.linkPublished(name, files); err != nil {
		return nil, err
	}
	if len(files) > 0 {
		return files, nil
	}
	empty, err := b.writeEmpty(name)
	return []File{empty}, err
}

// stays reports whether a published file belongs to a shard that was not
// written anew.
func (b *build) stays(f File) bool {
	number, _ := dayOf(f.Path)
	d := b.days[number]
	return d == nil || f.Buckets == d.buckets && d.written[shard{number, f.Bucket, f.Buckets}] == nil
}

// linkPublished links the files that the published snapshot has, too; one that
// was written again and came out the same is replaced by a link.
func (b *build) linkPublished(name string, files []File) error {
	published := map[string]File{}
	if old := b.tx.dataset.manifest; old != nil {
		for _, f := range old.Table(name).Files {
			published[f.Path] = f
		}
	}
	for _, f := range files {
		old, ok := published[f.Path]
		if !ok {
			continue
		}
		if old.SHA256 != f.SHA256 {
			return fmt.Errorf("%s has the name of another content", f.Path)
		}
		if err := b.link(f.Path); err != nil {
			return err
		}
	}
	return nil
}

func (b *build) link(file string) error {
	d := b.tx.dataset
	to := filepath.Join(b.dir, filepath.FromSlash(file))
	if err := b.mkdir(path.Dir(file)); err != nil {
		return err
	}
	if err := d.fs.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := durable.LinkOrCopy(d.fs, filepath.Join(d.snapshotDir(), filepath.FromSlash(file)), to, d.fileMode())
	return err
}

// writeEmpty writes the zero-row file of a day table without rows.
func (b *build) writeEmpty(name string) (File, error) {
	folder := path.Join(name, DateDir(schema.NoDate))
	file, err := map[string]func() (File, error){
		"jobs":      func() (File, error) { return writeSmall[schema.JobRow](b, folder, nil) },
		"tasks":     func() (File, error) { return writeSmall[schema.TaskRow](b, folder, nil) },
		"turns":     func() (File, error) { return writeSmall[schema.TurnRow](b, folder, nil) },
		"contacts":  func() (File, error) { return writeSmall[schema.ContactRow](b, folder, nil) },
		"extras":    func() (File, error) { return writeSmall[schema.ExtraRow](b, folder, nil) },
		"summaries": func() (File, error) { return writeSmall[schema.SummaryRow](b, folder, nil) },
	}[name]()
	file.Buckets = 1
	return file, err
}

// writeSmall writes a file of rows that are in memory; one that is published
// already is linked.
func writeSmall[T any](b *build, folder string, rows []T) (File, error) {
	out, err := b.create(folder, scratchPrefix+"small")
	if err != nil {
		return File{}, err
	}
	if err := parquetio.Write(out, rows); err != nil {
		return File{}, errors.Join(err, out.abandon())
	}
	file, err := out.finish()
	if err != nil {
		return File{}, err
	}
	file.Rows = int64(len(rows))
	return file, b.linkPublished(strings.Split(folder, "/")[0], []File{file})
}

// complete writes what is left, puts everything on disk and gives the folder
// its name.
func (b *build) complete(m *Manifest) (name string, err error) {
	d := b.tx.dataset
	views := []byte(Views(""))
	sum := sha256.Sum256(views)
	m.ViewsSHA256 = hex.EncodeToString(sum[:])
	if err := durable.WriteFile(d.fs, filepath.Join(b.dir, ViewsFile), views, d.fileMode()); err != nil {
		return "", err
	}
	text, hash, err := m.encode()
	if err != nil {
		return "", err
	}
	if err := durable.WriteFile(d.fs, filepath.Join(b.dir, ManifestFile), text, d.fileMode()); err != nil {
		return "", err
	}
	if err := b.syncFolders(); err != nil {
		return "", err
	}
	name = nameSnapshot(m.Published, hash)
	if err := d.fs.Rename(b.dir, d.path(snapshotsDir, name)); err != nil {
		return "", err
	}
	b.dir = d.path(snapshotsDir, name)
	return name, d.fs.SyncDir(d.path(snapshotsDir))
}

// syncFolders puts the names in all folders of the snapshot on disk. The files
// were synced one by one when they were written.
func (b *build) syncFolders() error {
	for _, folder := range b.folders() {
		if err := b.tx.dataset.fs.SyncDir(filepath.Join(b.dir, filepath.FromSlash(folder))); err != nil {
			return err
		}
	}
	return nil
}

// errUnknown means that nobody can say which snapshot is the latest one: both
// must stay.
var errUnknown = errors.New("it cannot be told whether it is published")

// swap makes a snapshot the latest one. An error is only an error where latest
// does not say otherwise: a rename may be done and reported as failed.
func (d *Dataset) swap(name string) error {
	err := durable.ReplaceSymlink(d.fs, path.Join(snapshotsDir, name), d.path(latestLink))
	_, none := d.fs.Lstat(d.path(latestLink))
	if err != nil && durable.Unsupported(err) && errors.Is(none, fs.ErrNotExist) {
		// LATEST is the commit then.
		err = durable.WriteFile(d.fs, d.path(latestText), []byte(name+"\n"), d.fileMode())
	}
	if err != nil {
		if now, readErr := d.latest(); readErr != nil {
			return fmt.Errorf("%w: %w", errUnknown, errors.Join(err, readErr))
		} else if now != name {
			return err
		}
	}
	// The commit is made. LATEST is for those who cannot follow links; a failure
	// to write it must not make the run look failed, and the next run mends it.
	_ = durable.WriteFile(d.fs, d.path(latestText), []byte(name+"\n"), d.fileMode())
	return nil
}
