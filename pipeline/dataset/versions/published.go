package versions

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// published are the jobs in the snapshot that a run builds upon. A night asks about few
// of them, so they are read where one is looked up: those of a shard that is likely to
// have it. Where more are looked up than there is room for all are read, and are from
// then on sorted beyond memory. It is safe for concurrent use.
type published struct {
	shards    []*shard.Published
	byDay     map[int32][]*shard.Published
	days      []int32      // in order
	cancelled func() error // the run's

	mu     sync.RWMutex
	room   int64                       // bytes for further entries of near and missed
	loaded []bool                      // by number: a shard whose jobs are near
	near   map[schema.Key]publishedJob // and others that were looked up
	missed map[schema.Key]bool         // met and not near; true: their published tasks are needed
	whole  bool                        // all are read, and near is empty
	failed error                       // of reading: then nothing is certain any more
	all    *spill.Sorter               // a record for each job, by key
}

// entryBytes is about what an entry takes, in a map that is two thirds full.
const entryBytes = 128

// publishedJob is what a run must know of a job in the snapshot it builds upon.
type publishedJob struct {
	key                   schema.Key
	content               schema.ContentHash
	observedAt, firstSeen int64
	lastCall              int64 // ms; 0: none
	shard                 int32 // index of its shard
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
		byDay: map[int32][]*shard.Published{}, cancelled: func() error { return nil },
		room: memory, near: map[schema.Key]publishedJob{}, missed: map[schema.Key]bool{},
		whole: true, all: spill.NewSorter(spill.Options{Dir: dir, Memory: memory}),
	}
}

// open takes the shards of the published snapshot, and reads none of them.
func (p *published) open(ctx context.Context, d *dataset.Dataset) error {
	p.shards, p.cancelled = shard.List(d), ctx.Err
	p.loaded, p.whole = make([]bool, len(p.shards)), len(p.shards) == 0
	for _, s := range p.shards {
		if s.Paths[shard.Jobs] == "" {
			return fmt.Errorf("load published jobs: %w", s.Damaged())
		}
		p.byDay[s.Day] = append(p.byDay[s.Day], s)
	}
	p.days = slices.Sorted(maps.Keys(p.byDay))
	return nil
}

// instances returns those that jobs are published of, in order.
func (p *published) instances() ([]string, error) {
	found := map[string]bool{}
	for _, s := range p.shards {
		if err := p.cancelled(); err != nil {
			return nil, err
		}
		texts, err := parquetio.Texts(s.Paths[shard.Jobs], "instance_id")
		if err != nil {
			return nil, fmt.Errorf("list published instances: %w", err)
		}
		for _, text := range texts {
			found[text] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// read calls each with the jobs of a shard, which are valid until the next.
func (p *published) read(s *shard.Published, each func(*publishedJob) error) error {
	if err := p.cancelled(); err != nil {
		return err
	}
	rows, err := parquetio.OpenColumns[keyColumns](s.Paths[shard.Jobs])
	if err != nil {
		return fmt.Errorf("load published jobs: %w", err)
	}
	defer rows.Close()
	scratch := make([]byte, 0, 256)
	for {
		row, err := rows.Next()
		if err != nil {
			return fmt.Errorf("load published jobs: %w", err)
		}
		if row == nil {
			return nil
		}
		instanceID, jobID, content := row[0].ByteArray(), row[1].ByteArray(), row[4].ByteArray()
		job := publishedJob{
			key: schema.JobKey(scratch, instanceID, jobID), final: row[2].Boolean(), hasTasks: row[3].Int32() > 0,
			lastCall: row[5].Int64(), firstSeen: row[6].Int64(), observedAt: row[7].Int64(), shard: int32(s.Number),
		}
		if job.content, err = schema.ParseContentHash(content); err != nil {
			return fmt.Errorf("load published jobs: %s: job %s: %w", s.Paths[shard.Jobs], jobID, err)
		}
		if err := each(&job); err != nil {
			return err
		}
	}
}

// take takes the room for n entries, and reports whether there was any.
func (p *published) take(n int64) bool {
	p.room -= n * entryBytes
	return p.room >= 0
}

// loadShard loads the jobs of a shard, or all, where there is no room for them.
func (p *published) loadShard(s *shard.Published) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil || p.whole || p.loaded[s.Number] {
		return p.failed
	}
	if !p.take(s.Rows[shard.Jobs]) {
		return p.loadAll()
	}
	p.loaded[s.Number] = true
	p.failed = p.read(s, func(job *publishedJob) error {
		p.near[job.key] = *job
		return nil
	})
	return p.failed
}

// loadWhole loads all jobs.
func (p *published) loadWhole() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.loadAll()
}

func (p *published) loadAll() error {
	if p.failed != nil || p.whole {
		return p.failed
	}
	p.near = nil
	p.failed = p.sortAll()
	p.whole = p.failed == nil
	return p.failed
}

func (p *published) sortAll() error {
	out := p.all.Writer()
	for _, s := range p.shards {
		if err := p.read(s, func(job *publishedJob) error { return out.Encode(job.code) }); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return p.all.Merge()
}

// miss notes a job that is met, and of which it is not certain what is published.
func (p *published) miss(key schema.Key, wanted bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, met := p.missed[key]
	p.missed[key] = before || wanted
	if met || p.take(1) {
		return nil
	}
	return p.loadAll()
}

// loadMissed has it certain of every job that was met what is published of it. want is
// called with the shards of those whose published tasks are needed. No job is looked up
// meanwhile.
func (p *published) loadMissed(want func(shard int32)) error {
	f := p.finder()
	for key, wanted := range p.missed {
		job, certain, err := f.find(key) // it may have become so
		if err != nil {
			return err
		}
		if job != nil && wanted {
			want(job.shard)
		}
		if certain {
			delete(p.missed, key)
		}
	}
	for _, s := range p.shards {
		if len(p.missed) == 0 {
			break
		}
		if p.loaded[s.Number] {
			continue
		}
		err := p.read(s, func(job *publishedJob) error {
			wanted, ok := p.missed[job.key]
			if !ok {
				return nil
			}
			if wanted {
				want(job.shard)
			}
			p.near[job.key] = *job
			delete(p.missed, job.key)
			return nil
		})
		if err != nil {
			return err
		}
	}
	p.missed = nil
	return nil
}

// loadBefore calls each with the jobs of days before an edge, in ms, and has those near
// of which it says so.
func (p *published) loadBefore(edge int64, each func(*publishedJob) (near bool, err error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	full := false
	for _, s := range p.shards {
		if s.Day != schema.NoDate && earliest(s.Day) >= edge {
			continue
		}
		err := p.read(s, func(job *publishedJob) error {
			near, err := each(job)
			switch {
			case !near || full || err != nil:
			case p.take(1):
				p.near[job.key] = *job
			default:
				full = true
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if full {
		return p.loadAll()
	}
	return nil
}

// earliest returns an instant, in ms, that is not after the beginning of a day in any time
// zone.
func earliest(day int32) int64 { return int64(day-1) * 24 * 60 * 60 * 1000 }

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
	j.shard = int32(shard)
}
