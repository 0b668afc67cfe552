package verify

import (
	"cmp"
	"context"
	"slices"

	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// checkShard checks the files of one shard, and their rows job by job.
func (p *plan) checkShard(ctx context.Context, s *shard) error {
	sound := true
	for _, name := range schema.DayTables() {
		f := s.files[name]
		if f == nil {
			continue
		}
		ok, err := p.sound(ctx, f)
		if err != nil {
			return err
		}
		sound = sound && ok
	}
	// Without all rows of a job nothing more can be said about it.
	if !sound || s.files[schema.TableJobs] == nil {
		return nil
	}
	c := &shardCheck{plan: p, shard: s, scratch: make([]byte, 0, 256), unlisted: map[string]bool{}}
	if p.rows != nil {
		c.derive = p.rows()
	}
	if p.contactKey != nil {
		c.contactKey = p.contactKey(p.manifest.Settings.Derivation)
	}
	return unlessDamaged(c.run(ctx))
}

// shardCheck reads the files of a shard in step: all have the same order of jobs.
type shardCheck struct {
	plan       *plan
	shard      *shard
	derive     Rows
	contactKey func(string) string
	scratch    []byte // for keys
	content    []byte // for content hashes

	order    []indexedKey // of the shard's jobs, by key
	rows     schema.Rows  // of the current job
	previous schema.JobRow
	takes    []func(at int32) error // of the streams of the other tables
	stops    []func()

	unlisted map[string]bool // undocumented statuses met
}

// indexedKey is the key of a job and its index in its shard.
type indexedKey struct {
	key schema.Key
	at  int32
}

func (c *shardCheck) run(ctx context.Context) error {
	jobs := c.shard.files[schema.TableJobs]
	if err := c.readOrder(ctx, jobs); err != nil {
		return err
	}
	defer func() {
		for _, stop := range c.stops {
			stop()
		}
	}()
	for _, t := range jobTables() {
		if err := t.follow(ctx, c); err != nil {
			return err
		}
	}
	at := int32(0)
	for row, err := range rowsOf[schema.JobRow](ctx, c.plan, jobs) {
		if err != nil {
			return err
		}
		c.rows.Job = *row
		if err := c.take(at); err != nil {
			return err
		}
		c.checkJob(at)
		at++
	}
	// Rows that are left belong to no job of the shard.
	if err := c.take(at); err != nil {
		return err
	}
	if f := c.shard.files[schema.TableTasks]; f != nil {
		c.checkUnlisted(f)
	}
	return nil
}

// readOrder notes the index of each job in the shard, and its key for the whole
// snapshot.
func (c *shardCheck) readOrder(ctx context.Context, f *tableFile) error {
	c.order = make([]indexedKey, 0, f.Rows)
	for row, err := range rowsOf[jobKey](ctx, c.plan, f) {
		if err != nil {
			return err
		}
		c.order = append(c.order, indexedKey{row.key(c.scratch), int32(len(c.order))})
	}
	c.plan.mu.Lock()
	c.plan.jobs = append(c.plan.jobs, f)
	for _, j := range c.order {
		c.plan.keys = append(c.plan.keys, j.key)
	}
	c.plan.mu.Unlock()
	slices.SortFunc(c.order, func(a, b indexedKey) int {
		return cmp.Or(compareKeys(a.key, b.key), cmp.Compare(a.at, b.at))
	})
	return nil
}

// indexOf returns the index of a job in the shard, -1 if the shard does not have
// it.
func (c *shardCheck) indexOf(job *jobKey) int32 {
	key := job.key(c.scratch)
	i, ok := slices.BinarySearchFunc(c.order, key, func(j indexedKey, key schema.Key) int { return compareKeys(j.key, key) })
	if !ok {
		return -1
	}
	return c.order[i].at
}

// take reads the rows of the job with an index in the shard.
func (c *shardCheck) take(at int32) error {
	for _, take := range c.takes {
		if err := take(at); err != nil {
			return err
		}
	}
	return nil
}

// jobKey is the beginning of a row of jobs, for when no more is read of it.
type jobKey struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
}

// key returns the key of the job; scratch is space for it.
func (k *jobKey) key(scratch []byte) schema.Key { return schema.JobKey(scratch, k.InstanceID, k.JobID) }

func compareKeys(a, b schema.Key) int { return slices.Compare(a[:], b[:]) }

// checkUnique checks that no job is there twice. Of all jobs only keys are in
// memory, 16 bytes each; which jobs they belong to is read again if needed.
func (p *plan) checkUnique(ctx context.Context) error {
	slices.SortFunc(p.keys, compareKeys)
	firstFile := map[schema.Key]string{} // of the jobs that are there twice
	for i := 1; i < len(p.keys); i++ {
		if p.keys[i] == p.keys[i-1] {
			firstFile[p.keys[i]] = ""
		}
	}
	if len(firstFile) == 0 {
		return nil
	}
	scratch := make([]byte, 0, 256)
	slices.SortFunc(p.jobs, func(a, b *tableFile) int { return cmp.Compare(a.Path, b.Path) })
	for _, f := range p.jobs {
		for row, err := range rowsOf[jobKey](ctx, p, f) {
			if err != nil {
				return unlessDamaged(err)
			}
			key := row.key(scratch)
			switch other, ok := firstFile[key]; {
			case !ok:
			case other == "":
				firstFile[key] = f.Path
			default:
				p.findings.Add(f.Path, finding.Keys, "job %s of %s is also in %s", row.JobID, row.InstanceID, other)
			}
		}
	}
	return nil
}
