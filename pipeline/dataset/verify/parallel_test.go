package verify_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/verify"
)

// TestWorkers: the report is the same, line by line, however many units are
// checked at the same time.
func TestWorkers(t *testing.T) {
	dir := newDataset(t)
	for _, file := range snapshotFiles(t, dir) {
		if !strings.HasPrefix(file, "turns/") && !strings.HasPrefix(file, "contacts/") {
			continue
		}
		flip(t, filepath.Join(snapshotDir(t, dir), file), 100)
	}
	print := func(workers int) string {
		o := options(dir)
		o.Workers = workers
		var text bytes.Buffer
		r := inspect(t, dir, o)
		if !r.Damaged() {
			t.Fatal("nothing is found")
		}
		check(t, r.Print(&text))
		return text.String()
	}
	want := print(1)
	for range 5 {
		if diff := cmp.Diff(want, print(8)); diff != "" {
			t.Fatalf("-one worker +eight:\n%s", diff)
		}
	}
}

// TestSharedFiles: a damaged file is named with the other snapshots that have it,
// and with no others.
func TestSharedFiles(t *testing.T) {
	dir := newDataset(t)
	first := filepath.Base(snapshotDir(t, dir))
	again := someJobs()
	again[3].Status, again[3].ObservedAt = "Failed", noon(24) // the job of the 22nd alone
	publish(t, dir, time.Date(2026, 1, 24, 1, 30, 0, 0, time.UTC), again, someRejects())
	shared := map[string]bool{}
	for _, file := range snapshotFiles(t, dir) {
		if _, err := os.Stat(filepath.Join(dir, "snapshots", first, file)); err == nil {
			shared[file] = true
		}
		if strings.HasSuffix(file, ".parquet") {
			flip(t, filepath.Join(snapshotDir(t, dir), file), 100)
		}
	}
	r := inspect(t, dir, verify.Options{})
	got := map[string][]string{}
	for _, s := range r.Shared {
		got[s.File] = s.Snapshots
	}
	want := map[string][]string{}
	for file := range shared {
		if strings.HasSuffix(file, ".parquet") {
			want[file] = []string{first}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// flip inverts a byte of a file.
func flip(t testing.TB, path string, at int) {
	t.Helper()
	text, err := os.ReadFile(path)
	check(t, err)
	text[at] ^= 0xff
	check(t, os.WriteFile(path, text, 0o600))
}
