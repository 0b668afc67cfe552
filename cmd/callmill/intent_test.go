package main

import (
	"errors"
	"testing"
	"time"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/callmill/internal/recovery"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/fault"
)

// TestForgetBroken breaks an erasure at every file operation in the dataset, some of them
// unless all are asked for: the disk is dead from then on. Once the intent is on disk any
// command that writes ends where the erasure would have ended; before that nothing has
// changed, and it can be asked for again.
func TestForgetBroken(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills an erasure at many steps")
	}
	data := planted(t)
	now := func() time.Time { return time.Date(2026, 2, 1, 1, 30, 0, 0, time.UTC) }
	erase := func(dir string, disk *fault.Disk) error {
		d, err := recovery.Open(t.Context(), dir, dataset.Options{FS: disk, Now: now})
		if err != nil {
			return err
		}
		o := forget.Options{Selector: forget.Selector{Phones: []string{"10020000013"}}, By: "tests", Now: now}
		plan, err := forget.Make(t.Context(), d, o)
		if err == nil {
			_, err = plan.Do(t.Context(), d)
		}
		return errors.Join(err, d.Close())
	}
	whole, learn := copyDataset(t, data), fault.Good()
	if err := erase(whole, learn); err != nil {
		t.Fatal(err)
	}
	want, steps := ended(t, whole), learn.Steps()
	stride := 1
	if !thorough() {
		stride = len(steps)/10 + 1
	}
	begun, ends := 0, 0
	for n := stride / 2; n < len(steps); n += stride {
		for _, done := range []bool{false, true} {
			dir := copyDataset(t, data)
			if err := erase(dir, fault.Dead(n, done)); err == nil && n < len(steps)-1 {
				t.Errorf("step %d, %s: no error", n, steps[n])
			}
			store := dataset.Nothing(dir).Erased()
			open, err := store.Open()
			if err != nil {
				t.Fatal(err)
			}
			begun += len(open)
			d, err := recovery.Open(t.Context(), dir, dataset.Options{Now: now})
			if err == nil {
				err = d.Close()
			}
			if err != nil {
				t.Fatalf("step %d, %s: the next command: %v", n, steps[n], err)
			}
			receipts, err := store.Receipts()
			if err != nil {
				t.Fatal(err)
			}
			if len(receipts) == 0 {
				if err := erase(dir, fault.Good()); err != nil {
					t.Fatalf("step %d, %s: again: %v", n, steps[n], err)
				}
			} else {
				ends++
			}
			if got := ended(t, dir); got != want {
				t.Fatalf("step %d, %s: another end:\n%s\nwant:\n%s", n, steps[n], got, want)
			}
		}
	}
	if begun == 0 || ends == 0 {
		t.Errorf("%d erasures were open, %d ended by themselves or by the next command: nothing was tried", begun, ends)
	}
	t.Logf("%d steps, %d erasures were open, %d ended", len(steps), begun, ends)
}
