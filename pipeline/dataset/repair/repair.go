// Package repair makes damaged files of a published snapshot again.
//
// A table file is named for the SHA-256 of its content, and what is in it depends
// on the jobs of its shard and the settings alone. So a file that is made again is
// the one that was written if it has the hash that the manifest says; nothing else
// is put in its place. Where it may come from, in this order:
//
//   - the second copy of what is pending, which nothing else tells;
//   - the copy of another snapshot, where files could not be linked;
//   - the code: views.sql, the statuses, a table without rows;
//   - the scripts, for a file of turns in whose derived columns the damage is;
//   - the other tables of the shard: a job of which they have all, as its
//     content_hash tells;
//   - what is kept in raw/, published once more beside the dataset: the file itself,
//     or the jobs of it with this content_hash, with the instants and SearchTask's
//     columns of the tables that are whole.
//
// The manifest is restored before, see [dataset.RestoreManifest]. What can be made
// again replaces the damaged file in every snapshot that has it, by one rename each;
// a crash leaves some of them repaired and a folder that the next run sweeps.
package repair

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// Options are what files are made again with.
type Options struct {
	// Job makes a job of its rows.
	Job func(*schema.Rows) *schema.Job
	// Rows returns a function that derives the rows of a job as the snapshot has
	// them, each valid until the next; nil if this program derives others.
	Rows func() func(*schema.Job, schema.ContentHash) *schema.Rows
	// Replay publishes what is kept in raw/ in a new dataset in a folder, and returns
	// a view of it. It is called once, if it is needed; nil stands for nothing kept.
	Replay func(ctx context.Context, into string) (*dataset.Dataset, error)
}

// Report says what was damaged and what became of it.
type Report struct {
	Snapshot string
	Files    []File // by path
}

// File is a file that was damaged or missing.
type File struct {
	Path      string
	From      string   // what it was made of; "" if it could not be made again
	Snapshots []string // that have it now, or still have it damaged
	Rows      int64
}

// Lost returns the files that could not be made again.
func (r *Report) Lost() []File {
	return slices.DeleteFunc(slices.Clone(r.Files), func(f File) bool { return f.From != "" })
}

// Snapshot repairs the latest snapshot of a dataset, which is open for a run.
func Snapshot(ctx context.Context, d *dataset.Dataset, o Options) (report *Report, err error) {
	if d.Manifest() == nil {
		return nil, fmt.Errorf("repair: %w", dataset.ErrEmpty)
	}
	r := &repairer{
		d: d, fs: d.FS(), o: o, m: d.Manifest(), found: map[string]source{},
		work: d.Path(dataset.SnapshotsDir, dataset.BuildPrefix+d.NewRun().ID),
	}
	if err := r.examine(ctx); err != nil {
		return nil, fmt.Errorf("repair: %w", err)
	}
	if len(r.damaged) == 0 {
		return &Report{Snapshot: d.Name()}, nil
	}
	if err := r.fs.Mkdir(r.work, d.DirMode()); err != nil {
		return nil, fmt.Errorf("repair: %w", err)
	}
	defer func() { err = errors.Join(err, durable.RemoveAll(r.fs, r.work)) }()
	if err := r.search(ctx); err != nil {
		return nil, fmt.Errorf("repair: %w", err)
	}
	report = &Report{Snapshot: d.Name()}
	for _, f := range r.damaged {
		snapshots, err := r.place(f)
		if err != nil {
			return nil, fmt.Errorf("repair %s: %w", f.Path, err)
		}
		report.Files = append(report.Files, File{f.Path, r.found[f.Path].from, snapshots, f.Rows})
	}
	return report, nil
}

// repairer repairs the latest snapshot.
type repairer struct {
	d    *dataset.Dataset
	fs   durable.FS
	o    Options
	m    *dataset.Manifest
	work string // the folder in which files are made

	damaged []dataset.File // by path; views.sql has no rows
	found   map[string]source
	again   *dataset.Dataset // what is kept in raw/, published once more; nil if it is not
	number  int              // of the last file in work
}

// source is a file with the content of a damaged one.
type source struct{ path, from string }

