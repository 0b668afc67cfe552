package dataset

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"callmill/pipeline/dataset/gather"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// shardWriter writes the files of one shard at a time; there is one per worker.
type shardWriter struct {
	build *build
	shard shard

	jobs      output[schema.JobRow]
	tasks     output[schema.TaskRow]
	turns     output[schema.TurnRow]
	contacts  output[schema.ContactRow]
	extras    output[schema.ExtraRow]
	summaries output[schema.SummaryRow]

	last     *schema.TaskRow // the row handed out last, complete when the next is asked for
	unlisted map[string]bool
}

func newShardWriter(b *build) *shardWriter {
	w, compressor := &shardWriter{build: b}, &parquetio.Compressor{}
	w.jobs.init(b, compressor, "jobs")
	w.tasks.init(b, compressor, "tasks")
	w.turns.init(b, compressor, "turns")
	w.contacts.init(b, compressor, "contacts")
	w.extras.init(b, compressor, "extras")
	w.summaries.init(b, compressor, "summaries")
	return w
}

func (w *shardWriter) begin(s shard) {
	w.shard, w.last, w.unlisted = s, nil, map[string]bool{}
	w.jobs.begin(s)
	w.tasks.begin(s)
	w.turns.begin(s)
	w.contacts.begin(s)
	w.extras.begin(s)
	w.summaries.begin(s)
}

// sink gives the places of rows to gather.
func (w *shardWriter) sink() gather.Sink {
	return gather.Sink{
		Job: w.jobs.next, Task: w.nextTask, Turn: w.turns.next,
		Contact: w.contacts.next, Extra: w.extras.next, Summary: w.summaries.next,
	}
}

// nextTask looks at the status of the task before, which is complete by now.
func (w *shardWriter) nextTask() (*schema.TaskRow, error) {
	w.noteStatus()
	row, err := w.tasks.next()
	w.last = row
	return row, err
}

func (w *shardWriter) noteStatus() {
	if w.last == nil || w.last.TaskStatus == "" {
		return
	}
	if outcome := schema.OutcomeOf(w.last.TaskStatus); !outcome.Listed() {
		w.unlisted[w.last.TaskStatus] = true
	}
}

// copyJob writes a published job as it is.
func (w *shardWriter) copyJob(rows *schema.Rows) error {
	return errors.Join(
		copyRows([]schema.JobRow{rows.Job}, w.jobs.next, func(to, from *schema.JobRow) {
			list := append(to.CallingNumbers[:0], from.CallingNumbers...)
			*to = *from
			to.CallingNumbers = list
		}),
		copyRows(rows.Tasks, w.nextTask, func(to, from *schema.TaskRow) {
			list := append(to.DialExceptions[:0], from.DialExceptions...)
			*to = *from
			to.DialExceptions = list
		}),
		copyRows(rows.Turns, w.turns.next, func(to, from *schema.TurnRow) {
			list := append(to.OwnTokens(), from.Tokens...)
			*to = *from
			to.Tokens, to.Line = list, nil
		}),
		copyRows(rows.Contacts, w.contacts.next, func(to, from *schema.ContactRow) { *to = *from }),
		copyRows(rows.Extras, w.extras.next, func(to, from *schema.ExtraRow) { *to = *from }),
		copyRows(rows.Summaries, w.summaries.next, func(to, from *schema.SummaryRow) { *to = *from }),
	)
}

func copyRows[T any](rows []T, place func() (*T, error), copyRow func(to, from *T)) error {
	for i := range rows {
		to, err := place()
		if err != nil {
			return err
		}
		copyRow(to, &rows[i])
	}
	return nil
}

// finish completes the files and gives them their names.
func (w *shardWriter) finish() (*writtenShard, error) {
	w.noteStatus()
	written := &writtenShard{}
	for _, out := range []interface {
		finish(*writtenShard) error
	}{&w.jobs, &w.tasks, &w.turns, &w.contacts, &w.extras, &w.summaries} {
		if err := out.finish(written); err != nil {
			return nil, errors.Join(err, w.abandon())
		}
	}
	for i := range written.files {
		if written.files[i].table == "tasks" {
			for status := range w.unlisted {
				written.files[i].file.Statuses = append(written.files[i].file.Statuses, status)
			}
			slices.Sort(written.files[i].file.Statuses)
		}
	}
	return written, nil
}

