package replace

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/content"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/pending"
	"callmill/pipeline/dataset/reject"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/dataset/views"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// snapshot is what replaces a snapshot, in the making.
type snapshot struct {
	*builder
	old     string
	m       *dataset.Manifest // of the old one, then of the new one
	dir     string            // "": it has its name, or was never begun
	name    string
	text    []byte // the manifest
	made    map[string]bool
	went    map[erased.Job]bool
	changed bool
	number  int      // of the last temporary file
	written []string // files that were written, by their paths inside
}

// write writes the folder, and reports whether the snapshot differs from the old one:
// where it does not nothing is left.
func (s *snapshot) write() (changed bool, err error) {
	m := *s.m
	m.Tables = slices.Clone(m.Tables)
	for i := range m.Tables {
		m.Tables[i].Files = slices.Clone(m.Tables[i].Files)
	}
	s.m = &m
	if now, ok := s.names[m.Parent]; ok {
		m.Parent, s.changed = now, true
	}
	if err := s.begin(); err != nil {
		return false, err
	}
	defer func() {
		if err != nil || !changed {
			err = errors.Join(err, s.discard())
		}
	}()
	statuses := m.Unlisted()
	if err := s.shards(); err != nil {
		return false, err
	}
	if err := s.small(statuses); err != nil {
		return false, err
	}
	if s.change.Manifest != nil && s.change.Manifest(&m) {
		s.changed = true
	}
	if !s.changed {
		return false, nil
	}
	if err := s.count(); err != nil {
		return false, err
	}
	return true, s.complete()
}

func (s *snapshot) begin() error {
	s.dir, s.made = s.d.Path(dataset.SnapshotsDir, dataset.BuildPrefix+s.old), map[string]bool{".": true}
	return s.d.FS().Mkdir(s.dir, s.d.DirMode())
}

func (s *snapshot) discard() error {
	if s.dir == "" {
		return nil
	}
	dir := s.dir
	s.dir = ""
	return durable.RemoveAll(s.d.FS(), dir)
}

func (s *snapshot) path(inside string) string {
	return filepath.Join(s.dir, filepath.FromSlash(inside))
}

// oldPath returns the path of a file of the old snapshot.
func (s *snapshot) oldPath(inside string) string {
	return s.d.Path(dataset.SnapshotsDir, s.old, filepath.FromSlash(inside))
}

func (s *snapshot) mkdir(folder string) error {
	if s.made[folder] {
		return nil
	}
	if err := s.mkdir(path.Dir(folder)); err != nil {
		return err
	}
	if err := s.d.FS().Mkdir(s.path(folder), s.d.DirMode()); err != nil {
		return err
	}
	s.made[folder] = true
	return nil
}

// writtenDay is what was written of a day, for every snapshot that has the same files
// of it.
type writtenDay struct {
	files [len(schema.RowCounts{})][]dataset.File
	paths map[string]string // where the files lie, by their paths in a snapshot
	went  []erased.Job
	same  bool // nothing changed
}

// shards writes the shards that change, and links all other files of day tables.
func (s *snapshot) shards() error {
	at, err := s.d.At(s.old)
	if err != nil {
		return err
	}
	byDay := map[int32][]*shard.Published{}
	touched := map[int32]bool{}
	for _, p := range shard.List(at) {
		byDay[p.Day] = append(byDay[p.Day], p)
		touches := s.change.Job != nil
		if touches && s.change.Touches != nil {
			if touches, err = s.change.Touches(p); err != nil {
				return err
			}
		}
		touched[p.Day] = touched[p.Day] || touches
	}
	written := map[int32]*writtenDay{}
	for _, day := range slices.Sorted(maps.Keys(touched)) {
		if !touched[day] {
			continue
		}
		key := keyOf(byDay[day])
		if s.days[key] == nil {
			if s.days[key], err = s.writeDay(byDay[day]); err != nil {
				return fmt.Errorf("write %s: %w", dataset.DateDir(day), err)
			}
		}
		if w := s.days[key]; !w.same {
			written[day], s.changed = w, true
			for _, job := range w.went {
				s.went[job] = true
			}
		}
	}
	for i := range schema.DayTables() {
		if err := s.table(i, written); err != nil {
			return err
		}
	}
	return nil
}

// keyOf identifies the content of a day.
func keyOf(day []*shard.Published) string {
	var key strings.Builder
	for _, p := range day {
		fmt.Fprintln(&key, p.Shard, p.Hashes)
	}
	return key.String()
}