// examine finds the files that are not as they were written.
func (r *repairer) examine(ctx context.Context) error {
	files := []dataset.File{{Path: dataset.ViewsFile, SHA256: r.m.ViewsSHA256}}
	files = slices.AppendSeq(files, r.m.Files())
	for _, f := range files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if dataset.CheckFile(r.path(r.d.Name(), f.Path), f.SHA256) != nil {
			r.damaged = append(r.damaged, f)
		}
	}
	slices.SortFunc(r.damaged, func(a, b dataset.File) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

// search looks for the content of the damaged files.
func (r *repairer) search(ctx context.Context) error {
	for _, f := range r.damaged {
		r.lookInSnapshots(f)
	}
	if err := r.fromCode(); err != nil {
		return err
	}
	if err := r.fromTables(ctx, "other tables"); err != nil || r.o.Replay == nil || len(r.missing()) == 0 {
		return err
	}
	var err error
	if r.again, err = r.o.Replay(ctx, filepath.Join(r.work, "again")); err != nil {
		return fmt.Errorf("read what is kept in raw/: %w", err)
	}
	if r.again == nil || r.again.Manifest() == nil {
		return nil
	}
	for _, f := range r.missing() {
		r.take(f, filepath.Join(r.again.SnapshotDir(), filepath.FromSlash(f.Path)), "raw")
	}
	return r.fromTables(ctx, "raw and other tables")
}

// missing returns the damaged files whose content is not found yet.
func (r *repairer) missing() []dataset.File {
	return slices.DeleteFunc(slices.Clone(r.damaged), func(f dataset.File) bool { return r.found[f.Path].from != "" })
}

// take takes a file for the content of f if it has the hash.
func (r *repairer) take(f dataset.File, path, from string) bool {
	if dataset.CheckFile(path, f.SHA256) != nil {
		return false
	}
	r.found[f.Path] = source{path, from}
	return true
}

func (r *repairer) lookInSnapshots(f dataset.File) {
	if f.Path == r.m.Pending.Path && r.takeSecond(f) {
		return
	}
	for _, name := range r.others(f) {
		if r.take(f, r.path(name, f.Path), "snapshot "+name) {
			return
		}
	}
}

// takeSecond takes the second copy of what is pending, as a third: files are linked
// to where they are missing, and the second must not be damaged with the first.
func (r *repairer) takeSecond(f dataset.File) bool {
	third := r.next()
	text, err := durable.ReadFile(r.fs, r.d.PendingCopy(r.d.Name()))
	if err == nil {
		err = durable.WriteFile(r.fs, third, text, r.d.FileMode())
	}
	return err == nil && r.take(f, third, "its second copy")
}

// path returns the path of a file of a snapshot.
func (r *repairer) path(snapshot, file string) string {
	return r.d.Path(dataset.SnapshotsDir, snapshot, filepath.FromSlash(file))
}

// others lists the other snapshots that have a file, damaged or not. The text of the
// views may differ from one to another.
func (r *repairer) others(f dataset.File) []string {
	names := dataset.SnapshotsWith(r.d.Path(), f.Path, r.d.Name())
	if f.Path != dataset.ViewsFile {
		return names
	}
	return slices.DeleteFunc(names, func(name string) bool {
		m, err := r.d.Snapshot(name)
		return err != nil || m.ViewsSHA256 != f.SHA256
	})
}

// place puts a file in the place of the damaged one in each snapshot that has it,
// and returns which those are.
func (r *repairer) place(f dataset.File) ([]string, error) {
	snapshots := append([]string{r.d.Name()}, r.others(f)...)
	found := r.found[f.Path]
	if found.from == "" {
		return snapshots, nil
	}
	for _, name := range snapshots {
		target := r.path(name, f.Path)
		if dataset.CheckFile(target, f.SHA256) == nil {
			continue
		}
		mode := r.d.FileMode()
		if info, err := r.fs.Stat(target); err == nil {
			mode = info.Mode().Perm()
		}
		link := r.next()
		if _, err := durable.LinkOrCopy(r.fs, found.path, link, mode); err != nil {
			return nil, err
		}
		folder := filepath.Dir(target)
		if err := durable.MkdirAll(r.fs, folder, r.d.DirMode()); err != nil {
			return nil, err
		}
		if err := durable.ChangeDir(r.fs, folder, func() error { return r.fs.Rename(link, target) }); err != nil {
			return nil, err
		}
	}
	return snapshots, nil
}

// next returns a path in work.
func (r *repairer) next() string {
	r.number++
	return filepath.Join(r.work, fmt.Sprintf("%06d", r.number))
}
