package commit

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

// TestShardsAreWrittenByWorkers: as many at a time as there are workers.
func TestShardsAreWrittenByWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers, units = 3, 10
		gate, begun, finished := make(chan struct{}), atomic.Int64{}, false
		go func() {
			err := each(t.Context(), workers, make([]int, units), func(context.Context, int) error {
				begun.Add(1)
				<-gate
				return nil
			})
			if finished = true; err != nil {
				t.Error(err)
			}
		}()
		for done := range units {
			synctest.Wait()
			if want := min(units, done+workers); begun.Load() != int64(want) {
				t.Errorf("with %d units done %d were begun, want %d", done, begun.Load(), want)
			}
			gate <- struct{}{}
		}
		synctest.Wait()
		if !finished {
			t.Error("all units are done, but each has not returned")
		}
	})
}

// TestFirstShardThatFailsEndsTheOthers: no further ones are begun.
func TestFirstShardThatFailsEndsTheOthers(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	broken, begun := errors.New("broken"), atomic.Int64{}
	err := each(t.Context(), 4, make([]int, 20), func(context.Context, int) error {
		begun.Add(1)
		return broken
	})
	if !errors.Is(err, broken) || begun.Load() > 4+1 {
		t.Errorf("error %v after %d units, want that of the first", err, begun.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = each(ctx, 4, make([]int, 20), func(context.Context, int) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, but the error is %v", err)
	}
}