// table puts the files of a day table into the folder.
func (s *snapshot) table(table int, written map[int32]*writtenDay) error {
	t := &s.m.Tables[table]
	var files, empty []dataset.File
	for _, f := range t.Files {
		day, _ := dataset.DayOf(f.Path)
		if f.Rows == 0 {
			empty = append(empty, f)
			continue
		}
		if written[day] != nil {
			continue
		}
		files = append(files, f)
		if err := s.link(s.oldPath(f.Path), f.Path); err != nil {
			return err
		}
	}
	for _, w := range written {
		for _, f := range w.files[table] {
			files = append(files, f)
			if err := s.link(w.paths[f.Path], f.Path); err != nil {
				return err
			}
		}
	}
	if len(files) == 0 && len(empty) > 0 {
		files = empty
		for _, f := range files {
			if err := s.link(s.oldPath(f.Path), f.Path); err != nil {
				return err
			}
		}
	}
	if len(files) == 0 {
		empty, err := s.writeEmpty(table, t.Name)
		if err != nil {
			return err
		}
		files = []dataset.File{empty}
	}
	t.Files = files
	return nil
}

// link makes a file of the folder a link to one that is there.
func (s *snapshot) link(from, inside string) error {
	to := s.path(inside)
	if from == to {
		return nil
	}
	if err := s.mkdir(path.Dir(inside)); err != nil {
		return err
	}
	// What is there came out as it was.
	if err := s.d.FS().Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := durable.LinkOrCopy(s.d.FS(), from, to, s.d.FileMode())
	return err
}

// writeDay writes the shards of a day that change.
func (s *snapshot) writeDay(day []*shard.Published) (*writtenDay, error) {
	w := &writtenDay{paths: map[string]string{}, same: true}
	var counts schema.RowCounts
	for _, p := range day {
		touches, err := true, error(nil)
		if s.change.Touches != nil {
			if touches, err = s.change.Touches(p); err != nil {
				return nil, err
			}
		}
		if !touches {
			s.keepShard(w, p)
			counts.Add(p.Rows)
			continue
		}
		if err := p.CheckFiles(); err != nil {
			return nil, err
		}
		rows, err := s.writeShard(w, p.Shard, []*shard.Published{p})
		if err != nil {
			return nil, err
		}
		counts.Add(rows)
	}
	w.same = w.isSame(day)
	if buckets := dataset.BucketsFor(counts.Max()); !w.same && buckets != day[0].Buckets && counts[shard.Jobs] > 0 {
		return s.divideDay(day, buckets)
	}
	return w, nil
}

