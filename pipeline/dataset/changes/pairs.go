package changes

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// comparison reads two snapshots and writes down what it finds of their jobs.
type comparison struct {
	ctx     context.Context
	out     *spill.Writer
	encoder *encoder
	a, b    []byte // scratch space
}

func newComparison(ctx context.Context, out *spill.Writer) (*comparison, error) {
	e, err := newEncoder()
	return &comparison{ctx: ctx, out: out, encoder: e}, err
}

// keyColumns are what identifies the job of a row of jobs.
type keyColumns struct {
	InstanceID string `parquet:"instance_id"`
	JobID      string `parquet:"job_id"`
}

// keys writes down which jobs there are.
func (c *comparison) keys(shards []*shard.Published, side where) error {
	for _, s := range shards {
		if s.Paths[shard.Jobs] == "" {
			return s.Damaged()
		}
		for row, err := range parquetio.All[keyColumns](s.Paths[shard.Jobs]) {
			if err == nil {
				err = c.ctx.Err()
			}
			if err != nil {
				return err
			}
			r := record{instance: row.InstanceID, job: row.JobID, where: side}
			if err := c.out.Encode(r.code); err != nil {
				return err
			}
		}
	}
	return nil
}

// shards compares all shards: those that are in both snapshots, as the same part
// of the same day, side by side.
func (c *comparison) shards(since, to []*shard.Published) error {
	before := map[shard.Shard]*shard.Published{}
	for _, s := range since {
		before[s.Shard] = s
	}
	for _, now := range to {
		old := before[now.Shard]
		delete(before, now.Shard)
		if old != nil {
			if old, now = differing(old, now); old == nil {
				continue
			}
		}
		if err := c.pair(old, now); err != nil {
			return err
		}
	}
	for _, s := range since {
		if before[s.Shard] != nil {
			if err := c.pair(s, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// differing returns two shards with only those of their files that differ, besides
// jobs, which leads the other tables; nil where none does. What a file holds that
// both shards have is the same rows of the same jobs.
func differing(since, to *shard.Published) (a, b *shard.Published) {
	if slices.Equal(since.Hashes, to.Hashes) {
		return nil, nil
	}
	a, b = &shard.Published{}, &shard.Published{}
	*a, *b = *since, *to
	a.Paths, b.Paths = slices.Clone(a.Paths), slices.Clone(b.Paths)
	for table := range a.Paths {
		if table != shard.Jobs && since.Hashes[table] == to.Hashes[table] {
			a.Paths[table], b.Paths[table] = "", ""
		}
	}
	return a, b
}

// pair compares two shards, of which one may be nil, job by job.
func (c *comparison) pair(since, to *shard.Published) (err error) {
	old, err := openSide(since)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, old.close()) }()
	now, err := openSide(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, now.close()) }()
	for {
		if err := errors.Join(c.ctx.Err(), old.fill(), now.fill()); err != nil {
			return err
		}
		order := shard.CompareJobs(old.rows, now.rows)
		switch {
		case old.rows == nil && now.rows == nil:
			return nil
		case order == 0:
			err = c.both(old.rows, now.rows)
		case order < 0:
			err = c.alone(old.rows, since.Day, inSince)
		default:
			err = c.alone(now.rows, to.Day, inTo)
		}
		if err != nil {
			return err
		}
		if order <= 0 {
			old.rows = nil
		}
		if order >= 0 {
			now.rows = nil
		}
	}
}

// both compares the rows of a job.
func (c *comparison) both(old, now *schema.Rows) error {
	c.a, c.b = c.encoder.append(c.a[:0], old), c.encoder.append(c.b[:0], now)
	if bytes.Equal(c.a, c.b) {
		return nil
	}
	r := record{instance: now.Job.InstanceID, job: now.Job.JobID, where: inBoth}
	return c.out.Encode(r.code)
}

// alone writes down the rows of a job of a day that are not beside others of it.
// They are those of the tables that were read; in a table that was not, as both
// shards have the same file, the job has the same rows on both sides, or none.
func (c *comparison) alone(rows *schema.Rows, day int32, side where) error {
	c.a = c.encoder.append(binary.AppendVarint(c.a[:0], int64(day)), rows)
	sum := sha256.Sum256(c.a)
	r := record{instance: rows.Job.InstanceID, job: rows.Job.JobID, where: side, rows: digest(sum[:])}
	return c.out.Encode(r.code)
}

// side is a shard that is read; without one it has no jobs.
type side struct {
	reader *shard.Reader
	rows   *schema.Rows // of the job at hand, nil at the end
}

func openSide(s *shard.Published) (*side, error) {
	if s == nil {
		return &side{}, nil
	}
	r, err := shard.Open([]*shard.Published{s}, s.Shard)
	return &side{reader: r}, err
}

// fill reads the next job, unless one is at hand.
func (s *side) fill() (err error) {
	if s.rows == nil && s.reader != nil {
		s.rows, _, err = s.reader.Next()
	}
	return err
}

func (s *side) close() error {
	if s.reader == nil {
		return nil
	}
	return s.reader.Close()
}