func (w *shardWriter) abandon() error {
	return errors.Join(w.jobs.abandon(), w.tasks.abandon(), w.turns.abandon(), w.contacts.abandon(), w.extras.abandon(), w.summaries.abandon())
}

// output writes one table's files, one after the other.
type output[T any] struct {
	build      *build
	compressor *parquetio.Compressor
	table      string
	shard      shard
	rows       *parquetio.Writer[T]
	file       *contentFile
}

func (o *output[T]) init(b *build, c *parquetio.Compressor, name string) {
	o.build, o.compressor, o.table = b, c, name
}

func (o *output[T]) begin(s shard) { o.shard, o.file = s, nil }

// next gives the place of the next row; the first one opens the file, so that
// a shard without rows of a table has no file of it.
func (o *output[T]) next() (*T, error) {
	if o.file == nil {
		if err := o.open(); err != nil {
			return nil, err
		}
	}
	return o.rows.Next()
}

func (o *output[T]) open() (err error) {
	if o.rows == nil {
		if o.rows, err = parquetio.NewWriter[T](o.compressor); err != nil {
			return err
		}
	}
	folder := path.Join(o.table, DateDir(o.shard.day))
	temporary := scratchPrefix + strconv.Itoa(o.shard.bucket) + "-of-" + strconv.Itoa(o.shard.buckets)
	if o.file, err = o.build.create(folder, temporary); err != nil {
		return err
	}
	o.rows.Reset(o.file)
	return nil
}

func (o *output[T]) finish(written *writtenShard) error {
	if o.file == nil {
		return nil
	}
	if err := o.rows.Close(); err != nil {
		return err
	}
	file, err := o.file.finish()
	if err != nil {
		return err
	}
	o.file = nil
	file.Rows, file.Bucket, file.Buckets = o.rows.Rows(), o.shard.bucket, o.shard.buckets
	written.files = append(written.files, tableFile{o.table, file})
	*rowsOf(&written.counts, o.table) = file.Rows
	return nil
}

func (o *output[T]) abandon() error {
	if o.file == nil {
		return nil
	}
	return o.file.abandon()
}

// contentFile is a file being written that will be named for its content.
type contentFile struct {
	build  *build
	folder string // inside the snapshot, with slashes
	file   durable.File
	buffer *bufio.Writer
	hash   hash.Hash
	size   int64
}

func (b *build) create(folder, temporary string) (*contentFile, error) {
	dataset := b.tx.dataset
	if err := b.mkdir(folder); err != nil {
		return nil, err
	}
	file, err := dataset.fs.Create(filepath.Join(b.dir, filepath.FromSlash(folder), temporary), dataset.fileMode())
	if err != nil {
		return nil, err
	}
	c := &contentFile{build: b, folder: folder, file: file, hash: sha256.New()}
	c.buffer = bufio.NewWriterSize(file, 1<<16)
	return c, nil
}

// Write implements io.Writer for the table's writer.
func (c *contentFile) Write(p []byte) (int, error) {
	c.hash.Write(p)
	c.size += int64(len(p))
	return c.buffer.Write(p)
}

var _ io.Writer = (*contentFile)(nil)

// finish puts the file on disk under the name of its content. The name itself
// is on disk once its folder is synced, which publishing does for all.
func (c *contentFile) finish() (File, error) {
	if err := errors.Join(c.buffer.Flush(), c.file.Sync(), c.file.Close()); err != nil {
		return File{}, err
	}
	sum := hex.EncodeToString(c.hash.Sum(nil))
	name := FilePath(c.folder, sum)
	if err := c.build.tx.dataset.fs.Rename(c.file.Name(), filepath.Join(c.build.dir, filepath.FromSlash(name))); err != nil {
		return File{}, err
	}
	return File{Path: name, Bytes: c.size, SHA256: sum}, nil
}

func (c *contentFile) abandon() error {
	err := c.file.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil // by a finish that failed
	}
	return errors.Join(err, c.build.tx.dataset.fs.Remove(c.file.Name()))
}
