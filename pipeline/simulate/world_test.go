package simulate_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"callmill/pipeline/simulate"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func newWorld(t testing.TB, o simulate.Options) *simulate.World {
	t.Helper()
	w, err := simulate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// golden compares got with a file of testdata; -update writes the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; -update rewrites it (-want +got):\n%s", path, diff)
	}
}

// The same options produce the same bytes, on any machine.
func TestSameOptionsSameBytes(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 600, Seed: 7})
	var truth bytes.Buffer
	if err := w.WriteTruth(context.Background(), &truth); err != nil {
		t.Fatal(err)
	}
	truthSum := sha256.Sum256(truth.Bytes())
	dir := t.TempDir()
	sums := hashResponses(t, w, dir) + "  responses of 600 jobs, seed 7\n" +
		hex.EncodeToString(truthSum[:]) + "  their truth\n"
	golden(t, "world.sha256", []byte(sums))

	if again := hashResponses(t, w, dir); again+"  responses of 600 jobs, seed 7\n" != sums[:len(again)+len("  responses of 600 jobs, seed 7\n")] {
		t.Error("writing again over its own files gave other bytes")
	}
	other := newWorld(t, simulate.Options{People: 600, Seed: 8})
	if hashResponses(t, other, t.TempDir()) == sums[:64] {
		t.Error("another seed gave the same bytes")
	}
}

// hashResponses writes the world and returns a hash of names and contents.
func hashResponses(t *testing.T, w *simulate.World, dir string) string {
	t.Helper()
	if err := w.WriteFiles(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, name := range responses(t, dir) {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write([]byte(filepath.Base(name) + "\n"))
		sum.Write(body)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// A job does not depend on the jobs generated before it.
func TestJobsInAnyOrder(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 300})
	for _, i := range []int{299, 0, 17, 150, 17} {
		job, truth := w.Job(i)
		again, truthAgain := newWorld(t, simulate.Options{People: 300}).Job(i)
		if diff := cmp.Diff(job, again); diff != "" {
			t.Errorf("job %d: %s", i, diff)
		}
		if diff := cmp.Diff(truth, truthAgain); diff != "" {
			t.Errorf("truth of job %d: %s", i, diff)
		}
	}
}

func TestFindJobAndTask(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 500})
	for i := range w.Len() {
		job, _ := w.Job(i)
		if found, ok := w.FindJob(job.JobID); !ok || found != i {
			t.Fatalf("FindJob(%s) = %d, %t; want %d", job.JobID, found, ok, i)
		}
		for k, task := range job.Tasks {
			if j, place, ok := w.FindTask(task.TaskID); !ok || j != i || place != k {
				t.Fatalf("FindTask(%s) = %d, %d, %t; want %d, %d", task.TaskID, j, place, ok, i, k)
			}
		}
	}
}

// Ids of other worlds, or of none, are not found.
func TestForeignIDs(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 500})
	other := newWorld(t, simulate.Options{People: 500, Seed: 2})
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`),
			rapid.Map(rapid.IntRange(0, 499), other.JobID),
		).Draw(t, "id")
		if i, ok := w.FindJob(id); ok {
			t.Fatalf("FindJob(%q) = %d", id, i)
		}
		if i, k, ok := w.FindTask(id); ok {
			t.Fatalf("FindTask(%q) = %d, %d", id, i, k)
		}
	})
}

// The calls of a window are those of the jobs, by time, without duplicates.
func TestCalls(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 800})
	from := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	to := from.Add(5 * 24 * time.Hour)
	want := map[string]int64{}
	for i := range w.Len() {
		job, _ := w.Job(i)
		for _, task := range job.Tasks {
			if at := task.ActualTime; at >= from.UnixMilli() && at <= to.UnixMilli() {
				want[task.TaskID] = at
			}
		}
	}
	got := map[string]int64{}
	last := int64(0)
	for _, call := range w.Calls(from, to) {
		if call.ActualTime < last {
			t.Fatal("calls are not in the order of their time")
		}
		last = call.ActualTime
		job, _ := w.Job(int(call.Job))
		got[job.Tasks[call.Task].TaskID] = call.ActualTime
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
		t.Errorf("%d calls (-want +got):\n%s", len(got), diff)
	}
	if none := w.Calls(to, from); len(none) != 0 {
		t.Errorf("a window that ends before it begins has %d calls", len(none))
	}
}

// As time passes, jobs, tasks and results are added and never removed.
func TestTimePasses(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 400})
	end := simulate.EndOfDay(2026, time.January, 31)
	var jobs, tasks, late int
	summaries := map[string]int{}
	for at := end.Add(-13 * 24 * time.Hour); !at.After(end.Add(5 * 24 * time.Hour)); at = at.Add(7 * time.Hour) {
		then := w.At(at)
		if !then.Now().Equal(at) || then.InstanceID() != w.InstanceID() {
			t.Fatalf("%s: the world stands at %s, instance %s", at, then.Now(), then.InstanceID())
		}
		if then.Len() < jobs {
			t.Fatalf("%s: %d jobs, earlier %d", at, then.Len(), jobs)
		}
		jobs = then.Len()
		seen := 0
		for i := range jobs {
			job, _ := then.Job(i)
			seen += len(job.Tasks)
			for _, task := range job.Tasks {
				if task.CallTime() > at.UnixMilli() {
					t.Fatalf("%s: task %s is of the future", at, task.TaskID)
				}
			}
			had, known := summaries[job.JobID]
			if known && len(job.Summaries) < had {
				t.Fatalf("%s: job %s lost results", at, job.JobID)
			}
			if known && len(job.Summaries) > had && had == 0 && job.Status == "Succeeded" {
				late++
			}
			if job.Status == "Succeeded" {
				summaries[job.JobID] = len(job.Summaries)
			}
		}
		if seen < tasks {
			t.Fatalf("%s: %d tasks, earlier %d", at, seen, tasks)
		}
		tasks = seen
	}
	if jobs != 400 || late == 0 {
		t.Errorf("%d of 400 jobs; %d jobs whose results came late, want some", jobs, late)
	}
}

// Options are either an error, or produce a world that can be written.
func TestAnyOptions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := simulate.Options{
			People: rapid.IntRange(-2, 40).Draw(t, "people"),
			Seed:   rapid.Uint64().Draw(t, "seed"),
			Days:   rapid.IntRange(-1, 400).Draw(t, "days"),
			Until:  time.UnixMilli(rapid.Int64Range(-1e12, 4e12).Draw(t, "until")),
		}
		w, err := simulate.New(o)
		if err != nil {
			if o.People >= 0 && o.Days >= 0 && o.Days <= 366 && o.Until.Year() >= 2000 {
				t.Fatalf("%+v: %v", o, err)
			}
			return
		}
		for i := range w.Len() {
			if job, _ := w.Job(i); job.JobID != w.JobID(i) {
				t.Fatalf("job %d has the id %s", i, job.JobID)
			}
		}
		var truth bytes.Buffer
		if err := w.WriteTruth(context.Background(), &truth); err != nil {
			t.Fatal(err)
		}
	})
}
