// Package replace takes rows out of every kept snapshot of a dataset, or changes
// them: each snapshot that holds any is replaced by one of the same time and another
// hash. Files of shards that hold none are hard-linked; parents, pins, bookmarks and
// the second copies in runs/ follow; a map of old to new names lets rollback, changes
// and links find what they name.
//
// It decides nothing: which rows go, or how they change, is passed in. The caller
// holds the dataset's lock.
//
// # Steps
//
// And what a crash after each leaves, when [Snapshots] is called again with the same
// id and the same change, which has to follow before anything else is written:
//
//  1. For each snapshot, a parent before its children, a folder .build-… is written:
//     the next opening of the dataset sweeps it, and all is written again, with the
//     same bytes and so the same names.
//  2. They get their names, one by one, after their second copies in runs/: whole
//     snapshots beside the old ones. What is swept or not is written again.
//  3. The map is written: from here on the old names stand for the new ones, and the
//     map says what is left to do.
//  4. Pins and bookmarks move, latest is swapped once, the old folders are removed.
//     Each can be done again.
//
// Every snapshot shows all the rows or none of those that go, at any moment; a reader
// that has files of an old one open goes on reading them.
package replace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// Change is what becomes of what snapshots hold. Its functions must do the same when
// they are called again. nil ones leave all as it is.
type Change struct {
	// Only says which snapshots it is about, by their names; nil: all.
	Only func(snapshot string) bool
	// Touches reports whether a shard may hold rows that change: all others are linked
	// unread. nil: every shard does.
	Touches func(*shard.Published) (bool, error)
	// Job changes the rows of a job in place, but not what the order of jobs depends on;
	// those of a job for which it returns false go.
	Job func(*schema.Rows) (stays bool)
	// Reject and Pending do the same with a reject, and with an entry of what is pending.
	Reject  func(*schema.RejectRow) (stays bool)
	Pending func(*schema.PendingRow) (stays bool)
	// OptOut changes a row of the file of opt-outs in place.
	OptOut func(*optout.Row) (stays bool)
	// Manifest changes what the manifest says besides tables, parent and counts, such as
	// the settings; it reports whether it changed anything.
	Manifest func(*dataset.Manifest) (changed bool)
	// Count counts jobs that were new in a snapshot and are not in it any more: by this
	// they count as something else of what was seen. nil: as erased.
	Count func(c *dataset.Counts, jobs int64)
	// Tell has the ids of the jobs that went kept for consumers, see [erased.GoneFor].
	Tell bool
}

// Snapshots replaces the snapshots of a dataset as a change says, or finishes doing so.
// id identifies the change, at is when it began. It returns what was replaced: nothing
// where no snapshot holds anything that changes.
func Snapshots(ctx context.Context, d *dataset.Dataset, id string, at time.Time, c Change) (*erased.Replacement, error) {
	replaced, err := d.Erased().Replaced()
	if err != nil {
		return nil, fmt.Errorf("replace snapshots: %w", err)
	}
	for i := range replaced.List {
		if one := &replaced.List[i]; one.ID == id {
			return one, finish(d, one)
		}
	}
	b := &builder{ctx: ctx, d: d, change: c, names: map[string]string{}, days: map[string]*writtenDay{}}
	one, err := b.all()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("replace snapshots: %w", err), b.discard())
	}
	if len(one.Snapshots) == 0 && len(one.Removed) == 0 {
		return one, nil
	}
	one.ID, one.At = id, at
	pins, err := d.Pins()
	if err != nil {
		return nil, errors.Join(err, b.discard())
	}
	for _, p := range pins {
		if _, ok := one.Snapshots[p.Snapshot]; ok && p.Bookmark != "" {
			if one.Bookmarks == nil {
				one.Bookmarks = map[string]string{}
			}
			one.Bookmarks[p.Bookmark] = p.Snapshot
		}
	}
	if err := b.name(); err != nil {
		return nil, errors.Join(fmt.Errorf("replace snapshots: %w", err), b.discard())
	}
	if err := d.Erased().Replace(*one); err != nil {
		return nil, fmt.Errorf("replace snapshots: %w", err)
	}
	return one, finish(d, one)
}

// finish does what is left once the map is written.
func finish(d *dataset.Dataset, one *erased.Replacement) error {
	replaced, err := d.Erased().Replaced()
	if err != nil {
		return err
	}
	moved := map[string]string{}
	for old := range one.Snapshots {
		moved[old] = replaced.Latest(old) // another erasure may have been faster
	}
	for _, name := range one.Removed {
		moved[name] = ""
	}
	if err := d.MovePins(moved); err != nil {
		return fmt.Errorf("move pins: %w", err)
	}
	if now, ok := moved[d.Name()]; ok && now != "" {
		m, err := d.Snapshot(now)
		if err == nil {
			err = d.Publish(now, m)
		}
		if err != nil {
			return fmt.Errorf("publish snapshot %s in the place of %s: %w", now, d.Name(), err)
		}
	}
	// Children before parents, so that none is left whose parent is unknown.
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(moved))) {
		if err := d.Remove(name); err != nil {
			return fmt.Errorf("remove snapshot %s: %w", name, err)
		}
	}
	return syncDir(d)
}

func syncDir(d *dataset.Dataset) error {
	return durable.SyncDir(d.FS(), d.Path(dataset.SnapshotsDir))
}

// builder writes what replaces the snapshots.
type builder struct {
	ctx    context.Context
	d      *dataset.Dataset
	change Change

	names map[string]string // new names by the old ones
	built []*snapshot       // that have no name yet
	days  map[string]*writtenDay
	last  map[string]map[erased.Job]bool // the jobs that went, by the old name of the snapshot
}

