package discover

import (
	"context"
	"iter"

	"golang.org/x/sync/errgroup"
)

// forEach calls f for each value, for up to parallel of them at the same time,
// and returns when all calls have returned. The first error cancels the rest.
func forEach[T any](ctx context.Context, parallel int, values iter.Seq[T], f func(context.Context, T) error) error {
	g, group := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for v := range values {
		if group.Err() != nil {
			break
		}
		g.Go(func() error { return f(group, v) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// between yields from, from+1 … to-1.
func between(from, to int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := from; n < to && yield(n); n++ {
		}
	}
}
