package dataset

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"

	"callmill/pipeline/dataset/table"
	"callmill/schema"
)

// published is what a run must know of the jobs in the snapshot it builds
// upon: 32 bytes a job, sorted by key. It is immutable once loaded and safe
// for concurrent use.
type published struct {
	jobs   []publishedJob
	times  []publishedTimes
	shards []shard
	// buckets of each day
	buckets map[int32]int
}

type publishedJob struct {
	key schema.Key
	// content is the head of the content hash: enough to tell two versions of
	// one job apart, which is all it is used for.
	content [8]byte
	times   uint32 // index into times; jobs of one response share an entry
	shard   uint32 // index into shards, with flags as its highest bits
}

const (
	noTasks = 1 << 31
	final   = 1 << 30 // its status is terminal
	flags   = noTasks | final
)

type publishedTimes struct{ observedAt, firstSeen int64 }

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

// loadPublished reads the keys of all jobs of a snapshot.
func loadPublished(ctx context.Context, snapshotDir string, jobs *Table) (*published, error) {
	p := &published{buckets: map[int32]int{}}
	if jobs == nil {
		return p, nil
	}
	p.jobs = make([]publishedJob, 0, jobs.Rows)
	known := map[publishedTimes]uint32{}
	var scratch []byte
	for _, file := range jobs.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		day, _ := dayOf(file.Path)
		p.shards = append(p.shards, shard{day, file.Bucket, file.Buckets})
		p.buckets[day] = file.Buckets
		for row, err := range table.All[keyColumns](filepath.Join(snapshotDir, filepath.FromSlash(file.Path))) {
			if err != nil {
				return nil, fmt.Errorf("load published jobs: %w", err)
			}
			job := publishedJob{shard: uint32(len(p.shards) - 1)}
			if scratch == nil {
				scratch = make([]byte, 0, 256)
			}
			job.key = schema.JobKey(scratch, row.InstanceID, row.JobID)
			if _, err := hex.Decode(job.content[:], []byte(row.ContentHash)[:min(16, len(row.ContentHash))]); err != nil {
				return nil, fmt.Errorf("load published jobs: %s: content hash %q of job %s", file.Path, row.ContentHash, row.JobID)
			}
			if row.TaskCount == 0 {
				job.shard |= noTasks
			}
			if row.IsFinal {
				job.shard |= final
			}
			times := publishedTimes{row.ObservedAt, row.FirstSeen}
			index, ok := known[times]
			if !ok {
				index = uint32(len(p.times))
				known[times] = index
				p.times = append(p.times, times)
			}
			job.times = index
			p.jobs = append(p.jobs, job)
		}
	}
	slices.SortFunc(p.jobs, func(a, b publishedJob) int { return slices.Compare(a.key[:], b.key[:]) })
	return p, nil
}

func (p *published) find(key schema.Key) *publishedJob {
	i, ok := slices.BinarySearchFunc(p.jobs, key, func(job publishedJob, key schema.Key) int {
		return slices.Compare(job.key[:], key[:])
	})
	if !ok {
		return nil
	}
	return &p.jobs[i]
}

func (p *published) shardOf(job *publishedJob) shard { return p.shards[job.shard&^flags] }

func (p *published) timesOf(job *publishedJob) publishedTimes { return p.times[job.times] }

func compareShards(a, b shard) int {
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.buckets, b.buckets), cmp.Compare(a.bucket, b.bucket))
}
