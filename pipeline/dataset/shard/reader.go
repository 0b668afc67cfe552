package shard

import (
	"errors"
	"fmt"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobsort"
	"callmill/schema"
)

// reader reads the files of a published shard, table by table, in step: all are
// sorted by the same order of jobs.
type reader struct {
	shard  *Published
	tables []tableReader // jobs, and of the others those that have rows
	rows   schema.Rows   // of the job at hand
	ready  bool
}

func (s *Published) open() (*reader, error) {
	if s.Paths[Jobs] == "" {
		return nil, s.Damaged()
	}
	r := &reader{shard: s}
	for i, table := range Tables() {
		if s.Paths[i] == "" {
			continue
		}
		open := table.open
		if s.Said && i == Turns {
			open = openSaid
		}
		opened, err := open(s.Paths[i])
		switch {
		case err == nil && s.Torn[i]:
			opened = &torn{tableReader: opened}
		case err != nil && s.Torn[i]:
			continue
		case err != nil:
			return nil, errors.Join(err, r.close())
		}
		r.tables = append(r.tables, opened)
	}
	return r, nil
}

// maxKeptRows is how many rows of a table a reader keeps room for.
const maxKeptRows = 1 << 14

// advance reads the rows of the next job, unless they are at hand.
func (r *reader) advance() error {
	if r.ready {
		return nil
	}
	instanceID, jobID, more := r.tables[Jobs].job()
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
func (r *reader) exhausted() error {
	for _, table := range r.tables {
		if _, _, ok := table.job(); ok && !isTorn(table) {
			return r.shard.Damaged()
		}
	}
	return nil
}

// Damaged returns the error of a shard with rows that belong to no job.
func (s *Published) Damaged() error {
	return fmt.Errorf("%s has rows of no job: the snapshot is damaged, `callmill verify` says how", dataset.DateDir(s.Day))
}

func (r *reader) close() error {
	var errs []error
	for _, table := range r.tables {
		errs = append(errs, table.Close())
	}
	return errors.Join(errs...)
}

// Reader reads the published jobs of a shard, in order, that may lie in several
// published shards: where the number of a day's buckets changes. Not safe for
// concurrent use.
type Reader struct {
	target Shard
	files  []*reader
}

// Open opens those of the published shards of a day of which some jobs belong to
// the target.
func Open(published []*Published, target Shard) (*Reader, error) {
	r := &Reader{target: target}
	for _, p := range published {
		if !p.Overlaps(target) {
			continue
		}
		opened, err := p.open()
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.files = append(r.files, opened)
	}
	return r, nil
}

// Next returns the rows of the next job and its key, nil at the end. They are
// valid until the next call; their strings, lists and pointers stay valid.
func (r *Reader) Next() (rows *schema.Rows, key schema.Key, err error) {
	for {
		first, err := r.first()
		if first == nil || err != nil {
			return nil, key, err
		}
		first.ready = false
		key = schema.JobKey(nil, first.rows.Job.InstanceID, first.rows.Job.JobID)
		if r.target.Holds(key) {
			return &first.rows, key, nil
		}
	}
}

// first returns the file whose job is the least; a day has few files.
func (r *Reader) first() (least *reader, err error) {
	for _, file := range r.files {
		if err := file.advance(); err != nil {
			return nil, err
		}
		if file.ready && (least == nil || CompareJobs(&file.rows, &least.rows) < 0) {
			least = file
		}
	}
	return least, nil
}

// CompareJobs is the order in which jobs come in a shard; nil, the end, is last.
func CompareJobs(a, b *schema.Rows) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return jobsort.CompareJobs(a.Job.FirstCallTime, a.Job.JobID, a.Job.InstanceID, b.Job.FirstCallTime, b.Job.JobID, b.Job.InstanceID)
}

// Close closes the files.
func (r *Reader) Close() error {
	var errs []error
	for _, f := range r.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}
