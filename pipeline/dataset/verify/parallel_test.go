package verify_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset/verify"
	"callmill/schema"
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

// TestOneShard: the jobs of a single shard are checked by several workers, and what they
// find comes into the report in the order of the jobs. Its rows lie in several batches,
// and the rows of some jobs in two.
func TestOneShard(t *testing.T) {
	dir := t.TempDir()
	var jobs []schema.Job
	for i := range 1000 {
		id := fmt.Sprintf("j%04d", i)
		job := schema.Job{JobID: id, InstanceID: instance, Status: schema.JobSucceeded, RequestID: "r1", ObservedAt: noon(23), Tasks: []schema.Task{
			{TaskID: id + "-1", Status: "SucceededFinish", ActualTime: noon(21) + int64(i)},
		}}
		for n := range i % 7 {
			job.Tasks[0].Turns = append(job.Tasks[0].Turns, schema.Turn{Speaker: schema.SpeakerRobot, Script: fmt.Sprintf("第%d句", n)})
		}
		if i%400 == 399 { // hundreds of jobs lie between those that have any
			job.Summaries = []schema.Summary{{Category: "score", Content: "5"}}
		}
		jobs = append(jobs, job)
	}
	publish(t, dir, time.Date(2026, 1, 23, 1, 30, 0, 0, time.UTC), jobs, nil)
	report := func(workers int) string {
		o := options(dir)
		o.Workers = workers
		var text bytes.Buffer
		check(t, inspect(t, dir, o).Print(&text))
		return text.String()
	}
	for _, workers := range []int{1, 2, 8} {
		if text := report(workers); strings.Contains(text, "damaged") {
			t.Fatalf("%d workers: %s", workers, text)
		}
	}
	forge(t, dir, func(f *forgery) {
		edit(f, schema.TableTurns, 0, func(rows []schema.TurnRow) []schema.TurnRow {
			for i := 200; i < len(rows); i += 100 {
				rows[i].Chars++
			}
			rows[50].JobID, rows[2500].JobID = "j9999", "j0001"
			return rows
		})
		edit(f, schema.TableSummaries, 0, func(rows []schema.SummaryRow) []schema.SummaryRow {
			slices.Reverse(rows)
			return rows
		})
	})
	want := report(1)
	for _, part := range []string{
		"row 50 is of job j9999, which jobs does not have", "row 2500 is of job j0001, whose rows are further up",
		"counts: job j0068 of", "more of this kind", "is of job j0399, whose rows are further up",
	} {
		if !strings.Contains(want, part) {
			t.Errorf("not found: %s\n%s", part, want)
		}
	}
	for range 5 {
		if diff := cmp.Diff(want, report(8)); diff != "" {
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
