package commit

import (
	"errors"
	"fmt"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobsort"
	"callmill/schema"
)

// shardReader reads the files of a published shard, table by table, in step: all
// are sorted by the same order of jobs.
type shardReader struct {
	shard  *publishedShard
	tables []tableReader // jobs, and of the others those that have rows
	rows   schema.Rows   // of the job at hand
	ready  bool
}

func (s *publishedShard) open() (*shardReader, error) {
	if s.paths[jobsAt] == "" {
		return nil, s.damaged()
	}
	r := &shardReader{shard: s}
	for i, table := range dayTables() {
		if s.paths[i] == "" {
			continue
		}
		opened, err := table.open(s.paths[i])
		if err != nil {
			return nil, errors.Join(err, r.close())
		}
		r.tables = append(r.tables, opened)
	}
	return r, nil
}

// maxKeptRows is how many rows of a table a reader keeps room for.
const maxKeptRows = 1 << 14

// advance reads the rows of the next job, unless they are at hand.
func (r *shardReader) advance() error {
	if r.ready {
		return nil
	}
	instanceID, jobID, more := r.tables[jobsAt].job()
	if !more {
		return r.exhausted()
	}
	r.ready = true
	r.rows.Reset(maxKeptRows)
	for _, table := range r.tables {
		for {
			instance, job, ok := table.job()
			if !ok || job != jobID || instance != instanceID {
				break
			}
			if err := table.take(&r.rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// exhausted returns an error where rows are left that belong to no job: the rows
// after them would be lost.
func (r *shardReader) exhausted() error {
	for _, table := range r.tables {
		if _, _, ok := table.job(); ok {
			return r.shard.damaged()
		}
	}
	return nil
}

func (s *publishedShard) damaged() error {
	return fmt.Errorf("%s has rows of no job: the snapshot is damaged, `callmill verify` says how", dataset.DateDir(s.day))
}

func (r *shardReader) close() error {
	var errs []error
	for _, table := range r.tables {
		errs = append(errs, table.Close())
	}
	return errors.Join(errs...)
}

// oldJobs reads the published jobs of a shard that is written, in order: those
// of all published shards that may have any.
type oldJobs struct {
	target shard
	files  []*shardReader
}

// openOld opens the published shards of which some jobs belong to s.
func (b *build) openOld(s shard) (*oldJobs, error) {
	old := &oldJobs{target: s}
	for _, candidate := range b.tx.old.byDay[s.day] {
		// Of two powers of two the smaller divides the other, so that two
		// buckets share jobs if they are equal modulo the smaller.
		n := min(candidate.buckets, s.buckets)
		if candidate.bucket%n != s.bucket%n {
			continue
		}
		opened, err := candidate.open()
		if err != nil {
			return nil, errors.Join(err, old.close())
		}
		old.files = append(old.files, opened)
	}
	return old, nil
}

// next returns the job that comes next in the order of all files, nil at the
// end. It is valid until the next call.
func (o *oldJobs) next() (rows *schema.Rows, key schema.Key, err error) {
	for {
		first, err := o.first()
		if first == nil || err != nil {
			return nil, key, err
		}
		first.ready = false
		key = schema.JobKey(nil, first.rows.Job.InstanceID, first.rows.Job.JobID)
		if o.target.holds(key) {
			return &first.rows, key, nil
		}
	}
}

// first returns the file whose job is the least; a day has few files.
func (o *oldJobs) first() (least *shardReader, err error) {
	for _, file := range o.files {
		if err := file.advance(); err != nil {
			return nil, err
		}
		if file.ready && (least == nil || compareRows(&file.rows, &least.rows) < 0) {
			least = file
		}
	}
	return least, nil
}

func compareRows(a, b *schema.Rows) int {
	return jobsort.CompareJobs(a.Job.FirstCallTime, a.Job.JobID, a.Job.InstanceID, b.Job.FirstCallTime, b.Job.JobID, b.Job.InstanceID)
}

func (o *oldJobs) close() error {
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}
