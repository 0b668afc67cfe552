package commit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"path/filepath"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/content"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/pending"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// publishedFiles returns the files of the published snapshot by path.
func (b *build) publishedFiles() map[string]dataset.File {
	published := map[string]dataset.File{}
	if m := b.tx.dataset.Manifest(); m != nil {
		for f := range m.Files() {
			published[f.Path] = f
		}
	}
	return published
}

// dayFiles returns the files of a day table: those that were written, and those
// of shards that stayed as they are, which are linked.
func (b *build) dayFiles(table int, name string, published map[string]dataset.File) ([]dataset.File, error) {
	var files []dataset.File
	for _, d := range b.days {
		for _, w := range d.written {
			if f := w.files[table]; f.Path != "" {
				files = append(files, f)
			}
		}
	}
	if base := b.tx.base; base != nil && !b.tx.rederive {
		for _, f := range base.Table(name).Files {
			if f.Rows > 0 && b.stays(f) {
				files = append(files, f)
			}
		}
	}
	if len(files) == 0 {
		empty, err := b.writeEmpty(table, name)
		if err != nil {
			return nil, err
		}
		files = []dataset.File{empty}
	}
	for _, f := range files {
		if err := b.linkPublished(f, published); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// stays reports whether a published file belongs to a shard that was not
// written anew.
func (b *build) stays(f dataset.File) bool {
	number, _ := dataset.DayOf(f.Path)
	d := b.days[number]
	return d == nil || f.Buckets == d.buckets && d.written[shard.Shard{Day: number, Bucket: f.Bucket, Buckets: f.Buckets}] == nil
}

// linkPublished links a file that the published snapshot has as well; one that
// was written again and came out the same is replaced by a link.
func (b *build) linkPublished(f dataset.File, published map[string]dataset.File) error {
	old, ok := published[f.Path]
	if !ok {
		return nil
	}
	if old.SHA256 != f.SHA256 {
		return fmt.Errorf("%s has the name of another content", f.Path)
	}
	d := b.tx.dataset
	if err := b.mkdir(path.Dir(f.Path)); err != nil {
		return err
	}
	if err := d.FS().Remove(b.path(f.Path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := durable.LinkOrCopy(d.FS(), filepath.Join(d.SnapshotDir(), filepath.FromSlash(f.Path)), b.path(f.Path), d.FileMode())
	return err
}

// smallFileName is the name of a file that is not of a shard, until its content
// is known.
const smallFileName = dataset.ScratchPrefix + "small"

// writeFile writes a file that is not of a shard: what write writes, which
// returns how many rows that is.
func (b *build) writeFile(folder string, write func(io.Writer) (rows int64, err error)) (file dataset.File, err error) {
	out, err := b.create(folder, smallFileName)
	if err != nil {
		return dataset.File{}, err
	}
	rows, err := write(out)
	if err != nil {
		return dataset.File{}, errors.Join(err, out.Abandon())
	}
	file, err = out.Finish()
	file.Rows = rows
	return file, err
}

// writeEmpty writes the file without rows of a day table that has none.
func (b *build) writeEmpty(table int, name string) (dataset.File, error) {
	w, err := shard.Tables()[table].Writer(&parquetio.Compressor{})
	if err != nil {
		return dataset.File{}, err
	}
	file, err := b.writeFile(path.Join(name, dataset.DateDir(schema.NoDate)), func(out io.Writer) (int64, error) {
		w.Reset(out)
		return 0, w.Close()
	})
	file.Buckets = 1
	return file, err
}

// smallFile writes the one file of a table that is not by day. Those by day
// are in the manifest already.
func (b *build) smallFile(name string, m *dataset.Manifest, published map[string]dataset.File) (file dataset.File, err error) {
	switch name {
	case schema.TableJobGroups:
		var rows []schema.JobGroupRow
		if rows, err = b.tx.mergeGroups(); err == nil {
			file, err = writeSmall(b, name, rows)
		}
	case schema.TableStatuses:
		file, err = writeSmall(b, name, schema.StatusRows(m.Unlisted()))
	case schema.TableRejects:
		file, err = b.writeRejects()
	default:
		err = errors.New("unknown table")
	}
	if err != nil {
		return dataset.File{}, err
	}
	return file, b.linkPublished(file, published)
}

// pendingFile writes what is pending, if anything is. Where that is as it was the
// published file is linked; the jobs of a snapshot that is made anew are the same.
func (b *build) pendingFile(published map[string]dataset.File) (file dataset.File, err error) {
	old, rows := b.tx.dataset.Manifest(), b.tx.versions.Pending()
	if b.tx.anew {
		rows = b.tx.keptEntries()
	}
	if old != nil && old.Pending.Path != "" && !b.tx.verdict.PendingChanged && !(b.tx.anew && b.tx.options.Rules.Edge != 0) {
		return old.Pending, b.linkPublished(old.Pending, published)
	}
	next, stop := iter.Pull2(rows)
	defer stop()
	row, err, more := next()
	if !more || err != nil {
		return dataset.File{}, err
	}
	file, err = b.writeFile(dataset.PendingDir, func(out io.Writer) (int64, error) {
		return pending.Write(out, func(yield func(*schema.PendingRow, error) bool) {
			for more && yield(row, err) {
				row, err, more = next()
			}
		})
	})
	if err != nil {
		return dataset.File{}, err
	}
	return file, b.linkPublished(file, published)
}

// optOutsFile writes the opt-outs whose jobs are gone, if there are any.
func (b *build) optOutsFile(published map[string]dataset.File) (dataset.File, error) {
	if b.tx.options.OptOuts == nil {
		return dataset.File{}, nil
	}
	rows, err := b.tx.options.OptOuts.Rows()
	if err != nil || len(rows) == 0 {
		return dataset.File{}, err
	}
	file, err := writeSmall(b, dataset.OptOutsDir, rows)
	if err != nil {
		return dataset.File{}, err
	}
	return file, b.linkPublished(file, published)
}

// writeSmall writes a file of rows that are in memory.
func writeSmall[T any](b *build, folder string, rows []T) (dataset.File, error) {
	return b.writeFile(folder, func(out io.Writer) (int64, error) { return int64(len(rows)), parquetio.Write(out, rows) })
}

// create creates a file in a folder inside the snapshot, with slashes.
func (b *build) create(folder, temporary string) (*content.File, error) {
	if err := b.mkdir(folder); err != nil {
		return nil, err
	}
	d := b.tx.dataset
	return content.Create(d.FS(), b.dir, folder, temporary, d.FileMode())
}
