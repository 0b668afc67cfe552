package commit

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/shard"
)

// writeShards writes what the plan says, and again what turns out to need
// another number of files.
func (tx *Tx) writeShards(ctx context.Context) error {
	units := tx.build.plan()
	for len(units) > 0 {
		tx.options.Observer.Writing(len(units))
		tx.build.unwritten.Store(int64(len(units)))
		err := each(ctx, tx.options.Workers, units, func(ctx context.Context, s shard.Shard) error {
			defer tx.build.unwritten.Add(-1)
			if err := tx.build.writeShard(ctx, s); err != nil {
				return fmt.Errorf("write %s bucket %d of %d: %w", dataset.DateDir(s.Day), s.Bucket, s.Buckets, err)
			}
			tx.options.Observer.Wrote()
			return nil
		})
		if err != nil {
			return err
		}
		if units, err = tx.build.replan(); err != nil {
			return err
		}
	}
	return nil
}

// each calls f for the units, workers of them at a time, until the first error.
func each[T any](ctx context.Context, workers int, units []T, f func(context.Context, T) error) error {
	g, group := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for _, unit := range units {
		if group.Err() != nil {
			break
		}
		g.Go(func() error { return f(group, unit) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// idles reports whether there are workers without a shard to write.
func (b *build) idles() bool { return b.unwritten.Load() < int64(b.tx.options.Workers) }

// writeShard writes one shard. Writers are used again for their memory; after an
// error the state of one is unknown.
func (b *build) writeShard(ctx context.Context, s shard.Shard) (err error) {
	var w *shardWriter
	select {
	case w = <-b.writers:
	default:
		if w, err = b.newWriter(); err != nil {
			return err
		}
	}
	written, err := w.write(ctx, s)
	if err != nil {
		return err
	}
	b.writers <- w
	b.mu.Lock()
	b.days[s.Day].written[s] = written
	b.mu.Unlock()
	return nil
}
