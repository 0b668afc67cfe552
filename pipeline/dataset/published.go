package dataset

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"

	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

// published are the jobs in the snapshot that a run builds upon. It is
// immutable once loaded and safe for concurrent use.
type published struct {
	jobs   *index
	shards []shard
	// buckets of each day
	buckets map[int32]int
}

// shard is the part of a day's jobs that lies in one file per table.
type shard struct {
	day             int32
	bucket, buckets int
}

// keyColumns are the columns of jobs that published needs.
type keyColumns struct {
	InstanceID  string `parquet:"instance_id"`
	JobID       string `parquet:"job_id"`
	IsFinal     bool   `parquet:"is_final"`
	TaskCount   int32  `parquet:"task_count"`
	ContentHash string `parquet:"content_hash"`
	FirstSeen   int64  `parquet:"first_seen,timestamp(millisecond)"`
	ObservedAt  int64  `parquet:"observed_at,timestamp(millisecond)"`
}

// loadPublished reads the keys of all jobs of a snapshot into an index of some
// bytes of memory; what is beyond that goes into a file in dir.
func loadPublished(ctx context.Context, snapshotDir string, jobs *Table, memory int64, dir string) (_ *published, err error) {
	p := &published{buckets: map[int32]int{}}
	if p.jobs, err = newIndex(jobs.Rows, memory, dir); err != nil {
		return nil, err
	}
	for _, file := range jobs.Files {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, p.jobs.close())
		}
		if err := p.load(file, filepath.Join(snapshotDir, filepath.FromSlash(file.Path))); err != nil {
			return nil, errors.Join(fmt.Errorf("load published jobs: %w", err), p.jobs.close())
		}
	}
	if err := p.jobs.sort(); err != nil {
		return nil, errors.Join(err, p.jobs.close())
	}
	return p, nil
}

// load reads one file of the table jobs.
func (p *published) load(file File, path string) error {
	day, _ := dayOf(file.Path)
	p.shards = append(p.shards, shard{day, file.Bucket, file.Buckets})
	p.buckets[day] = file.Buckets
	scratch := make([]byte, 0, 256)
	for row, err := range parquetio.All[keyColumns](path) {
		if err != nil {
			return err
		}
		job := publishedJob{shard: uint32(len(p.shards) - 1), times: publishedTimes{row.ObservedAt, row.FirstSeen}}
		job.key = schema.JobKey(scratch, row.InstanceID, row.JobID)
		if _, err := hex.Decode(job.content[:], []byte(row.ContentHash)[:min(16, len(row.ContentHash))]); err != nil {
			return fmt.Errorf("%s: content hash %q of job %s", file.Path, row.ContentHash, row.JobID)
		}
		if row.TaskCount == 0 {
			job.shard |= noTasks
		}
		if row.IsFinal {
			job.shard |= final
		}
		if err := p.jobs.add(&job); err != nil {
			return err
		}
	}
	return nil
}

// find gives what is published of a job, nil where nothing is.
func (p *published) find(key schema.Key) *publishedJob {
	if p.jobs == nil {
		return nil
	}
	job, ok := p.jobs.find(key)
	if !ok {
		return nil
	}
	return &job
}

func (p *published) shardOf(job *publishedJob) shard { return p.shards[job.shard&^flags] }

func (p *published) timesOf(job *publishedJob) publishedTimes { return job.times }

func compareShards(a, b shard) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.buckets, b.buckets), cmp.Compare(a.bucket, b.bucket))
}
