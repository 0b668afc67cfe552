package verify

import (
	"cmp"
	"context"
	"slices"

	"callmill/schema"
)

// checkShard checks the files of one shard, and their rows job by job.
func (p *Plan) checkShard(ctx context.Context, s *shard) error {
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
		c.contactKey = p.contactKey()
	}
	return p.addRead(c.run(ctx))
}

// shardCheck reads the files of a shard in step: all have the same order of jobs.
type shardCheck struct {
	plan       *Plan
	shard      *shard
	derive     Rows
	contactKey func(string) string
	scratch    []byte // for keys
	content    []byte // for content hashes

	order     []indexedKey // of the shard's jobs, by key
	rows      schema.Rows  // of the current job
	previous  schema.JobRow
	followers []follower

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
	r := &c.rows
	c.followers = []follower{
		&stream[schema.TaskRow]{table: schema.TableTasks, rows: &r.Tasks, jobOf: func(r *schema.TaskRow) jobKey { return jobKey{r.InstanceID, r.JobID} }},
		&stream[schema.TurnRow]{table: schema.TableTurns, rows: &r.Turns, jobOf: func(r *schema.TurnRow) jobKey { return jobKey{r.InstanceID, r.JobID} }},
		&stream[schema.ContactRow]{table: schema.TableContacts, rows: &r.Contacts, jobOf: func(r *schema.ContactRow) jobKey { return jobKey{r.InstanceID, r.JobID} }},
		&stream[schema.ExtraRow]{table: schema.TableExtras, rows: &r.Extras, jobOf: func(r *schema.ExtraRow) jobKey { return jobKey{r.InstanceID, r.JobID} }},
		&stream[schema.SummaryRow]{table: schema.TableSummaries, rows: &r.Summaries, jobOf: func(r *schema.SummaryRow) jobKey { return jobKey{r.InstanceID, r.JobID} }},
	}
	for _, f := range c.followers {
		defer f.close()
		if err := f.open(c); err != nil {
			return err
		}
	}
	if err := c.readJobs(ctx, jobs); err != nil {
		return err
	}
	// Rows that are left belong to no job of the shard.
	if err := c.take(int32(len(c.order))); err != nil {
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

// readJobs checks the jobs one by one, each with its rows in all tables.
func (c *shardCheck) readJobs(ctx context.Context, f *tableFile) error {
	at := int32(0)
	for row, err := range rowsOf[schema.JobRow](ctx, c.plan, f) {
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
	return nil
}

// take reads the rows of the job with an index in the shard.
func (c *shardCheck) take(at int32) error {
	for _, f := range c.followers {
		if err := f.take(at); err != nil {
			return err
		}
	}
	return nil
}
