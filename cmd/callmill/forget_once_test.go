package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/callmill/internal/recovery"
	"callmill/pipeline/dataset"
)

// TestForgetReadsOnce: kept responses in which the plan found nothing are not read again.
func TestForgetReadsOnce(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for day, job := range map[int]object{10: called("theirs", "10020000001", "好", 2), 11: called("other", "10020000002", "好", 2)} {
		runAt(t, night(day), 0, "convert", responses(t, job), "--out", data, "--progress", "none", "--keep-raw", "9")
	}
	now := func() time.Time { return night(12) }
	d, err := recovery.Open(t.Context(), data, dataset.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	plan, err := forget.Make(t.Context(), d, forget.Options{Selector: forget.Selector{Phones: []string{"10020000001"}}, By: "tests", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(data, "raw", "20260111T*", "*.zst"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Do(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(files[0]); err != nil || string(text) != "x" {
		t.Errorf("the responses of the other are %q, %v", text, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if left := held(t, data, []string{"10020000001"}); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
