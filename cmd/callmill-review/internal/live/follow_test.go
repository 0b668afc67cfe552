//go:build cgo

package live_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/dataset"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// log is what was logged.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *log) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// nights is a dataset of one's own with three snapshots, whose names it returns in the
// order in which they were published. The first one is the latest.
func nights(t testing.TB) (dir string, names []string) {
	t.Helper()
	three.Do(func() {
		made, _ := worlds.Converted(t, simulate.Options{People: 60, Seed: 1}, "--memory", "200MB") // not the one of small
		convert(t, made, 30, 3)
		convert(t, made, 31, 5)
	})
	made, _ := worlds.Converted(t, simulate.Options{People: 60, Seed: 1}, "--memory", "200MB")
	dir = published.Copy(t, made)
	list, err := dataset.List(dir)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d snapshots, %v", len(list), err)
	}
	for _, s := range list {
		names = append(names, s.Name)
	}
	publish(t, dir, names[0])
	return dir, names
}

// three makes the snapshots of nights once.
var three sync.Once

func latest(t testing.TB, dir string) string {
	t.Helper()
	name, err := dataset.Latest(dir)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// Fifty publishes while many read: each reader sees one snapshot in all parts of a night,
// and none fails.
func TestPublishesUnderLoad(t *testing.T) {
	publishes := 50
	if testing.Short() {
		publishes = 8
	}
	dir, names := nights(t)
	lines := map[string]int{}
	for _, name := range names {
		publish(t, dir, name)
		lines[name] = len(whole(t, dir, query.LoadOptions{}).Lines)
	}
	f := open(t, dir, live.Options{Poll: time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if err := f.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	var reads atomic.Int64
	for range 4 {
		all.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if err := read(ctx, f, lines, i); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				reads.Add(1)
			}
		})
	}
	for i := range publishes {
		name := names[i%len(names)]
		publish(t, dir, name)
		for {
			n := f.Take()
			now := n.Name
			n.Release()
			if now == name {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	stop()
	all.Wait()
	if reads.Load() == 0 {
		t.Error("nobody read: not a test")
	}
}

func publish(t testing.TB, dir, name string) {
	t.Helper()
	if err := dataset.Rollback(t.Context(), dir, name, dataset.Options{}); err != nil {
		t.Fatal(err)
	}
}

// read reads a night as a request does.
func read(ctx context.Context, f *live.Follower, lines map[string]int, i int) error {
	n := f.Take()
	defer n.Release()
	c := n.Corpus
	if c.Snapshot != n.Name || n.DB.Snapshot() != n.Name || len(c.Lines) != lines[n.Name] || len(n.Graph.LineNode) != len(c.Lines) {
		return fmt.Errorf("night %s: corpus of %s with %d lines, graph of %d, database of %s; want %d lines", n.Name, c.Snapshot, len(c.Lines), len(n.Graph.LineNode), n.DB.Snapshot(), lines[n.Name])
	}
	call := &c.Calls[i%len(c.Calls)]
	key := query.Key{Instance: c.Instances.String(call.Instance), Job: call.Job, Task: call.Task}
	if at, ok := n.Index(key); !ok || at != int32(i%len(c.Calls)) {
		return fmt.Errorf("call %v is at %d, %t", key, at, ok)
	}
	said, err := n.DB.Transcript(ctx, key)
	if err != nil {
		return err
	}
	if call.Facts.Is(corpus.Answered) && len(said) != int(call.LineCount) {
		return fmt.Errorf("call %v has %d lines in the database, %d in memory", key, len(said), call.LineCount)
	}
	return nil
}

// A night is there for those who took it until the last of them released it.
func TestRelease(t *testing.T) {
	dir, names := nights(t)
	f := open(t, dir, live.Options{})
	first, again := f.Take(), f.Take()
	if first != again {
		t.Fatal("two nights of one snapshot")
	}
	publish(t, dir, names[1])
	f.Look(t.Context())
	second := f.Take()
	if second == first {
		t.Fatal("the publish was not taken up")
	}
	second.Release()
	first.Release()
	select {
	case <-again.Closed():
		t.Fatal("the night is closed though somebody reads it")
	default:
	}
	if _, err := again.DB.Search(t.Context(), query.SearchOptions{Text: "您好", Limit: 1}); err != nil {
		t.Errorf("an old night: %v", err)
	}
	db := again.DB
	again.Release()
	<-again.Closed()
	if _, err := db.Search(t.Context(), query.SearchOptions{Text: "您好", Limit: 1}); err == nil {
		t.Error("the database of a night that nobody reads is open")
	}
}

// While somebody reads an old night, a third snapshot waits: two are enough for memory.
func TestTwoNights(t *testing.T) {
	dir, names := nights(t)
	f := open(t, dir, live.Options{})
	first := f.Take()
	for _, name := range names[1:] {
		publish(t, dir, name)
		f.LookNow(t.Context())
	}
	n := f.Take()
	if n.Name == latest(t, dir) || n.Name == first.Name {
		t.Errorf("shown is %s, want the second of %s … %s", n.Name, first.Name, latest(t, dir))
	}
	n.Release()
	first.Release()
	f.Look(t.Context())
	n = f.Take()
	if n.Name != latest(t, dir) {
		t.Errorf("shown is %s, want %s", n.Name, latest(t, dir))
	}
	n.Release()
}

// What cannot be taken up leaves the old night; the log and the state say why, once, and
// what is published then is taken up.
func TestCannotBeTakenUp(t *testing.T) {
	tests := map[string]struct {
		damage func(t *testing.T, dir string)
		says   string
	}{
		"a file is damaged": {func(t *testing.T, dir string) {
			for _, file := range parquet(t, dir, "turns") {
				if err := os.WriteFile(file, []byte("not Parquet"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}, "a file is damaged or missing"},
		"files are missing": {func(t *testing.T, dir string) {
			for _, file := range parquet(t, dir, "tasks") {
				if err := os.Remove(file); err != nil {
					t.Fatal(err)
				}
			}
		}, "tasks"},
		"the manifest is damaged": {func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "latest", "manifest.json"), []byte("{}"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "manifest"},
		"the snapshot is gone": {func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "snapshots", latest(t, dir))); err != nil {
				t.Fatal(err)
			}
		}, ""},
		"nothing is published": {func(t *testing.T, dir string) {
			for _, name := range []string{"latest", "CURRENT"} {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, names := nights(t)
			var l log
			f := open(t, dir, live.Options{Log: l.logger()})
			old := names[0]
			publish(t, dir, names[1])
			test.damage(t, dir)
			f.Look(t.Context())
			n := f.Take()
			if n.Name != old {
				t.Fatalf("shown is %s, want %s still", n.Name, old)
			}
			n.Release()
			state := f.State()
			if state.Err == nil || state.Taking || !strings.Contains(state.Err.Error(), test.says) {
				t.Errorf("state %+v, want an error that says %q", state, test.says)
			}
			if text := l.String(); strings.Count(text, "cannot be taken up") != 1 || !strings.Contains(text, old) {
				t.Errorf("log:\n%s", text)
			}
			publish(t, dir, old)
			f.Look(t.Context())
			if state := f.State(); state.Err != nil || state.Snapshot != "" {
				t.Errorf("afterwards %+v", state)
			}
			publish(t, dir, names[2])
			f.Look(t.Context())
			n = f.Take()
			defer n.Release()
			if now := latest(t, dir); n.Name != now {
				t.Errorf("shown is %s, want %s", n.Name, now)
			}
			same(t, "after a good one", whole(t, dir, query.LoadOptions{}), n.Corpus)
		})
	}
}

// parquet returns the files of a table of the snapshot that is published.
func parquet(t testing.TB, dir, table string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "latest", table, "*", "*.parquet"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files of %s: %v", len(files), table, err)
	}
	return files
}

// Of several publishes the last one is taken up.
func TestBurst(t *testing.T) {
	dir, names := nights(t)
	var l log
	f := open(t, dir, live.Options{Log: l.logger()})
	for _, name := range names[1:] {
		publish(t, dir, name)
	}
	f.Look(t.Context())
	n := f.Take()
	defer n.Release()
	if text := l.String(); n.Name != names[2] || strings.Count(text, "took up") != 1 {
		t.Errorf("shown is %s of %v; log:\n%s", n.Name, names, text)
	}
}

// Days that do not fit are left out, the oldest first.
func TestMemory(t *testing.T) {
	dir := small(t)
	all := whole(t, dir, query.LoadOptions{})
	o := live.Options{Memory: 20 << 10}
	f := open(t, dir, o)
	n := f.Take()
	if n.From <= all.Calls[0].Day || len(n.Corpus.Calls) == 0 {
		t.Fatalf("from %s with %d calls: not a test", n.From, len(n.Corpus.Calls))
	}
	same(t, "at first", whole(t, dir, query.LoadOptions{From: n.From}), n.Corpus)
	from := n.From
	n.Release()
	convert(t, dir, 70, 10)
	f.Look(t.Context())
	n = f.Take()
	defer n.Release()
	if n.From < from {
		t.Errorf("from %s, then %s, though there are more calls", from, n.From)
	}
	same(t, "after a publish", whole(t, dir, query.LoadOptions{From: n.From}), n.Corpus)
	same(t, "after a publish", anew(t, dir, o), n.Corpus)
}

// What pages about single calls tell is there before somebody asks.
func TestReadAhead(t *testing.T) {
	f := open(t, small(t), live.Options{})
	n := f.Take()
	defer n.Release()
	ctx, end := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = f.Run(ctx) }) // until it is ended
	defer run.Wait()
	defer end()
	day := n.Corpus.Calls[0].JobDate // the oldest, which is read last
	select {
	case <-n.Ahead():
	case <-time.After(time.Minute):
		t.Fatal("nothing was read ahead")
	}
	_, err := n.Answers.Ask(t.Context(), answers.Question{Key: "particulars?" + day.String()},
		func(context.Context, func(int, int, schema.Text)) (any, error) {
			return nil, errors.New("it was not read")
		})
	if err != nil {
		t.Fatal(err)
	}
	table, err := n.Particulars(t.Context(), day)
	if err != nil || table.Jobs() == 0 {
		t.Errorf("particulars of %s: %v, error %v", day, table, err)
	}
}

// Who was erased is not found any more.
func TestForgotten(t *testing.T) {
	dir := small(t)
	f := open(t, dir, live.Options{})
	n := f.Take()
	job := n.Corpus.Calls[slices.IndexFunc(n.Corpus.Calls, func(c corpus.Call) bool { return c.LineCount > 0 })].Job
	if text := fmt.Sprintf("%+v", *n.Corpus); !strings.Contains(text, job) {
		t.Fatal("not a test")
	}
	n.Release()
	worlds.Run(t, "forget", dir, "--job", job)
	f.Look(t.Context())
	n = f.Take()
	defer n.Release()
	if loaded, all := n.Loaded(); loaded == all {
		t.Error("no day was kept: not a test")
	}
	if text := fmt.Sprintf("%+v", *n.Corpus); strings.Contains(text, job) {
		t.Errorf("job %s is there", job)
	}
	same(t, "after forget", whole(t, dir, query.LoadOptions{}), n.Corpus)
}

// What is not a dataset, or has nothing published, is not opened.
func TestOpenErrors(t *testing.T) {
	if _, err := live.Open(t.Context(), t.TempDir(), live.Options{}); !errors.Is(err, dataset.ErrEmpty) {
		t.Errorf("an empty folder: %v", err)
	}
	dir := small(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := live.Open(ctx, dir, live.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
