package rawlog_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/rawlog"
)

// rawFolder makes a raw/ with runs of several days, and other entries.
func rawFolder(t *testing.T, runs ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "raw")
	for _, run := range append(runs, "notes") {
		keep(t, rawlog.Options{Dir: dir, Run: run}, line(1, "a"))
	}
	if err := os.WriteFile(filepath.Join(dir, "20260101T013000Z-cccccc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestUnfinished(t *testing.T) {
	const sunday = "20260118T013000Z-ffffff"
	dir := rawFolder(t, sunday, monday, tuesday)
	tests := []struct {
		finished []string
		want     string
	}{
		{nil, tuesday},
		{[]string{tuesday}, monday},
		{[]string{sunday, tuesday}, monday},
		{[]string{sunday, monday, tuesday}, ""},
	}
	for _, tt := range tests {
		got, err := rawlog.Unfinished(durable.OS{}, dir, rawlog.Nightly, func(run string) bool { return slices.Contains(tt.finished, run) })
		if got != tt.want || err != nil {
			t.Errorf("finished %v: %q, %v; want %q", tt.finished, got, err, tt.want)
		}
	}
	// One that reads files has asked for nothing.
	inputs, err := rawlog.Open(rawlog.Options{Dir: dir, Run: "20260121T013000Z-cccccc", Inputs: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := inputs.Append([]byte(`{"origin":"a.json"}`)); err != nil {
		t.Fatal(err)
	}
	if got, err := rawlog.Unfinished(durable.OS{}, dir, rawlog.Nightly, func(string) bool { return false }); got != tuesday || err != nil {
		t.Errorf("files were read: %q, %v; want %q", got, err, tuesday)
	}
	if err := errors.Join(inputs.Close(), inputs.Remove()); err != nil {
		t.Error(err)
	}
	none := filepath.Join(dir, "none")
	if got, err := rawlog.Unfinished(durable.OS{}, none, rawlog.Nightly, func(string) bool { return false }); got != "" || err != nil {
		t.Errorf("no folder: %q, %v", got, err)
	}
}

// TestQuestions: a run resumes the latest that asked the same; a folder that does not
// say what was asked is of a night, and one without a response of none.
func TestQuestions(t *testing.T) {
	const backfill, other = `{"from":"2026-01-01"}`, `{"from":"2025-12-01"}`
	dir := filepath.Join(t.TempDir(), "raw")
	keep(t, rawlog.Options{Dir: dir, Run: "20260118T013000Z-ffffff", Question: backfill}, line(1, "a"))
	keep(t, rawlog.Options{Dir: dir, Run: monday, Question: backfill}, line(1, "a"))
	keep(t, rawlog.Options{Dir: dir, Run: tuesday}, line(1, "a"))
	if err := os.Mkdir(filepath.Join(dir, "20260121T013000Z-cccccc"), 0o700); err != nil { // killed before its first response
		t.Fatal(err)
	}
	check := func(question, want string) {
		t.Helper()
		got, err := rawlog.Unfinished(nil, dir, question, func(string) bool { return false })
		if got != want || err != nil {
			t.Errorf("%s resumes %q, %v; want %q", question, got, err, want)
		}
	}
	check(backfill, monday)
	check(other, "")
	check(rawlog.Nightly, tuesday)
	if err := os.Remove(filepath.Join(dir, tuesday, ".question")); err != nil { // as an older program left it
		t.Fatal(err)
	}
	check(rawlog.Nightly, tuesday)

	// The folder keeps its question when it is taken over, and is killed again.
	const next = "20260122T013000Z-dddddd"
	keep(t, rawlog.Options{Dir: dir, Run: next, Resume: monday, Question: backfill}, line(2, "b"))
	check(backfill, next)
	check(rawlog.Nightly, tuesday)
}

// TestPruneSparesQuestions: a run with another question that was killed stays besides
// those that are kept, for seven days; not one that is finished, nor an earlier one
// with the same question.
func TestPruneSparesQuestions(t *testing.T) {
	const (
		old, recent, published = "20260110T000000Z-aaaaaa", "20260115T000000Z-bbbbbb", "20260116T000000Z-cccccc"
		night, now             = "20260117T013000Z-dddddd", "20260118T013000Z-eeeeee"
	)
	dir := filepath.Join(t.TempDir(), "raw")
	for run, question := range map[string]string{old: "backfill", recent: "backfill", published: "jobs", night: "", now: ""} {
		keep(t, rawlog.Options{Dir: dir, Run: run, Question: question}, line(1, "a"))
	}
	prune := func(keep int, want ...string) {
		t.Helper()
		removed, err := rawlog.Prune(nil, dir, rawlog.Spare{Keep: keep, Run: now, Finished: func(run string) bool { return run == published }})
		if !slices.Equal(removed, want) || err != nil {
			t.Errorf("keep %d: removed %q, %v; want %q", keep, removed, err, want)
		}
	}
	prune(4)
	prune(3, old)
	prune(1, published, night)
	prune(1)
	if got, err := rawlog.Runs(dir); !slices.Equal(got, []string{recent, now}) || err != nil {
		t.Errorf("%q are left, %v", got, err)
	}
}

// TestPruneOfPersonalData: nothing stays of a run that has published, and what others
// wait for does not wait as long.
func TestPruneOfPersonalData(t *testing.T) {
	const old, recent, now = "20260115T000000Z-aaaaaa", "20260117T000000Z-bbbbbb", "20260118T013000Z-cccccc"
	dir := filepath.Join(t.TempDir(), "raw")
	for _, run := range []string{old, recent, now} {
		keep(t, rawlog.Options{Dir: dir, Run: run, Question: run[:8]}, line(1, "a"))
	}
	spare := rawlog.Spare{Run: now, Question: now[:8], Wait: 48 * time.Hour, Finished: func(string) bool { return false }}
	removed, err := rawlog.Prune(nil, dir, spare)
	if want := []string{old}; !slices.Equal(removed, want) || err != nil {
		t.Errorf("a run that failed: removed %q, %v; want %q", removed, err, want)
	}
	spare.Done = true
	removed, err = rawlog.Prune(nil, dir, spare)
	if want := []string{now}; !slices.Equal(removed, want) || err != nil {
		t.Errorf("a run that published: removed %q, %v; want %q", removed, err, want)
	}
}

// TestExpire: what a run took over is as old as it is, whatever the name of the run.
func TestExpire(t *testing.T) {
	const old, night, now = "20200101T013000Z-cccccc", "20990117T013000Z-aaaaaa", "20990118T013000Z-bbbbbb"
	dir := filepath.Join(t.TempDir(), "raw")
	for _, run := range []string{old, night, now} {
		keep(t, rawlog.Options{Dir: dir, Run: run}, line(1, "a"))
	}
	entries, err := os.ReadDir(filepath.Join(dir, now))
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, now, entries[len(entries)-1].Name()), then, then); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		before time.Time
		want   []string
	}{
		{time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), nil},
		{time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), []string{old}}, // its file was written later
		{then.Add(-time.Minute), nil},
		{then.Add(time.Minute), []string{now}},
	} {
		if removed, err := rawlog.Expire(nil, dir, tt.before); !slices.Equal(removed, tt.want) || err != nil {
			t.Errorf("before %v: removed %q, %v; want %q", tt.before, removed, err, tt.want)
		}
	}
	if _, err := rawlog.Expire(nil, filepath.Join(dir, "none"), then); err != nil {
		t.Error(err)
	}
}

