package repair

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobsort"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

// fromCode makes files whose content is told by the program and the manifest.
func (r *repairer) fromCode() error {
	for _, f := range r.missing() {
		table, _, _ := strings.Cut(f.Path, "/")
		var write func(io.Writer) error
		switch {
		case f.Path == dataset.ViewsFile:
			write = func(out io.Writer) error {
				_, err := io.WriteString(out, views.SQL("", schema.English, r.m.OptOuts.Path != ""))
				return err
			}
		case r.m.Format != dataset.FormatVersion:
		case table == schema.TableStatuses && r.m.Settings.Outcomes == schema.OutcomesVersion:
			write = func(out io.Writer) error { return parquetio.Write(out, schema.StatusRows(r.m.Unlisted())) }
		case f.Rows == 0:
			write = func(out io.Writer) error { return writeEmpty(out, table) }
		}
		if write == nil {
			continue
		}
		if err := r.make(f, "this version of callmill", write); err != nil {
			return err
		}
	}
	return nil
}

// writeEmpty writes the file of a table without rows.
func writeEmpty(out io.Writer, table string) error {
	for i, name := range schema.DayTables() {
		if name == table {
			w, err := shard.Tables()[i].Writer(&parquetio.Compressor{})
			if err != nil {
				return err
			}
			w.Reset(out)
			return w.Close()
		}
	}
	switch table {
	case schema.TableJobGroups:
		return parquetio.Write(out, []schema.JobGroupRow(nil))
	case schema.TableRejects:
		w, err := parquetio.NewWriter[schema.RejectRow](&parquetio.Compressor{})
		if err != nil {
			return err
		}
		w.Reset(out)
		return w.Close()
	}
	return errIncomplete
}

// errIncomplete means that the rows of a file are not all there.
var errIncomplete = errors.New("not all rows are there")

