package versions

import (
	"context"
	"fmt"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// published are the jobs in the snapshot that a run builds upon. It is
// immutable once loaded and safe for concurrent use.
type published struct {
	jobs      *spill.Sorter // a record for each, by key
	shards    []*shard.Published
	byDay     map[int32][]*shard.Published
	instances map[string]bool
}

// publishedJob is what a run must know of a job in the snapshot it builds upon.
type publishedJob struct {
	key                   schema.Key
	content               schema.ContentHash
	observedAt, firstSeen int64
	shard                 int   // index of its shard
	lastCall              int64 // ms; 0: none
	hasTasks              bool  // at least one
	final                 bool  // its status is terminal
}

// keyColumns are the columns of jobs that published needs.
type keyColumns struct {
	InstanceID  string `parquet:"instance_id"`
	JobID       string `parquet:"job_id"`
	IsFinal     bool   `parquet:"is_final"`
	TaskCount   int32  `parquet:"task_count"`
	ContentHash string `parquet:"content_hash"`
	LastCall    int64  `parquet:"last_call_time,optional,timestamp(millisecond)"`
	FirstSeen   int64  `parquet:"first_seen,timestamp(millisecond)"`
	ObservedAt  int64  `parquet:"observed_at,timestamp(millisecond)"`
}

// newPublished is for a snapshot without jobs.
func newPublished(dir string, memory int64) *published {
	return &published{
		jobs:  spill.NewSorter(spill.Options{Dir: dir, Memory: memory}),
		byDay: map[int32][]*shard.Published{}, instances: map[string]bool{},
	}
}

// load reads the keys of all jobs of the published snapshot, and calls each with them.
func (p *published) load(ctx context.Context, d *dataset.Dataset, each func(*publishedJob) error) error {
	p.shards = shard.List(d)
	out := p.jobs.Writer()
	for _, s := range p.shards {
		p.byDay[s.Day] = append(p.byDay[s.Day], s)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.loadJobs(s, out, each); err != nil {
			return fmt.Errorf("load published jobs: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return p.jobs.Merge()
}

func (p *published) loadJobs(s *shard.Published, out *spill.Writer, each func(*publishedJob) error) error {
	if s.Paths[shard.Jobs] == "" {
		return s.Damaged()
	}
	scratch, instance := make([]byte, 0, 256), ""
	for row, err := range parquetio.All[keyColumns](s.Paths[shard.Jobs]) {
		if err != nil {
			return err
		}
		if row.InstanceID != instance { // most rows are of the one before
			instance = row.InstanceID
			p.instances[instance] = true
		}
		job := publishedJob{
			key: schema.JobKey(scratch, row.InstanceID, row.JobID), observedAt: row.ObservedAt, firstSeen: row.FirstSeen,
			shard: s.Number, lastCall: row.LastCall, hasTasks: row.TaskCount > 0, final: row.IsFinal,
		}
		hash, err := schema.ParseContentHash(row.ContentHash)
		if err != nil {
			return fmt.Errorf("%s: job %s: %w", s.Paths[shard.Jobs], row.JobID, err)
		}
		job.content = hash
		if err := out.Encode(job.code); err != nil {
			return err
		}
		if err := each(&job); err != nil {
			return err
		}
	}
	return nil
}

// code encodes or decodes the job's record.
func (j *publishedJob) code(c *spill.Codec) {
	shard := uint64(j.shard)
	c.Fixed(j.key[:])
	c.Fixed(j.content[:])
	c.Varint(&j.observedAt)
	c.Varint(&j.firstSeen)
	c.Uvarint(&shard)
	c.Varint(&j.lastCall)
	c.Bool(&j.hasTasks)
	c.Bool(&j.final)
	j.shard = int(shard)
}

// finder looks up published jobs. Not safe for concurrent use.
type finder struct{ jobs *spill.Finder }

func (p *published) finder() *finder { return &finder{p.jobs.Finder()} }

// find returns what is published of a job, nil where nothing is.
func (f *finder) find(key schema.Key) (*publishedJob, error) {
	record, err := f.jobs.Find(key[:])
	if err != nil {
		return nil, fmt.Errorf("look up published job: %w", err)
	}
	if record == nil {
		return nil, nil
	}
	job, c := &publishedJob{}, spill.Decoder(record)
	job.code(&c)
	return job, c.Err()
}
