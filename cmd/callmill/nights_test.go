package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"callmill/cmd/internal/exit"
)

// marked are n jobs that bear the mark of a night in every table, one row of
// each; what else is said of them stays the same.
func marked(t *testing.T, n, night int) (dir string) {
	t.Helper()
	mark := fmt.Sprintf("night-%d", night)
	var jobs []any
	for number := range n {
		at := 1769000000000 + int64(number%4)*86_400_000
		jobs = append(jobs, object{
			"JobId": fmt.Sprint("job-", number), "ReferenceId": mark, "Extras": []any{object{"Key": "mark", "Value": mark}},
			"Contacts": []any{object{"ReferenceId": mark}}, "Summary": []any{object{"Content": mark}},
			"Tasks": []any{object{
				"TaskId": fmt.Sprint("task-", number), "Status": "SucceededFinish", "ActualTime": at, "Contact": object{"ReferenceId": mark},
				"Conversation": []any{object{"Speaker": "Robot", "Script": "今晚是" + mark, "Timestamp": at}},
			}},
		})
	}
	return write(t, map[string]string{"resp.json": response(t, mark, jobs)})
}

// TestReadersSeeOneNight has DuckDB read while nights are published: it never
// fails, and never sees two nights mixed.
func TestReadersSeeOneNight(t *testing.T) {
	python := pythonWithReaders(t)
	const jobs = 60
	nights := 10
	if thorough() {
		nights = 50
	}
	data := convert(t, exit.Done, marked(t, jobs, 0))

	cmd := exec.Command(python, filepath.Join("testdata", "nights.py"), data, fmt.Sprint(jobs))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	publishing, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	rounds := bufio.NewScanner(stdout)
	if !rounds.Scan() || rounds.Text() != "saw night-0" {
		t.Errorf("the reader says %q before anything else is published", rounds.Text())
	}
	said := make(chan []string)
	go func() {
		var lines []string
		for rounds.Scan() {
			lines = append(lines, rounds.Text())
		}
		said <- lines
	}()
	want := []string{"saw night-0"}
	for night := 1; night <= nights; night++ {
		runMain(t, exit.Done, "convert", marked(t, jobs, night), "--out", data, "--progress", "none")
		want = append(want, fmt.Sprintf("saw night-%d", night))
	}
	publishing.Close()
	lines := <-said
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	for _, line := range lines {
		if !slices.Contains(want, line) {
			t.Errorf("the reader %s", line)
		}
	}
	met := slices.Compact(slices.Clone(lines))
	t.Logf("%d rounds, %d nights of %d", len(lines), len(met), nights)
	if len(met) < 3 || met[len(met)-1] != want[nights] {
		t.Errorf("the reader %q, want several nights, and the last", met)
	}
	if !slices.IsSortedFunc(met, func(a, b string) int { return slices.Index(want, a) - slices.Index(want, b) }) {
		t.Errorf("the reader %q, want nights in their order", met)
	}
}

// TestResolvedPathStays shows how long a path stays that a reader resolved:
// with nothing to keep for its number or its age, until the next but one night
// is published, for the parent of what is published is never removed.
func TestResolvedPathStays(t *testing.T) {
	data := convert(t, exit.Done, marked(t, 3, 0))
	publish := func(night int, flags ...string) {
		t.Helper()
		runMain(t, exit.Done, append([]string{"convert", marked(t, 3, night), "--out", data, "--progress", "none"}, flags...)...)
	}
	resolve := func() string {
		t.Helper()
		path, err := filepath.EvalSymlinks(filepath.Join(data, "latest"))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	resolved := resolve()
	sums := snapshotFiles(t, data)
	publish(1, "--keep", "1", "--keep-for", "0")
	for path := range sums {
		if _, err := os.Stat(filepath.Join(resolved, path)); err != nil {
			t.Errorf("one night later: %v", err)
		}
	}
	publish(2, "--keep", "2", "--keep-for", "1h")
	if _, err := os.Stat(resolved); err != nil {
		t.Errorf("two nights later, within the age to keep: %v", err)
	}
	publish(3, "--keep", "2", "--keep-for", "0")
	if _, err := os.Stat(resolved); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("three nights later: %v, want it gone", err)
	}
	pinned := filepath.Base(resolve())
	runMain(t, exit.Done, "snapshots", data, "pin", pinned)
	publish(4, "--keep", "1", "--keep-for", "0")
	publish(5, "--keep", "1", "--keep-for", "0")
	publish(6, "--keep", "1", "--keep-for", "0")
	if got := names(t, filepath.Join(data, "snapshots")); len(got) != 3 || !slices.Contains(got, pinned) {
		t.Errorf("there are %q, want the last two nights and %s, which is pinned", got, pinned)
	}
}