// make makes a file and takes it for the content of f if it has the hash.
func (r *repairer) make(f dataset.File, from string, write func(io.Writer) error) error {
	path := r.next()
	file, err := r.fs.Create(path, r.d.FileMode())
	if err != nil {
		return err
	}
	buffer := bufio.NewWriterSize(file, 1<<16)
	err = write(buffer)
	if err == nil {
		err = errors.Join(buffer.Flush(), file.Sync())
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err == nil && r.take(f, path, from) {
		return nil
	}
	if errors.Is(err, errIncomplete) {
		err = nil
	}
	return errors.Join(err, r.fs.Remove(path))
}

// fromTables makes day tables of the jobs of their shards.
func (r *repairer) fromTables(ctx context.Context, from string) error {
	if r.o.Rows == nil || r.m.Format != dataset.FormatVersion {
		return nil
	}
	spoilt := map[string]dataset.File{} // by path
	for _, f := range r.damaged {
		spoilt[r.path(r.d.Name(), f.Path)] = f
	}
	for _, p := range shard.List(r.d) {
		whole := *p
		whole.Paths = make([]string, len(p.Paths))
		var damaged []int
		for table, path := range p.Paths {
			f, ok := spoilt[path]
			switch found := r.found[f.Path]; {
			case !ok:
				whole.Paths[table] = path
			case found.from != "":
				whole.Paths[table] = found.path
			default:
				damaged = append(damaged, table)
			}
		}
		for _, table := range damaged {
			f := spoilt[p.Paths[table]]
			if table == shard.Turns && r.again == nil {
				if err := r.fromScripts(ctx, f, whole, p.Paths[table]); err != nil {
					return err
				}
			}
			if r.found[f.Path].from != "" {
				continue
			}
			if err := r.fromShard(ctx, f, table, &whole, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// fromScripts makes a file of turns of what was said, where the damage is in one of
// the columns derived of it: tokens and patterns are most of the file.
func (r *repairer) fromScripts(ctx context.Context, f dataset.File, whole shard.Published, path string) error {
	whole.Paths = slices.Clone(whole.Paths)
	whole.Paths[shard.Turns], whole.Said = path, true
	return r.fromShard(ctx, f, shard.Turns, &whole, "its scripts")
}

// fromShard makes a file of a day table of the jobs of its shard, of which whole has
// the tables that can be read.
func (r *repairer) fromShard(ctx context.Context, f dataset.File, table int, whole *shard.Published, from string) error {
	w, err := shard.Tables()[table].Writer(&parquetio.Compressor{})
	if err != nil {
		return err
	}
	return r.make(f, from, func(out io.Writer) error {
		w.Reset(out)
		var batch shard.Batch
		err := r.jobs(whole, func(rows *schema.Rows) error {
			batch.Reset()
			batch.Add(rows)
			return errors.Join(w.Write(&batch), ctx.Err())
		})
		if err != nil {
			return err
		}
		return w.Close()
	})
}

// jobs yields the rows of the jobs of a shard, derived again, in order.
func (r *repairer) jobs(whole *shard.Published, yield func(*schema.Rows) error) (err error) {
	again, err := r.openAgain(whole.Shard)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, again.Close()) }()
	if whole.Paths[shard.Jobs] == "" {
		return r.jobsAgain(again, yield)
	}
	old, err := shard.Open([]*shard.Published{whole}, whole.Shard)
	if err != nil {
		return unreadable(whole, err)
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	derive := r.o.Rows()
	for {
		rows, key, err := old.Next()
		if err != nil {
			return unreadable(whole, err)
		}
		if rows == nil {
			return nil
		}
		job := r.o.Job(rows)
		if hash, _ := job.ContentHash(nil); hash.String() != rows.Job.ContentHash {
			if job, err = r.lookUp(again, rows, key, job, whole.Paths[shard.Tasks] != ""); err != nil {
				return err
			}
		}
		hash, err := schema.ParseContentHash(rows.Job.ContentHash)
		if err != nil {
			return err
		}
		if err := yield(derive(job, hash)); err != nil {
			return err
		}
	}
}

// unreadable returns the error of reading the tables of a shard. That of one which is
// damaged is no surprise: what of it can be read was to be tried, and the content
// hashes and that of the file tell whether that is right.
func unreadable(whole *shard.Published, err error) error {
	if whole.Said {
		return errIncomplete
	}
	return err
}

// jobsAgain yields the rows of a shard whose jobs table is lost as raw/ has them.
func (r *repairer) jobsAgain(again *peeking, yield func(*schema.Rows) error) error {
	if again.rows == nil {
		return errIncomplete
	}
	for again.rows != nil {
		if err := yield(again.rows); err != nil {
			return err
		}
		if err := again.advance(); err != nil {
			return err
		}
	}
	return nil
}

// lookUp finds a job of which the snapshot's tables do not have all in what is kept
// in raw/: with the same content. What is not of the content, and may differ, stays
// as the tables say.
func (r *repairer) lookUp(again *peeking, rows *schema.Rows, key schema.Key, partial *schema.Job, tasks bool) (*schema.Job, error) {
	for again.rows != nil && compare(&again.rows.Job, &rows.Job) < 0 {
		if err := again.advance(); err != nil {
			return nil, err
		}
	}
	if again.rows == nil || again.key != key || again.rows.Job.ContentHash != rows.Job.ContentHash {
		return nil, errIncomplete
	}
	job := r.o.Job(again.rows)
	job.ObservedAt, job.RequestID, job.FirstSeen = rows.Job.ObservedAt, rows.Job.RequestID, rows.Job.FirstSeen
	if tasks && len(partial.Tasks) == len(job.Tasks) {
		for i := range job.Tasks {
			job.Tasks[i].Facts = partial.Tasks[i].Facts
		}
	}
	return job, nil
}

func compare(a, b *schema.JobRow) int {
	return jobsort.CompareJobs(a.FirstCallTime, a.JobID, a.InstanceID, b.FirstCallTime, b.JobID, b.InstanceID)
}

// peeking reads the jobs of a shard of what is kept in raw/, of which the next one is
// at hand.
type peeking struct {
	reader *shard.Reader // nil: there are none
	rows   *schema.Rows  // nil at the end
	key    schema.Key
}

func (r *repairer) openAgain(s shard.Shard) (*peeking, error) {
	p := &peeking{}
	if r.again == nil || r.again.Manifest() == nil {
		return p, nil
	}
	var published []*shard.Published
	for _, other := range shard.List(r.again) {
		if other.Day == s.Day {
			published = append(published, other)
		}
	}
	var err error
	if p.reader, err = shard.Open(published, s); err != nil {
		return nil, err
	}
	return p, p.advance()
}

func (p *peeking) advance() (err error) {
	p.rows, p.key, err = p.reader.Next()
	return err
}

// Close closes the files.
func (p *peeking) Close() error {
	if p.reader == nil {
		return nil
	}
	return p.reader.Close()
}
