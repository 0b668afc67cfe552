package rawlog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/source"
	"callmill/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	monday  = "20260119T013000Z-aaaaaa"
	tuesday = "20260120T013000Z-bbbbbb"
)

// line is an answer to a question for some jobs, received at a second.
func line(second int64, ids ...string) []byte {
	l := schema.RawLine{
		ObservedAt: schema.RawInstant(second * 1000), InstanceID: "i", Action: schema.ActionListJobs,
		Asked: schema.RawAsked{JobIDs: ids}, Status: 200, Body: schema.RawBody([]byte(`{"Success":true,"Jobs":[]}`)),
	}
	return l.Append(nil)
}

func page(second int64, number string) []byte {
	l := schema.RawLine{
		ObservedAt: schema.RawInstant(second * 1000), InstanceID: "i", Action: schema.ActionSearchTask,
		Asked: schema.RawAsked{Query: map[string]string{"PageIndex": number}}, Status: 200, Body: []byte(`{}`),
	}
	return l.Append(nil)
}

func open(t *testing.T, o rawlog.Options) *rawlog.Log {
	t.Helper()
	s, err := rawlog.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keep appends lines and closes the log.
func keep(t *testing.T, o rawlog.Options, lines ...[]byte) {
	t.Helper()
	s := open(t, o)
	for _, l := range lines {
		if err := s.Append(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// saved reads what convert would read.
func saved(t *testing.T, dir string) (lines []string, fault string) {
	t.Helper()
	files, err := source.Open([]string{dir}, source.Options{})
	if err != nil {
		return nil, ""
	}
	err = files.Raws(context.Background(), func(raw *schema.Raw) error {
		for l := range bytes.Lines(raw.Body) {
			lines = append(lines, string(bytes.TrimRight(l, "\n")))
		}
		fault += raw.Fault
		raw.Release()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, fault
}

func TestKeepAndResume(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "raw")
	failed := schema.RawLine{ObservedAt: schema.RawInstant(6000), InstanceID: "i", Action: schema.ActionListJobs,
		Asked: schema.RawAsked{JobIDs: []string{"poison"}}, Body: []byte(`"timeout"`)}
	first := [][]byte{
		page(1, "0"), line(2, "a", "b"), line(3, "c"), page(4, "0"), line(5, "b", "unknown"), failed.Append(nil),
	}
	keep(t, rawlog.Options{Dir: dir, Run: monday, FileBytes: 1}, first...)

	s := open(t, rawlog.Options{Dir: dir, Run: tuesday, Resume: monday})
	for _, tt := range []struct {
		instance, job string
		want          int // -1: not there
	}{
		{"i", "a", 1}, {"i", "b", 4}, {"i", "c", 2}, {"i", "unknown", 4}, {"i", "poison", -1}, {"i", "new", -1}, {"other", "a", -1},
	} {
		n, at, ok := s.Job(tt.instance, tt.job)
		if ok != (tt.want >= 0) || ok && (n != tt.want || at != int64(tt.want+1)*1000) {
			t.Errorf("job %s of %s: line %d at %d, %v; want %d", tt.job, tt.instance, n, at, ok, tt.want)
		}
	}
	zero := schema.RawAsked{Query: map[string]string{"PageIndex": "0"}}
	for nth, want := range []int{0, 3} {
		if n, _, ok := s.Request("i", schema.ActionSearchTask, zero, nth); n != want || !ok {
			t.Errorf("page 0, answer %d: line %d, %v; want %d", nth, n, ok, want)
		}
	}
	if n, _, ok := s.Request("i", schema.ActionSearchTask, zero, 2); ok {
		t.Errorf("a third answer: line %d", n)
	}
	if n, _, ok := s.Request("i", schema.ActionListJobGroups, zero, 0); ok {
		t.Errorf("another action: line %d", n)
	}
	if got := s.Lines(schema.ActionSearchTask); !slices.Equal(got, []int{0, 3}) || s.Lines(schema.ActionListJobGroups) != nil {
		t.Errorf("lines of SearchTask: %v", got)
	}
	for n, want := range first {
		if got, err := s.Line(n); !bytes.Equal(got, want) || err != nil {
			t.Errorf("line %d: %s, %v", n, got, err)
		}
	}
	if err := s.Append(line(7, "new")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(line(8, "late")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("appended to a closed log: %v", err)
	}
	// One folder holds all of it, in order.
	if _, err := os.Stat(filepath.Join(dir, monday)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the run that was resumed is still there: %v", err)
	}
	var want []string
	for _, l := range append(first, line(7, "new")) {
		want = append(want, string(l))
	}
	if got, fault := saved(t, filepath.Join(dir, tuesday)); !slices.Equal(got, want) || fault != "" {
		t.Errorf("saved %q, %s; want %q", got, fault, want)
	}
}

func TestFilesArePrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "raw")
	keep(t, rawlog.Options{Dir: dir, Run: monday, FileBytes: 1}, line(1, "a"), line(2, "b"))
	want := map[string]fs.FileMode{dir: 0o700, dir + "/" + monday: 0o700, dir + "/" + monday + "/.question": 0o600,
		dir + "/" + monday + "/00001.jsonl.zst": 0o600, dir + "/" + monday + "/00002.jsonl.zst": 0o600}
	got := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		info, e := entry.Info()
		got[path] = info.Mode().Perm()
		return errors.Join(err, e)
	})
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

// A line is on disk when Append returns.
func TestLinesAreSynced(t *testing.T) {
	fsys := faulty.New(durable.OS{}, nil)
	dir := filepath.Join(t.TempDir(), "raw")
	s := open(t, rawlog.Options{Dir: dir, Run: monday, FS: fsys, FileBytes: 300})
	for n := 1; n <= 7; n++ {
		if err := s.Append(line(1, "a")); err != nil {
			t.Fatal(err)
		}
		if got, _ := saved(t, dir+"/"+monday); len(got) != n || len(fsys.Unsynced("/")) > 0 {
			t.Errorf("%d lines on disk after %d, not synced: %v", len(got), n, fsys.Unsynced("/"))
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// slow is a disk that takes a while to sync.
type slow struct {
	durable.FS
	syncs *atomic.Int64
}

type slowFile struct {
	durable.File
	syncs *atomic.Int64
}

func (s slow) Create(path string, mode fs.FileMode) (durable.File, error) {
	f, err := s.FS.Create(path, mode)
	return slowFile{f, s.syncs}, err
}

func (f slowFile) Sync() error {
	time.Sleep(20 * time.Millisecond)
	f.syncs.Add(1)
	return f.File.Sync()
}

// Lines that arrive while the disk is busy are written at once.
func TestGroups(t *testing.T) {
	disk := slow{durable.OS{}, new(atomic.Int64)}
	s := open(t, rawlog.Options{Dir: filepath.Join(t.TempDir(), "raw"), Run: monday, FS: disk})
	var wg sync.WaitGroup
	for w := range 20 {
		wg.Go(func() {
			for n := range 10 {
				if err := s.Append(line(1, fmt.Sprint(w, n))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := disk.syncs.Load(); n < 10 || n > 150 {
		t.Errorf("200 lines of 20 goroutines took %d syncs", n)
	}
}

// stuck is a disk whose first sync waits to be released.
type stuck struct {
	durable.FS
	file *stuckFile
}

type stuckFile struct {
	durable.File
	syncing, goOn chan struct{}
	once          sync.Once
}

func (s stuck) Create(path string, mode fs.FileMode) (durable.File, error) {
	f, err := s.FS.Create(path, mode)
	s.file.File = f
	return s.file, err
}

func (f *stuckFile) Sync() error {
	f.once.Do(func() { close(f.syncing); <-f.goOn })
	return f.File.Sync()
}

// A disk that is busy for long gathers more than a frame can hold and still be
// read whole: it becomes several, and all of it is found again.
func TestHugeGroup(t *testing.T) {
	const lines, size = 6, 6 << 20 // two lines are a frame
	dir := filepath.Join(t.TempDir(), "raw")
	file := &stuckFile{syncing: make(chan struct{}), goOn: make(chan struct{})}
	s := open(t, rawlog.Options{Dir: dir, Run: monday, FS: stuck{durable.OS{}, file}})
	var wg sync.WaitGroup
	keep := func(l []byte) {
		if err := s.Append(l); err != nil {
			t.Error(err)
		}
	}
	wg.Go(func() { keep(line(1, "first")) })
	<-file.syncing
	huge := bytes.Replace(line(2, "huge"), []byte(`"body":`), append([]byte(`"body":`), bytes.Repeat([]byte{' '}, size)...), 1)
	for range lines {
		wg.Go(func() { keep(huge) })
	}
	time.Sleep(50 * time.Millisecond) // whoever is late is in another group, which makes it easier
	close(file.goOn)
	wg.Wait()
	keep(line(3, "last"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join(dir, monday, "00001.jsonl.zst"))
	if frames := bytes.Count(written, []byte("\x28\xb5\x2f\xfd")); err != nil || frames < 1+lines/2+1 {
		t.Errorf("%d frames, %v", frames, err)
	}
	s = open(t, rawlog.Options{Dir: dir, Run: tuesday, Resume: monday})
	defer s.Close()
	for id, want := range map[string]int{"first": 0, "huge": lines, "last": lines + 1} {
		if n, _, ok := s.Job("i", id); !ok || n != want {
			t.Errorf("job %s: line %d, %v; want %d", id, n, ok, want)
		}
	}
	if text, err := s.Line(lines / 2); err != nil || !bytes.Equal(text, huge) {
		t.Errorf("a huge line comes back with %d bytes, %v", len(text), err)
	}
}

// After a crash at any step, the next run finds every line that was
// kept.
func TestKilledAtEveryStep(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: kills runs")
	}
	const lines = 11
	pull := func(dir string, fsys durable.FS) (safe int) {
		s, err := rawlog.Open(rawlog.Options{Dir: dir, Run: monday, FS: fsys, FileBytes: 300})
		if err != nil {
			return 0
		}
		for n := range lines {
			if s.Append(line(int64(n), fmt.Sprint(n))) != nil {
				return safe
			}
			safe++
		}
		s.Close()
		return safe
	}
	learn := faulty.New(durable.OS{}, nil)
	if safe := pull(filepath.Join(t.TempDir(), "raw"), learn); safe != lines {
		t.Fatalf("%d of %d lines without a fault", safe, lines)
	}
	for n, step := range learn.Steps() {
		for _, effect := range []faulty.Effect{faulty.Fail, faulty.Half, faulty.Done} {
			t.Run(fmt.Sprintf("%s/%d", step, effect), func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "raw")
				safe := pull(dir, faulty.New(durable.OS{}, faulty.Dead(n, effect)))
				run, err := rawlog.Unfinished(durable.OS{}, dir, rawlog.Nightly, func(string) bool { return false })
				if err != nil {
					t.Fatal(err)
				}
				s := open(t, rawlog.Options{Dir: dir, Run: tuesday, Resume: run})
				var found int
				for i := range lines {
					at, _, ok := s.Job("i", fmt.Sprint(i))
					if !ok {
						break
					}
					if text, err := s.Line(at); err != nil || !bytes.Equal(text, line(int64(i), fmt.Sprint(i))) {
						t.Fatalf("line %d: %s, %v", i, text, err)
					}
					found++
				}
				if found < safe {
					t.Errorf("%d lines found, %d were safe", found, safe)
				}
				if err := s.Append(line(99, "next")); err != nil {
					t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if got, fault := saved(t, dir+"/"+tuesday); len(got) != found+1 || fault != "" {
					t.Errorf("%d lines saved, %q; want %d", len(got), fault, found+1)
				}
			})
		}
	}
}

// A file may be torn at any byte, or continue with what a power cut left.
func TestTornAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: fails every step of a run")
	}
	dir := filepath.Join(t.TempDir(), "raw")
	keep(t, rawlog.Options{Dir: dir, Run: monday}, line(0, "0"), line(1, "1"), line(2, "2"), line(3, "3"), line(4, "4"))
	whole, err := os.ReadFile(filepath.Join(dir, monday, "00001.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	// The lines were appended one by one: each is a frame of its own.
	damaged := map[string][]byte{"zeros": append(bytes.Clone(whole), make([]byte, 100)...)}
	for n := 0; n < len(whole); n += 5 {
		damaged[fmt.Sprintf("cut at %d", n)] = whole[:n]
		flipped := bytes.Clone(whole)
		flipped[n] ^= 0x10
		damaged[fmt.Sprintf("flipped at %d", n)] = flipped
	}
	for what, content := range damaged {
		dir := filepath.Join(t.TempDir(), "raw")
		if err := os.MkdirAll(filepath.Join(dir, monday), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, monday, "00001.jsonl.zst"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, rawlog.Options{Dir: dir, Run: tuesday, Resume: monday})
		found := 0
		for n := range 5 {
			if _, _, ok := s.Job("i", fmt.Sprint(n)); ok {
				found++
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if what == "zeros" && found != 5 || strings.HasPrefix(what, "flipped") && found < 4 {
			t.Errorf("%s: %d lines found", what, found)
		}
		// What is left is whole.
		if got, fault := saved(t, dir+"/"+tuesday); len(got) != found || fault != "" {
			t.Errorf("%s: %d lines saved, %q; want %d", what, len(got), fault, found)
		}
	}
}

func TestSeveralGoroutines(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "raw")
	keep(t, rawlog.Options{Dir: dir, Run: monday}, line(0, "0"), line(1, "1"), line(2, "2"))
	s := open(t, rawlog.Options{Dir: dir, Run: tuesday, Resume: monday})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 20 {
				if err := s.Append(line(int64(i), fmt.Sprint(w, i))); err != nil {
					t.Error(err)
				}
				n, _, _ := s.Job("i", fmt.Sprint(i%3))
				if _, err := s.Line(n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, _ := saved(t, dir+"/"+tuesday); len(got) != 163 {
		t.Errorf("%d lines saved", len(got))
	}
}