// all writes a folder for each snapshot that changes.
func (b *builder) all() (*erased.Replacement, error) {
	list, err := dataset.List(b.d.Path())
	if err != nil {
		return nil, err
	}
	one := &erased.Replacement{}
	b.last = map[string]map[erased.Job]bool{}
	var order []string
	for _, listed := range list {
		if err := b.ctx.Err(); err != nil {
			return nil, err
		}
		if b.change.Only != nil && !b.change.Only(listed.Name) && !b.follows(listed.Manifest) {
			continue
		}
		broken, err := b.damaged(&listed)
		if err != nil {
			return nil, err
		}
		if listed.Manifest == nil || listed.Manifest.Format != dataset.FormatVersion || broken {
			went, err := b.cannotChange(&listed)
			if err != nil {
				return nil, err
			}
			if went {
				one.Removed = append(one.Removed, listed.Name)
			}
			continue
		}
		s := &snapshot{builder: b, old: listed.Name, m: listed.Manifest, went: map[erased.Job]bool{}}
		changed, err := s.write()
		if err != nil {
			return nil, fmt.Errorf("snapshot %s: %w", listed.Name, err)
		}
		if !changed {
			continue
		}
		b.built = append(b.built, s)
		b.names[s.old], b.last[s.old] = s.name, s.went
		order = append(order, s.old)
	}
	one.Snapshots = b.names
	if b.change.Tell {
		one.Gone = gone(order, b.last)
	}
	return one, nil
}

// follows reports whether the parent of a snapshot is replaced.
func (b *builder) follows(m *dataset.Manifest) bool {
	return m != nil && b.names[m.Parent] != ""
}

// damaged reports whether files of a snapshot that would be written again are not as
// they were written. Of the published one package repair makes them again first.
func (b *builder) damaged(l *dataset.Listed) (bool, error) {
	if l.Manifest == nil || l.Latest {
		return false, nil
	}
	at, err := b.d.At(l.Name)
	if err != nil {
		return false, err
	}
	return CheckFiles(b.ctx, at, b.change) != nil, b.ctx.Err()
}

// CheckFiles returns an error where files of the snapshot of d that a change reads are
// not as they were written: it could not be replaced.
func CheckFiles(ctx context.Context, d *dataset.Dataset, c Change) error {
	for _, p := range shard.List(d) {
		if c.Job == nil {
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		touched, err := true, error(nil)
		if c.Touches != nil {
			touched, err = c.Touches(p)
		}
		if err == nil && touched {
			err = p.CheckFiles()
		}
		if err != nil {
			return err
		}
	}
	var files []dataset.File
	if c.Reject != nil {
		files = append(files, d.Manifest().Table(schema.TableRejects).Files...)
	}
	if p := d.Manifest().Pending; c.Pending != nil && p.Path != "" {
		files = append(files, p)
	}
	for _, f := range files {
		if err := dataset.CheckFile(filepath.Join(d.SnapshotDir(), filepath.FromSlash(f.Path)), f.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// cannotChange decides about a snapshot that cannot be written again: of an older
// format, or damaged. It goes whole if it may hold what is to go, unless it is the
// published one.
func (b *builder) cannotChange(l *dataset.Listed) (goes bool, err error) {
	switch {
	case l.Latest && l.Manifest == nil:
		return false, fmt.Errorf("the manifest of snapshot %s is damaged: run `callmill repair` first", l.Name)
	case l.Latest:
		return false, fmt.Errorf("snapshot %s is of format %d and cannot be changed: run `callmill rewrite` first", l.Name, l.Manifest.Format)
	}
	if l.Manifest != nil && b.change.Touches != nil {
		at, err := b.d.At(l.Name)
		if err != nil {
			return false, err
		}
		touched := false
		for _, p := range shard.List(at) {
			if touched, err = b.change.Touches(p); touched || err != nil {
				return true, nil //nolint:nilerr // one that cannot be read may hold it
			}
		}
		return false, nil
	}
	return true, nil
}

// gone groups the jobs that went by the snapshots that held them.
func gone(order []string, went map[string]map[erased.Job]bool) []erased.Gone {
	in := map[erased.Job][]string{}
	for _, name := range order {
		for job := range went[name] {
			in[job] = append(in[job], name)
		}
	}
	groups := map[string]*erased.Gone{}
	for job, names := range in {
		key := fmt.Sprint(names)
		if groups[key] == nil {
			groups[key] = &erased.Gone{In: names}
		}
		groups[key].Jobs = append(groups[key].Jobs, job)
	}
	var list []erased.Gone
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		slices.SortFunc(groups[key].Jobs, erased.Job.Compare)
		list = append(list, *groups[key])
	}
	return list
}

// name gives the folders their names. One that is there already, of a crash, is the
// same: its name holds the hash of its manifest.
func (b *builder) name() error {
	snapshots, err := b.d.FS().OpenDir(b.d.Path(dataset.SnapshotsDir))
	if err != nil {
		return err
	}
	defer snapshots.Close()
	for _, s := range b.built {
		if err := s.keepCopies(); err != nil {
			return err
		}
		path := b.d.Path(dataset.SnapshotsDir, s.name)
		if _, err := b.d.FS().Lstat(path); err == nil {
			if err := b.d.Remove(s.name); err != nil { // it may be a part of one
				return err
			}
			if err := s.keepCopies(); err != nil {
				return err
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := b.d.FS().Rename(s.dir, path); err != nil {
			return err
		}
		s.dir = ""
	}
	return snapshots.Sync()
}

// discard removes the folders without a name.
func (b *builder) discard() error {
	var errs []error
	for _, s := range b.built {
		errs = append(errs, s.discard())
	}
	return errors.Join(errs...)
}
