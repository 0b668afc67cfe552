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
//     columns of the tables that are whole;
//   - the API, in the same way, which is asked for the jobs that are nowhere else.
//
// The manifest is restored before, see [dataset.RestoreManifest]. What can be made
// again replaces the damaged file in every snapshot that has it, by one rename each;
// a crash leaves some of them repaired and a folder that the next run sweeps.
//
// Where a file cannot be made again, a snapshot is published without it: the jobs of its
// shard that can be had are written again, see [Salvage].
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
	// Fetch asks the API for jobs, and for the campaigns if they are lost, and publishes
	// what it says of them upon what Replay made in a folder, if that did, and returns a
	// view of it. It is called once, if it is needed; nil: the API is not asked.
	Fetch func(ctx context.Context, into string, jobs []Job, campaigns bool) (*dataset.Dataset, error)
	// Publish publishes upon the dataset, some files of which were given up with so
	// many jobs, what add adds, and returns the name of the snapshot. nil: files that
	// cannot be made again stay as they are.
	Publish func(ctx context.Context, jobs int64, add func(Appender) error) (snapshot string, err error)
}

// Report says what was damaged and what became of it.
type Report struct {
	Snapshot string
	Files    []File // by path
	// Salvage is the snapshot that is published in its place; nil: none is.
	Salvage *Salvage
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
		d: d, name: d.Name(), fs: d.FS(), o: o, m: d.Manifest(), found: map[string]source{},
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
	if len(r.missing()) == 0 || o.Publish == nil || r.m.Format != dataset.FormatVersion {
		return report, nil
	}
	if report.Salvage, err = r.salvage(ctx); err != nil {
		return report, fmt.Errorf("publish what is left: %w", err)
	}
	return report, nil
}

// repairer repairs the latest snapshot.
type repairer struct {
	d    *dataset.Dataset
	name string // of the snapshot
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
	if err := r.fromTables(ctx, "other tables"); err != nil {
		return err
	}
	if err := r.fromRaw(ctx); err != nil {
		return err
	}
	return r.fromAPI(ctx)
}

// again is the folder in work where what is kept in raw/ is published once more.
func (r *repairer) againDir() string { return filepath.Join(r.work, "again") }

func (r *repairer) fromRaw(ctx context.Context) (err error) {
	if r.o.Replay == nil || len(r.missing()) == 0 {
		return nil
	}
	if r.again, err = r.o.Replay(ctx, r.againDir()); err != nil {
		return fmt.Errorf("read what is kept in raw/: %w", err)
	}
	return r.fromAgain(ctx, "raw")
}

// fromAgain makes files of r.again, and of that and the other tables.
func (r *repairer) fromAgain(ctx context.Context, from string) error {
	if r.again == nil || r.again.Manifest() == nil {
		return nil
	}
	for _, f := range r.missing() {
		r.take(f, filepath.Join(r.again.SnapshotDir(), filepath.FromSlash(f.Path)), from)
	}
	return r.fromTables(ctx, from+" and other tables")
}

// fromAPI asks the API for the jobs of the files that are still missing, as far as
// they cannot be had with their content.
func (r *repairer) fromAPI(ctx context.Context) error {
	if r.o.Fetch == nil || len(r.missing()) == 0 || r.m.Format != dataset.FormatVersion {
		return nil
	}
	jobs, err := r.incomplete(ctx)
	campaigns := slices.ContainsFunc(r.missing(), func(f dataset.File) bool { return strings.HasPrefix(f.Path, schema.TableJobGroups+"/") })
	if err != nil || len(jobs) == 0 && !campaigns {
		return err
	}
	if r.again, err = r.o.Fetch(ctx, r.againDir(), jobs, campaigns); err != nil {
		return fmt.Errorf("fetch %d jobs: %w", len(jobs), err)
	}
	return r.fromAgain(ctx, "the API")
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