func TestPrune(t *testing.T) {
	const sunday = "20260118T013000Z-ffffff"
	tests := []struct {
		keep   int
		spared string
		want   []string // removed
	}{
		{14, "", nil},
		{3, "", nil},
		{2, "", []string{sunday}},
		{1, sunday, []string{monday, tuesday}},
		{2, sunday, []string{monday}},
		{0, sunday, []string{monday, tuesday}},
		{0, "", []string{sunday, monday, tuesday}},
	}
	for _, tt := range tests {
		dir := rawFolder(t, sunday, monday, tuesday)
		// A run that read files does not count.
		inputs, err := rawlog.Open(rawlog.Options{Dir: dir, Run: "20260122T013000Z-cccccc", Inputs: true})
		if err == nil {
			err = errors.Join(inputs.Append([]byte(`{"origin":"a.json"}`)), inputs.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		removed, err := rawlog.Prune(durable.OS{}, dir, rawlog.Spare{Keep: tt.keep, Run: tt.spared})
		if !slices.Equal(removed, tt.want) || err != nil {
			t.Errorf("keep %d: removed %v, %v; want %v", tt.keep, removed, err, tt.want)
		}
		for _, run := range []string{sunday, monday, tuesday, "notes"} {
			_, err := os.Stat(filepath.Join(dir, run))
			if gone := err != nil; gone != slices.Contains(tt.want, run) {
				t.Errorf("keep %d: %s: %v", tt.keep, run, err)
			}
		}
	}
}
