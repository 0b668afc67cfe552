package dataset_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"callmill/pipeline/dataset"
)

// TestLockWaitIsByTheClockPassedIn: a run gives up when the wait is over on the
// clock that it was given.
func TestLockWaitIsByTheClockPassedIn(t *testing.T) {
	dir := t.TempDir()
	held, err := dataset.Open(t.Context(), dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 16, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time {
		now = now.Add(20 * time.Minute)
		return now
	}
	_, err = dataset.Open(t.Context(), dir, dataset.Options{LockWait: time.Hour, Now: clock})
	if !errors.Is(err, dataset.ErrLocked) {
		t.Errorf("error %v, want that the dataset is locked", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	stopped := func() time.Time { return now }
	if _, err := dataset.Open(ctx, dir, dataset.Options{LockWait: time.Hour, Now: stopped}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that the wait was cancelled", err)
	}
	if _, err := dataset.Open(t.Context(), dir, dataset.Options{Now: stopped}); !errors.Is(err, dataset.ErrLocked) {
		t.Errorf("without a wait: error %v, want that the dataset is locked", err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := dataset.Open(t.Context(), dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
