package commit

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/content"
	"callmill/pipeline/dataset/jobsort"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/versions"
	"callmill/schema"
)

// shardWriter writes the files of one shard at a time: the published rows less
// the replaced jobs, plus the jobs that came, in order. There is one per worker; it
// has others beside it for the tables of a shard where other workers have nothing to
// do: see lanes.
type shardWriter struct {
	build   *build
	decoder jobsort.Decoder
	tables  []*output // in the order of shard.Tables
	batch   *batch    // that is being filled
	spare   []*batch

	shard     shard.Shard
	decisions *versions.Shard
	tally     shard.Tally
	content   []byte // scratch space of hashes
	written   *writtenShard
}

// batch is rows that wait to be written, and the memory that they point to.
type batch struct {
	shard.Batch
	flattener Flattener
}

func (b *batch) reset() {
	b.Batch.Reset()
	b.flattener.Reset()
}

// writtenShard is what was written of a shard.
type writtenShard struct {
	files []dataset.File // by day table; without a path where there are no rows
	rows  schema.RowCounts
}

func (b *build) newWriter() (*shardWriter, error) {
	w := &shardWriter{build: b}
	w.batch = w.newBatch()
	var compressors [laneCount]parquetio.Compressor
	for i, table := range shard.Tables() {
		rows, err := table.Writer(&compressors[laneOf(i)])
		if err != nil {
			return nil, err
		}
		w.tables = append(w.tables, &output{build: b, name: schema.DayTables()[i], rows: rows})
	}
	return w, nil
}

func (w *shardWriter) newBatch() *batch { return &batch{flattener: w.build.tx.options.Flattener()} }

func (w *shardWriter) write(ctx context.Context, s shard.Shard) (_ *writtenShard, err error) {
	w.shard, w.tally = s, shard.Tally{}
	w.written = &writtenShard{files: make([]dataset.File, len(w.tables))}
	if w.decisions, err = w.build.tx.versions.Of(s); err != nil {
		return nil, err
	}
	if w.build.tx.rederive {
		if err := w.checkOld(); err != nil {
			return nil, err
		}
	}
	old, err := shard.Open(w.build.days[s.Day].old, s)
	if err != nil {
		return nil, err
	}
	defer old.Close()
	entries, err := w.build.tx.jobs.Sorted(s.Day, s.Bucket, s.Buckets, w.decisions.IsPublished)
	if err != nil {
		return nil, err
	}
	if err := w.writeRows(ctx, old, entries); err != nil {
		return nil, errors.Join(err, w.abandon())
	}
	w.tally.Note(&w.written.files[shard.Tasks])
	return w.written, nil
}

// checkOld checks the published files that the jobs of the shard are read from: what
// is written of them gets hashes of its own, and would hide damage for good.
func (w *shardWriter) checkOld() error {
	for _, old := range w.build.days[w.shard.Day].old {
		if !old.Overlaps(w.shard) {
			continue
		}
		if err := old.CheckFiles(); err != nil {
			return err
		}
	}
	return nil
}

// writeRows writes the files.
func (w *shardWriter) writeRows(ctx context.Context, old *shard.Reader, entries *jobsort.Sorted) error {
	l := newLanes(ctx, w)
	err := w.merge(ctx, old, entries, l)
	if err == nil {
		err = w.hand(l)
	}
	return l.close(err)
}

// merge hands published jobs and those that came to the lanes, in order.
func (w *shardWriter) merge(ctx context.Context, old *shard.Reader, entries *jobsort.Sorted, l *lanes) error {
	rows, key, err := old.Next()
	for n := 0; err == nil; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		entry := entries.Peek()
		switch {
		case rows == nil && entry == nil:
			return nil
		case entry == nil || rows != nil && jobsort.CompareJobs(
			rows.Job.FirstCallTime, rows.Job.JobID, rows.Job.InstanceID,
			entry.FirstCall, entry.JobID, entry.Instance) < 0:
			if err = w.writeOld(rows, key); err == nil {
				rows, key, err = old.Next()
			}
		default:
			if err = w.writeEntry(entry); err == nil {
				err = entries.Take()
			}
		}
		if err == nil && w.batch.Full() {
			err = w.hand(l)
		}
	}
	return err
}

