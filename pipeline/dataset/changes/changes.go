// Package changes compares two snapshots of a dataset: which jobs are new, which
// changed, which are gone. A job has changed if any of its rows in any day table
// has, for any reason, or if it lives under another day. What belongs to no
// job (campaigns, statuses, rejects) is not compared.
//
// The manifests tell which files are the same in both snapshots; of the others the
// shards are read side by side, in the order they are sorted by (pairs.go). What is
// found only on one side, because the job is new or gone, or has moved, is matched
// by its key (matched.go), sorted beyond memory. So time grows with the files that
// differ, and memory does not.
package changes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
)

// Kind is what became of a job.
type Kind string

// The kinds of a change.
const (
	New     Kind = "new"
	Changed Kind = "changed"
	Gone    Kind = "gone"
)

// Change is a job that is not the same in two snapshots.
type Change struct {
	InstanceID, JobID string
	Kind              Kind
}

// Options say how much memory a comparison uses and where the rest goes. The zero
// value is useful.
type Options struct {
	Memory int64  // bytes of differences kept in memory; 0: 64 MiB
	Dir    string // of the spill file; "" is the system's folder for temporary files
	// Gone are jobs that went from both snapshots since the reader read the first one:
	// those of people who were erased, see [erased.Replaced.Gone].
	Gone []erased.Job
}

// Changes are the differences between two snapshots.
type Changes struct {
	found *spill.Sorter
	// every means that all jobs in both snapshots have changed.
	every bool
}

// Between compares two snapshots of a dataset. It changes nothing, and takes no
// lock: a snapshot may be pruned while it is read, which is a
// [*dataset.MissingError].
//
// Between snapshots of different formats or derivations every job has changed:
// its rows have other columns, or mean something else.
func Between(ctx context.Context, since, to *dataset.Dataset, o Options) (*Changes, error) {
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	a, b := since.Manifest(), to.Manifest()
	c := &Changes{
		found: spill.NewSorter(spill.Options{Dir: o.Dir, Memory: o.Memory}),
		every: a.Format != b.Format || a.Settings.Derivation != b.Settings.Derivation,
	}
	if err := c.compare(ctx, since, to, o.Gone); err != nil {
		return nil, errors.Join(missing(err, since, to), c.Close())
	}
	return c, nil
}

// Close frees memory and disk space.
func (c *Changes) Close() error { return c.found.Close() }

func (c *Changes) compare(ctx context.Context, since, to *dataset.Dataset, gone []erased.Job) error {
	if since.Name() == to.Name() && len(gone) == 0 {
		return nil
	}
	p, err := newComparison(ctx, c.found.Writer())
	if err != nil {
		return err
	}
	for _, job := range gone {
		r := record{instance: job.InstanceID, job: job.JobID, where: inSince}
		if err := p.out.Encode(r.code); err != nil {
			return errors.Join(err, p.out.Close())
		}
	}
	if since.Name() == to.Name() {
		return p.out.Close()
	}
	if c.every {
		err = errors.Join(p.keys(shard.List(since), inSince), p.keys(shard.List(to), inTo))
	} else {
		err = p.shards(shard.List(since), shard.List(to))
	}
	return errors.Join(err, p.out.Close())
}

// missing makes an error of a file that is not there say that its snapshot is not
// there any more, if that is so: a snapshot loses its manifest before its files.
func missing(err error, read ...*dataset.Dataset) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, d := range read {
		_, now := d.Snapshot(d.Name())
		if _, pruned := errors.AsType[*dataset.MissingError](now); pruned {
			return fmt.Errorf("it was pruned while it was read: %w", now)
		}
	}
	return err
}
