package verify

import (
	"cmp"
	"context"
	"errors"
	"io"
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
		intact, err := p.intact(ctx, f)
		if err != nil {
			return err
		}
		sound = p.sound(f, intact) && sound
	}
	// Without all of a job's rows nothing more can be said about it.
	if !sound || s.files[schema.TableJobs] == nil {
		return nil
	}
	c := &shardCheck{plan: p, shard: s}
	if p.rows != nil {
		c.rows = p.rows()
	}
	if p.contactKey != nil {
		c.contactKey = p.contactKey()
	}
	return c.run(ctx)
}

// shardCheck goes through the files of a shard in step: all have the same
// order of jobs.
type shardCheck struct {
	plan       *Plan
	shard      *shard
	rows       Rows
	contactKey func(string) string
	scratch    []byte // for keys
	content    []byte // for content hashes

	order     []jobPlace // of the shard's jobs, by key
	jobs      *reader[schema.JobRow]
	tasks     stream[schema.TaskRow]
	turns     stream[schema.TurnRow]
	contacts  stream[schema.ContactRow]
	extras    stream[schema.ExtraRow]
	summaries stream[schema.SummaryRow]

	unlisted map[string]bool // statuses met
	previous schema.JobRow
}

// jobPlace is the place of a job among those of its shard.
type jobPlace struct {
	key schema.Key
	at  int32
}

func (c *shardCheck) run(ctx context.Context) error {
	jobs := c.shard.files[schema.TableJobs]
	c.unlisted = map[string]bool{}
	if err := c.readOrder(ctx, jobs); err != nil {
		return c.broken(ctx, jobs.Path, err)
	}
	defer c.close()
	if file, err := c.open(); err != nil {
		return c.broken(ctx, file, err)
	}
	if file, err := c.readJobs(ctx); err != nil {
		return c.broken(ctx, file, err)
	}
	if f := c.shard.files[schema.TableTasks]; f != nil {
		c.checkUnlisted(f)
	}
	return nil
}

// broken makes a finding of an error while reading a file, unless ctx is done.
func (c *shardCheck) broken(ctx context.Context, file string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.plan.findings.add(file, CheckRead, "%v", err)
	return nil
}

// readOrder notes where in the file each job is, and its key for the whole
// snapshot.
func (c *shardCheck) readOrder(ctx context.Context, f *tableFile) error {
	c.order = make([]jobPlace, 0, f.Rows)
	err := eachJob(ctx, c.plan, f, func(key schema.Key, _ *jobKey) {
		c.order = append(c.order, jobPlace{key, int32(len(c.order))})
	})
	if err != nil {
		return err
	}
	c.plan.mu.Lock()
	for _, j := range c.order {
		c.plan.keys = append(c.plan.keys, j.key)
	}
	c.plan.mu.Unlock()
	slices.SortFunc(c.order, func(a, b jobPlace) int {
		return cmp.Or(slices.Compare(a.key[:], b.key[:]), cmp.Compare(a.at, b.at))
	})
	return nil
}

// placeOf gives the place of a job in the shard, -1 where it is not in it.
func (c *shardCheck) placeOf(instance, job string) int32 {
	key := schema.JobKey(c.scratch, instance, job)
	i, ok := slices.BinarySearchFunc(c.order, key, func(j jobPlace, key schema.Key) int {
		return slices.Compare(j.key[:], key[:])
	})
	if !ok {
		return -1
	}
	return c.order[i].at
}

// open opens the files of the shard; file is the one that could not be.
func (c *shardCheck) open() (file string, err error) {
	c.scratch = make([]byte, 0, 256)
	f := c.shard.files
	if c.jobs, err = openRows[schema.JobRow](c.plan, f[schema.TableJobs]); err != nil {
		return f[schema.TableJobs].Path, err
	}
	for _, s := range []struct {
		table string
		open  func(*shardCheck, *tableFile) error
	}{
		{schema.TableTasks, c.tasks.open}, {schema.TableTurns, c.turns.open}, {schema.TableContacts, c.contacts.open},
		{schema.TableExtras, c.extras.open}, {schema.TableSummaries, c.summaries.open},
	} {
		if err := s.open(c, f[s.table]); err != nil {
			return f[s.table].Path, err
		}
	}
	return "", nil
}

func (c *shardCheck) close() {
	if c.jobs != nil {
		c.jobs.Close()
	}
	c.tasks.close()
	c.turns.close()
	c.contacts.close()
	c.extras.close()
	c.summaries.close()
}

// readJobs goes through the jobs; file is the one in which an error is met.
func (c *shardCheck) readJobs(ctx context.Context) (file string, err error) {
	var rows schema.Rows
	for at := int32(0); ; at++ {
		if at%1024 == 0 && ctx.Err() != nil {
			return "", ctx.Err()
		}
		job, err := c.jobs.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c.jobs.path, err
		}
		rows.Job = *job
		if file, err := c.take(&rows, at); err != nil {
			return file, err
		}
		c.checkJob(&rows, at)
	}
	c.noteStrange(c.jobs.path, c.jobs.strange)
	// What is left now belongs to no job of the shard.
	return c.take(&rows, int32(len(c.order)))
}

// take gives the job at a place its rows.
func (c *shardCheck) take(rows *schema.Rows, at int32) (file string, err error) {
	if rows.Tasks, err = c.tasks.take(at); err != nil {
		return c.tasks.path(), err
	}
	if rows.Turns, err = c.turns.take(at); err != nil {
		return c.turns.path(), err
	}
	if rows.Contacts, err = c.contacts.take(at); err != nil {
		return c.contacts.path(), err
	}
	if rows.Extras, err = c.extras.take(at); err != nil {
		return c.extras.path(), err
	}
	rows.Summaries, err = c.summaries.take(at)
	return c.summaries.path(), err
}

func (c *shardCheck) noteStrange(file, strange string) {
	if strange != "" {
		c.plan.findings.add(file, CheckValues, "%s", strange)
	}
}