// hand hands the batch over to be written, and takes another one.
func (w *shardWriter) hand(l *lanes) error {
	next, err := l.write(w.batch)
	if err == nil {
		w.batch = next
	}
	return err
}

// writeOld writes a published job, unless it is replaced.
func (w *shardWriter) writeOld(rows *schema.Rows, key schema.Key) error {
	switch {
	case w.decisions.Replaced(key):
		return nil
	case w.decisions.Left(key):
		return w.build.tx.expire(w.build.tx.options.Unflatten(rows))
	}
	if err := w.decisions.Touch(key, &rows.Job); err != nil {
		return err
	}
	rederive := w.build.tx.rederive
	if !rederive && !w.decisions.HasFacts(key) {
		w.add(rows)
		return nil
	}
	job := w.build.tx.options.Unflatten(rows)
	hash, err := schema.ParseContentHash(rows.Job.ContentHash)
	if err != nil {
		return fmt.Errorf("job %s: %w", job.JobID, err)
	}
	if err := w.decisions.Complete(key, job); err != nil {
		return err
	}
	if rederive {
		hash = w.hash(job)
	}
	again := w.batch.flattener.Add(job, hash)
	if again.JobDate != w.shard.Day {
		return fmt.Errorf("job %s belongs under %s: the snapshot is damaged, `callmill verify` says how", job.JobID, dataset.DateDir(again.JobDate))
	}
	w.add(again)
	return nil
}

// hash returns the content hash of a job as this program publishes it.
func (w *shardWriter) hash(job *schema.Job) (hash schema.ContentHash) {
	if hash, w.content = job.ContentHash(w.content); cap(w.content) > maxContent {
		w.content = nil
	}
	return hash
}

// writeEntry writes a job that came, with what SearchTask said of it.
func (w *shardWriter) writeEntry(e *jobsort.Entry) error {
	job, err := w.decoder.Job(e)
	if err != nil {
		return fmt.Errorf("read job %s: %w", e.JobID, err)
	}
	if err := w.decisions.Complete(e.Key, job); err != nil {
		return err
	}
	hash := e.Hash
	if w.build.tx.format != dataset.FormatVersion {
		hash = w.hash(job)
	}
	w.add(w.batch.flattener.Add(job, hash))
	return nil
}

// add adds the rows of a job to the batch.
func (w *shardWriter) add(rows *schema.Rows) {
	w.tally.Add(rows)
	w.batch.Add(rows)
}

// finish puts the file of a table on disk and names it, when all of it is written.
func (w *shardWriter) finish(table int) error {
	t := w.tables[table]
	if t.file == nil {
		return nil
	}
	file, err := t.finish()
	if err != nil {
		return err
	}
	file.Bucket, file.Buckets = w.shard.Bucket, w.shard.Buckets
	w.written.files[table], w.written.rows[table] = file, file.Rows
	return nil
}

func (w *shardWriter) abandon() error {
	var errs []error
	for _, t := range w.tables {
		errs = append(errs, t.abandon())
	}
	return errors.Join(errs...)
}

// output writes one table's files, one after the other.
type output struct {
	build *build
	name  string
	rows  shard.TableWriter
	file  *content.File // nil: none is open
}

// write writes the rows of a batch. The first one opens the file, so that a shard
// without rows of a table has no file of it.
func (o *output) write(s shard.Shard, b *shard.Batch) (err error) {
	if o.rows.Count(b) == 0 {
		return nil
	}
	if o.file == nil {
		temporary := dataset.ScratchPrefix + strconv.Itoa(s.Bucket) + "-of-" + strconv.Itoa(s.Buckets)
		if o.file, err = o.build.create(path.Join(o.name, dataset.DateDir(s.Day)), temporary); err != nil {
			return err
		}
		o.rows.Reset(o.file)
	}
	return o.rows.Write(b)
}

// complete writes what is left of the rows, and the footer.
func (o *output) complete() error {
	if o.file == nil {
		return nil
	}
	return o.rows.Close()
}

func (o *output) finish() (dataset.File, error) {
	file, err := o.file.Finish()
	if err != nil {
		return dataset.File{}, err
	}
	o.file, file.Rows = nil, o.rows.Rows()
	return file, nil
}

func (o *output) abandon() error {
	if o.file == nil {
		return nil
	}
	return o.file.Abandon()
}