// divideDay writes all of a day, in another number of buckets.
func (s *snapshot) divideDay(day []*shard.Published, buckets int) (*writtenDay, error) {
	w := &writtenDay{paths: map[string]string{}}
	for _, p := range day {
		if err := p.CheckFiles(); err != nil {
			return nil, err
		}
	}
	for bucket := range buckets {
		if _, err := s.writeShard(w, shard.Shard{Day: day[0].Day, Bucket: bucket, Buckets: buckets}, day); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// isSame reports whether the files of a day are those that were there.
func (w *writtenDay) isSame(day []*shard.Published) bool {
	var before, now []string
	for _, p := range day {
		for _, hash := range p.Hashes {
			if hash != "" {
				before = append(before, hash)
			}
		}
	}
	for _, files := range w.files {
		for _, f := range files {
			now = append(now, f.SHA256)
		}
	}
	slices.Sort(before)
	slices.Sort(now)
	return slices.Equal(before, now)
}

// keepShard takes the files of a shard as they are.
func (s *snapshot) keepShard(w *writtenDay, p *shard.Published) {
	for i, file := range p.Paths {
		if file == "" {
			continue
		}
		for _, f := range s.m.Tables[i].Files {
			if s.oldPath(f.Path) == file {
				w.files[i] = append(w.files[i], f)
				w.paths[f.Path] = file
			}
		}
	}
}

// writeShard writes a shard of the jobs that stay, as the commit of a run would.
func (s *snapshot) writeShard(w *writtenDay, target shard.Shard, from []*shard.Published) (counts schema.RowCounts, err error) {
	reader, err := shard.Open(from, target)
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	compressor := &parquetio.Compressor{}
	var outputs [len(schema.RowCounts{})]*output
	defer func() {
		for _, o := range outputs {
			if o != nil && o.file != nil {
				err = errors.Join(err, o.file.Close())
			}
		}
	}()
	for i, table := range shard.Tables() {
		rows, err := table.Writer(compressor)
		if err != nil {
			return counts, err
		}
		outputs[i] = &output{snapshot: s, folder: path.Join(schema.DayTables()[i], dataset.DateDir(target.Day)), rows: rows}
	}
	var tally shard.Tally
	var batch shard.Batch
	went := map[erased.Job]bool{}
	for n := 0; ; n++ {
		if n%1024 == 0 && s.ctx.Err() != nil {
			return counts, s.ctx.Err()
		}
		rows, _, err := reader.Next()
		if err != nil {
			return counts, err
		}
		if rows == nil {
			break
		}
		job := erased.Job{InstanceID: rows.Job.InstanceID, JobID: rows.Job.JobID}
		if s.change.Job != nil && !s.change.Job(rows) {
			went[job] = true
			continue
		}
		tally.Add(rows)
		batch.Reset()
		batch.Add(rows)
		for _, o := range outputs {
			if err := o.write(&batch); err != nil {
				return counts, err
			}
		}
	}
	w.went = slices.AppendSeq(w.went, maps.Keys(went))
	for i, o := range outputs {
		if o.file == nil {
			continue
		}
		f, err := o.finish()
		if err != nil {
			return counts, err
		}
		f.Bucket, f.Buckets = target.Bucket, target.Buckets
		if i == shard.Tasks {
			tally.Note(&f)
		}
		counts[i] = f.Rows
		w.files[i] = append(w.files[i], f)
		w.paths[f.Path] = s.path(f.Path)
	}
	return counts, nil
}

// output writes the file of a day table of a shard.
type output struct {
	snapshot *snapshot
	folder   string
	rows     shard.TableWriter
	file     *content.File // nil: none is open
}

func (o *output) write(batch *shard.Batch) (err error) {
	if o.rows.Count(batch) == 0 {
		return nil
	}
	if o.file == nil {
		if o.file, err = o.snapshot.create(o.folder); err != nil {
			return err
		}
		o.rows.Reset(o.file)
	}
	return o.rows.Write(batch)
}

func (o *output) finish() (dataset.File, error) {
	if err := o.rows.Close(); err != nil {
		return dataset.File{}, err
	}
	file := o.file
	o.file = nil
	f, err := o.snapshot.finish(file)
	f.Rows = o.rows.Rows()
	return f, err
}

// create creates a file in a folder inside the snapshot, with slashes.
func (s *snapshot) create(folder string) (*content.File, error) {
	if err := s.mkdir(folder); err != nil {
		return nil, err
	}
	s.number++
	return content.Create(s.d.FS(), s.dir, folder, fmt.Sprintf("%s%d", dataset.ScratchPrefix, s.number), s.d.FileMode())
}

// finish puts a file on disk under the name of its content.
func (s *snapshot) finish(file *content.File) (dataset.File, error) {
	f, err := file.Finish()
	if err == nil {
		s.written = append(s.written, f.Path)
	}
	return f, err
}

// writeFile writes a file that is not of a shard.
func (s *snapshot) writeFile(folder string, write func(io.Writer) (rows int64, err error)) (dataset.File, error) {
	c, err := s.create(folder)
	if err != nil {
		return dataset.File{}, err
	}
	rows, err := write(c)
	if err != nil {
		return dataset.File{}, errors.Join(err, c.Close())
	}
	f, err := s.finish(c)
	f.Rows = rows
	return f, err
}

func (s *snapshot) writeEmpty(table int, name string) (dataset.File, error) {
	w, err := shard.Tables()[table].Writer(&parquetio.Compressor{})
	if err != nil {
		return dataset.File{}, err
	}
	f, err := s.writeFile(path.Join(name, dataset.DateDir(schema.NoDate)), func(out io.Writer) (int64, error) {
		w.Reset(out)
		return 0, w.Close()
	})
	f.Buckets = 1
	return f, err
}

// small puts the files of no shard into the folder: those of the small tables and what
// is pending. statuses are those not listed that the old snapshot has.
func (s *snapshot) small(statuses []string) error {
	for i := range s.m.Tables[len(schema.DayTables()):] {
		t := &s.m.Tables[len(schema.DayTables())+i]
		switch {
		case t.Name == schema.TableRejects && s.change.Reject != nil:
			if err := s.rejects(t); err != nil {
				return fmt.Errorf("table rejects: %w", err)
			}
		case t.Name == schema.TableStatuses && !slices.Equal(statuses, s.m.Unlisted()):
			f, err := s.writeFile(t.Name, func(out io.Writer) (int64, error) {
				rows := schema.StatusRows(s.m.Unlisted())
				return int64(len(rows)), parquetio.Write(out, rows)
			})
			if err != nil {
				return err
			}
			t.Files = []dataset.File{f}
		default:
			for _, f := range t.Files {
				if err := s.link(s.oldPath(f.Path), f.Path); err != nil {
					return err
				}
			}
		}
	}
	if err := s.optOuts(); err != nil {
		return fmt.Errorf("opt-outs: %w", err)
	}
	return s.pending()
}

// optOuts writes the opt-outs that stay, if some go or change, and the views, which read
// the file where there is one.
func (s *snapshot) optOuts() error {
	linkViews := func() error { return s.link(s.oldPath(dataset.ViewsFile), dataset.ViewsFile) }
	old := s.m.OptOuts
	if old.Path == "" {
		return linkViews()
	}
	if s.change.OptOut == nil {
		return errors.Join(s.link(s.oldPath(old.Path), old.Path), linkViews())
	}
	if err := dataset.CheckFile(s.oldPath(old.Path), old.SHA256); err != nil {
		return err
	}
	var rows []optout.Row
	for row, err := range parquetio.All[optout.Row](s.oldPath(old.Path)) {
		if err != nil {
			return err
		}
		if one := *row; s.change.OptOut(&one) {
			rows = append(rows, one)
		}
	}
	rows = optout.Merge(rows)
	if len(rows) == 0 {
		s.m.OptOuts, s.changed = dataset.File{}, true
		return s.writeViews()
	}
	f, err := s.writeFile(dataset.OptOutsDir, func(out io.Writer) (int64, error) { return int64(len(rows)), parquetio.Write(out, rows) })
	s.m.OptOuts, s.changed = f, s.changed || f.SHA256 != old.SHA256
	return errors.Join(err, linkViews())
}

// writeViews writes the views of a snapshot that has no file of opt-outs any more.
func (s *snapshot) writeViews() error {
	text := []byte(views.SQL("", schema.English, false))
	sum := sha256.Sum256(text)
	s.m.ViewsSHA256 = hex.EncodeToString(sum[:])
	return durable.WriteFile(s.d.FS(), s.path(dataset.ViewsFile), text, s.d.FileMode())
}

// rejects writes the rejects that stay, if some go or change.
func (s *snapshot) rejects(t *dataset.Table) error {
	at, err := s.d.At(s.old)
	if err != nil {
		return err
	}
	for _, f := range t.Files {
		if err := dataset.CheckFile(s.oldPath(f.Path), f.SHA256); err != nil {
			return err
		}
	}
	w, err := parquetio.NewWriter[schema.RejectRow](&parquetio.Compressor{})
	if err != nil {
		return err
	}
	f, err := s.writeFile(t.Name, func(out io.Writer) (int64, error) {
		w.Reset(out)
		size := 0
		for row, err := range tables.Rejects(at) {
			if err != nil {
				return 0, err
			}
			if !s.change.Reject(row) {
				continue
			}
			if err := w.Write([]schema.RejectRow{*row}); err != nil {
				return 0, err
			}
			if size += len(row.Raw); size >= reject.GroupBytes {
				size = 0
				if err := w.EndRowGroup(); err != nil {
					return 0, err
				}
			}
		}
		return w.Rows(), w.Close()
	})
	if err != nil {
		return err
	}
	if len(t.Files) == 1 && t.Files[0].SHA256 == f.SHA256 {
		if err := s.d.FS().Remove(s.path(f.Path)); err != nil {
			return err
		}
		return s.link(s.oldPath(f.Path), f.Path)
	}
	t.Files, s.changed = []dataset.File{f}, true
	return nil
}

// pending writes the entries of what is pending that stay, if some go.
func (s *snapshot) pending() error {
	if s.change.Pending == nil {
		if s.m.Pending.Path == "" {
			return nil
		}
		return s.link(s.oldPath(s.m.Pending.Path), s.m.Pending.Path)
	}
	listed := slices.DeleteFunc(slices.Clone(s.m.Listed), func(p schema.Pending) bool {
		return !s.change.Pending(&schema.PendingRow{InstanceID: p.InstanceID, JobID: p.JobID, Reason: p.Reason})
	})
	if len(listed) != len(s.m.Listed) {
		s.m.Listed, s.changed = listed, true
	}
	if s.m.Pending.Path == "" {
		return nil
	}
	if err := dataset.CheckFile(s.oldPath(s.m.Pending.Path), s.m.Pending.SHA256); err != nil {
		return err
	}
	var left int64
	for row, err := range pending.Read(s.oldPath(s.m.Pending.Path)) {
		if err != nil {
			return err
		}
		if s.change.Pending(row) {
			left++
		}
	}
	switch left {
	case s.m.Pending.Rows:
		return s.link(s.oldPath(s.m.Pending.Path), s.m.Pending.Path)
	case 0:
		s.m.Pending, s.changed = dataset.File{}, true
		return nil
	}
	f, err := s.writeFile(dataset.PendingDir, func(out io.Writer) (int64, error) {
		return pending.Write(out, filtered(pending.Read(s.oldPath(s.m.Pending.Path)), s.change.Pending))
	})
	s.m.Pending, s.changed = f, true
	return err
}

func filtered(rows iter.Seq2[*schema.PendingRow, error], stays func(*schema.PendingRow) bool) iter.Seq2[*schema.PendingRow, error] {
	return func(yield func(*schema.PendingRow, error) bool) {
		for row, err := range rows {
			if (err != nil || stays(row)) && !yield(row, err) {
				return
			}
		}
	}
}

// count makes the counts of the run that published the snapshot fit what is in it now:
// jobs that were new then and went count as erased of those seen, jobs of the parent that
// left it then, or were lost, and went from that are not counted any more, and those that
// went from the parent alone, for they changed then, are new.
func (s *snapshot) count() error {
	c := &s.m.Counts
	var parent map[erased.Job]bool
	if old := s.m.Parent; old != "" {
		for was, now := range s.names {
			if now == old {
				parent = s.last[was]
			}
		}
		if _, err := s.d.FS().Lstat(s.d.Path(dataset.SnapshotsDir, old, dataset.ManifestFile)); parent == nil && errors.Is(err, fs.ErrNotExist) {
			return nil // what of it was new is not known, and nothing checks it
		} else if parent == nil && err != nil {
			return err
		}
	}
	var added, lost int64
	for job := range s.went {
		if !parent[job] {
			added++
		}
	}
	for job := range parent {
		if !s.went[job] {
			lost++
		}
	}
	added = min(added, c.New)
	c.New -= added
	if s.change.Count != nil {
		s.change.Count(c, added)
	} else {
		c.Erased += added
	}
	left := min(lost, c.Left)
	c.Left -= left
	gone := min(lost-left, c.Lost)
	c.Lost -= gone
	came := min(lost-left-gone, c.Changed)
	c.Changed, c.New = c.Changed-came, c.New+came
	c.Shrunk = min(c.Shrunk, c.Changed)
	return nil
}

// complete seals the manifest and puts the folder on disk.
func (s *snapshot) complete() (err error) {
	s.m.Seal()
	var hash string
	if s.text, hash, err = s.m.Encode(); err != nil {
		return err
	}
	s.name = dataset.NameSnapshot(s.m.Published, hash)
	if s.name == s.old {
		return errors.New("the snapshot in its place has the same name")
	}
	if err := s.tidy(); err != nil {
		return err
	}
	if err := durable.WriteFile(s.d.FS(), s.path(dataset.ManifestFile), s.text, s.d.FileMode()); err != nil {
		return err
	}
	for _, folder := range slices.Sorted(maps.Keys(s.made)) {
		if err := durable.SyncDir(s.d.FS(), s.path(folder)); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes files that were written and are not of the snapshot: of a day that was
// then divided otherwise.
func (s *snapshot) tidy() error {
	own := map[string]bool{}
	for f := range s.m.Files() {
		own[f.Path] = true
	}
	for _, name := range s.written {
		if own[name] {
			continue
		}
		if err := s.d.FS().Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// keepCopies writes the second copies of the manifest and of what is pending.
func (s *snapshot) keepCopies() error {
	if err := s.d.KeepManifest(s.name, s.text); err != nil {
		return err
	}
	if s.m.Pending.Path == "" {
		return nil
	}
	return s.d.KeepPending(s.name, s.path(s.m.Pending.Path))
}
