package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"callmill/schema"
)

// TestCancelledRunLeavesNothing cancels runs here and there: while input is
// read, and when writing is about to begin. Nothing is published, nothing is
// left but the run's file, no goroutine goes on.
func TestCancelledRunLeavesNothing(t *testing.T) {
	content := rushHour(t, 4, 50)
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(content)) {
		lines.WriteString(content[name] + "\n")
	}
	data := filepath.Join(t.TempDir(), "data")
	leaks := goleak.IgnoreCurrent()

	text := lines.String()
	for _, at := range []int{0, 1, 1000, len(text) / 2, len(text) - 1, len(text)} {
		ctx, cancel := context.WithCancel(t.Context())
		stdin := io.MultiReader(strings.NewReader(text[:at]), doing(cancel), strings.NewReader(text[at:]))
		checkCancelled(t, data, execute(ctx, data, iotest.HalfReader(stdin), io.Discard))
	}
	ctx, cancel := context.WithCancel(t.Context())
	checkCancelled(t, data, execute(ctx, data, strings.NewReader(text), &trigger{word: "reading: ", do: cancel}))

	if runs, _ := filepath.Glob(filepath.Join(data, "runs", "*.json")); len(runs) != 7 {
		t.Errorf("%d files of runs, want 7", len(runs))
	}
	goleak.VerifyNone(t, leaks)

	// None of this is in the way of the next run, nor in its tables.
	if err := execute(t.Context(), data, strings.NewReader(text), io.Discard); err != nil {
		t.Fatal(err)
	}
	if jobs := collect[schema.JobRow](t, data, schema.TableJobs); len(jobs) != 200 {
		t.Errorf("%d jobs, want 200", len(jobs))
	}
	goleak.VerifyNone(t, leaks)
}

func execute(ctx context.Context, data string, stdin io.Reader, stderr io.Writer) error {
	root := newRoot(&environment{
		stdin: stdin, stdout: bufio.NewWriter(io.Discard), stderr: stderr,
		environ: func() []string { return nil }, now: time.Now,
	})
	root.SetArgs([]string{"convert", "-", "--out", data, "--progress", "plain"})
	return root.ExecuteContext(ctx)
}

func checkCancelled(t *testing.T, data string, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Lstat(filepath.Join(data, "latest")); !errors.Is(err, os.ErrNotExist) {
		t.Error("latest is there")
	}
	left, err := os.ReadDir(filepath.Join(data, "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		t.Errorf("left behind: %s", entry.Name())
	}
}

// doing is a reader that does something and is empty.
type doing func()

func (do doing) Read([]byte) (int, error) {
	do()
	return 0, io.EOF
}

// trigger does something when a word is written.
type trigger struct {
	word string
	do   func()
}

func (t *trigger) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(t.word)) {
		t.do()
	}
	return len(b), nil
}
