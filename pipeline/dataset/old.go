package dataset

import (
	"errors"
	"fmt"
	"path/filepath"

	"callmill/pipeline/dataset/gather"
	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// oldJobs gives the published jobs that belong to a shard, in order, one by
// one: less those that are replaced, and with their rows touched up.
type oldJobs struct {
	build  *build
	target shard
	files  []*oldShard
}

// oldShard reads the files of one published shard, table by table, in step:
// all are sorted by the same order of jobs.
type oldShard struct {
	shard     shard
	jobs      *parquetio.Reader[schema.JobRow]
	tasks     stream[schema.TaskRow]
	turns     stream[schema.TurnRow]
	contacts  stream[schema.ContactRow]
	extras    stream[schema.ExtraRow]
	summaries stream[schema.SummaryRow]
	rows      schema.Rows // of the job at hand
	ready     bool
}

// stream is a table's reader that can look at the row ahead. A shard without
// rows of the table has none.
type stream[T any] struct {
	reader *parquetio.Reader[T]
	ahead  *T
	rows   []T
}

// openOld opens the published shards of which some jobs belong to s.
func (b *build) openOld(s shard) (*oldJobs, error) {
	old := &oldJobs{build: b, target: s}
	for _, candidate := range b.days[s.day].old {
		// Of two powers of two the smaller divides the other, so that two
		// buckets share jobs if they are equal modulo the smaller.
		n := min(candidate.buckets, s.buckets)
		if candidate.bucket%n != s.bucket%n {
			continue
		}
		opened, err := b.tx.dataset.openShard(candidate)
		if err != nil {
			old.close()
			return nil, err
		}
		old.files = append(old.files, opened)
	}
	return old, nil
}

func (d *Dataset) openShard(s shard) (*oldShard, error) {
	o := &oldShard{shard: s}
	path := func(name string) string { return d.publishedFile(name, s) }
	var err error
	if o.jobs, err = parquetio.Open[schema.JobRow](path("jobs")); err != nil {
		return nil, err
	}
	err = errors.Join(
		o.tasks.open(path("tasks")), o.turns.open(path("turns")), o.contacts.open(path("contacts")),
		o.extras.open(path("extras")), o.summaries.open(path("summaries")),
	)
	if err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// publishedFile is the path of the file that holds a table's rows of a
// published shard, "" where there are none.
func (d *Dataset) publishedFile(name string, s shard) string {
	for _, f := range d.manifest.Table(name).Files {
		if day, ok := dayOf(f.Path); ok && (shard{day, f.Bucket, f.Buckets}) == s {
			return filepath.Join(d.snapshotDir(), filepath.FromSlash(f.Path))
		}
	}
	return ""
}

func (s *stream[T]) open(path string) (err error) {
	if path == "" {
		return nil
	}
	if s.reader, err = parquetio.Open[T](path); err != nil {
		return err
	}
	s.ahead, err = s.reader.Next()
	return err
}

// take gives the rows ahead for which mine is true, copied.
func (s *stream[T]) take(mine func(*T) bool) ([]T, error) {
	s.rows = s.rows[:0]
	for s.ahead != nil && mine(s.ahead) {
		s.rows = append(s.rows, *s.ahead)
		var err error
		if s.ahead, err = s.reader.Next(); err != nil {
			return nil, err
		}
	}
	return s.rows, nil
}

func (s *stream[T]) close() error {
	if s.reader == nil {
		return nil
	}
	return s.reader.Close()
}

// next gives the job that comes next in the order of all files, nil at the
// end. It is valid until the next call.
func (o *oldJobs) next() (*schema.Rows, error) {
	for {
		rows, from, err := o.first()
		if rows == nil || err != nil {
			return nil, err
		}
		from.ready = false
		if o.keeps(rows, from.shard) {
			return rows, nil
		}
	}
}

// first finds the file whose job is the least; a day has few files.
func (o *oldJobs) first() (least *schema.Rows, from *oldShard, err error) {
	for _, file := range o.files {
		if err := file.advance(); err != nil {
			return nil, nil, err
		}
		if !file.ready {
			continue
		}
		rows := &file.rows
		if least == nil || gather.CompareJobs(
			rows.Job.FirstCallTime, rows.Job.JobID, rows.Job.InstanceID,
			least.Job.FirstCallTime, least.Job.JobID, least.Job.InstanceID) < 0 {
			least, from = rows, file
		}
	}
	return least, from, nil
}

// keeps says whether a published job is part of the target, and touches it up.
func (o *oldJobs) keeps(rows *schema.Rows, from shard) bool {
	key := schema.JobKey(nil, rows.Job.InstanceID, rows.Job.JobID)
	if key.Bucket(o.target.buckets) != o.target.bucket {
		return false
	}
	v := o.build.tx.verdict
	if by, ok := v.replaced[from][key]; ok {
		if int(by.tasks) < min(len(rows.Tasks), 1<<16-1) || int(by.turns) < len(rows.Turns) {
			o.build.noteShrunk(key)
		}
		return false
	}
	if change, ok := v.touched[from][key]; ok {
		if change.firstSeen != 0 {
			rows.Job.FirstSeen = change.firstSeen
		}
		o.build.tx.facts[key].apply(rows)
		if change.observedAt != 0 {
			rows.Job.ObservedAt = change.observedAt
			rows.Job.RequestID = o.build.tx.requestOf(change.request)
		}
	}
	return true
}

// advance reads the rows of the file's next job, unless they are at hand.
func (s *oldShard) advance() error {
	if s.ready {
		return nil
	}
	job, err := s.jobs.Next()
	if err != nil {
		return err
	}
	if job == nil {
		return s.exhausted()
	}
	s.rows.Job, s.ready = *job, true
	instance, id := job.InstanceID, job.JobID
	var errs [5]error
	s.rows.Tasks, errs[0] = s.tasks.take(func(r *schema.TaskRow) bool { return r.JobID == id && r.InstanceID == instance })
	s.rows.Turns, errs[1] = s.turns.take(func(r *schema.TurnRow) bool { return r.JobID == id && r.InstanceID == instance })
	s.rows.Contacts, errs[2] = s.contacts.take(func(r *schema.ContactRow) bool { return r.JobID == id && r.InstanceID == instance })
	s.rows.Extras, errs[3] = s.extras.take(func(r *schema.ExtraRow) bool { return r.JobID == id && r.InstanceID == instance })
	s.rows.Summaries, errs[4] = s.summaries.take(func(r *schema.SummaryRow) bool { return r.JobID == id && r.InstanceID == instance })
	return errors.Join(errs[:]...)
}

// exhausted is an error where rows are left that belong to no job: whatever
// came after them would be lost.
func (s *oldShard) exhausted() error {
	if s.tasks.ahead != nil || s.turns.ahead != nil || s.contacts.ahead != nil || s.extras.ahead != nil || s.summaries.ahead != nil {
		return fmt.Errorf("%s holds rows of no job: the snapshot is damaged, `callmill verify` says how", DateDir(s.shard.day))
	}
	return nil
}

func (s *oldShard) close() error {
	return errors.Join(s.jobs.Close(), s.tasks.close(), s.turns.close(), s.contacts.close(), s.extras.close(), s.summaries.close())
}

func (o *oldJobs) close() error {
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}
