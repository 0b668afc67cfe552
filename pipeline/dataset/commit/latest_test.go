package commit_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

// place is a kind of file system.
type place struct {
	folds  bool // case does not count
	noLink bool // no symbolic links
}

var places = []place{{}, {folds: true}, {noLink: true}, {folds: true, noLink: true}}

func (p place) String() string {
	return fmt.Sprintf("case counts %v, links %v", !p.folds, !p.noLink)
}

// fs is the file system of a dataset in dir, with a fault besides.
func (p place) fs(dir string, fault faulty.Fault) *faulty.FS {
	var fsys durable.FS = unflushed{}
	if p.noLink {
		fsys = faulty.New(fsys, faulty.Every(syscall.EPERM, faulty.Symlink))
	}
	if p.folds {
		fsys = faulty.Fold(fsys, dir)
	}
	return faulty.New(fsys, fault)
}

// unflushed is the machine's file system, but a sync does not wait for the disk:
// what is tested here is the order of steps.
type unflushed struct{ durable.OS }

func (u unflushed) Create(path string, mode fs.FileMode) (durable.File, error) {
	f, err := u.OS.Create(path, mode)
	return unflushedFile{f}, err
}

func (u unflushed) OpenDir(path string) (durable.Dir, error) {
	d, err := u.OS.OpenDir(path)
	return unflushedDir{d}, err
}

type unflushedFile struct{ durable.File }

func (unflushedFile) Sync() error { return nil }

type unflushedDir struct{ durable.Dir }

func (unflushedDir) Sync() error { return nil }

// line is a dataset there of one night, whose names are those of a format.
func (p place) line(t *testing.T, format int) (l *line, first string) {
	t.Helper()
	l = newLine(t)
	l.options.FS = p.fs(l.dir, nil)
	first = l.run(nightBefore()...).Snapshot
	if format == 1 {
		l.asFormer(p)
	}
	return l, first
}

// asFormer gives the text the name it had in format 1. Where case does not count,
// it took the place of the link.
func (l *line) asFormer(p place) {
	l.t.Helper()
	if p.folds && !p.noLink {
		l.must(os.Remove(l.path("latest")))
	}
	l.must(os.Rename(l.path("CURRENT"), l.path("LATEST")))
}

// latest is the snapshot that a reader finds there.
func (l *line) latest() string {
	l.t.Helper()
	d, err := dataset.View(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	return d.Name()
}

// checkNames checks what the dataset's folder says of the latest snapshot, and
// that no two names in any of its folders differ in case only.
func (l *line) checkNames(p place, latest string) {
	l.t.Helper()
	target, err := os.Readlink(l.path("latest"))
	if p.noLink && !errors.Is(err, fs.ErrNotExist) || !p.noLink && target != "snapshots/"+latest {
		l.t.Errorf("latest reads %q, %v; want %s", target, err, latest)
	}
	if text, err := os.ReadFile(l.path("CURRENT")); err != nil || string(text) != latest+"\n" {
		l.t.Errorf("CURRENT says %q, %v; want %s", text, err, latest)
	}
	if _, err := os.Lstat(l.path("LATEST")); !errors.Is(err, fs.ErrNotExist) {
		l.t.Errorf("LATEST: %v, want none", err)
	}
	seen := map[string]string{}
	err = filepath.WalkDir(l.dir, func(path string, _ fs.DirEntry, err error) error {
		folded := strings.ToLower(path)
		if other, twice := seen[folded]; twice {
			l.t.Errorf("%s and %s are one file where case does not count", path, other)
		}
		seen[folded] = path
		return err
	})
	l.must(err)
}

// TestPlaces: a dataset can be gone on with on any kind of file system, whichever
// format its text is of.
func TestPlaces(t *testing.T) {
	for _, p := range places {
		for format := 1; format <= 2; format++ {
			t.Run(fmt.Sprintf("%v, format %d", p, format), func(t *testing.T) {
				l, first := p.line(t, format)
				second := l.run(night()...)
				if c := second.Counts; !second.Changed || c.New != 1 || c.Changed != 2 {
					t.Fatalf("the second night: %+v", second)
				}
				l.checkNames(p, second.Snapshot)
				if again := l.run(night()...); again.Changed || again.Snapshot != second.Snapshot {
					t.Errorf("the second night again: %+v", again)
				}
				l.must(dataset.Rollback(context.Background(), l.dir, first, l.options))
				l.checkNames(p, first)
				if third := l.run(night()...); !third.Changed || third.Counts.New != 1 {
					t.Errorf("after going back: %+v", third)
				}
			})
		}
	}
}

// TestFormerTextStays: a run that brings nothing new leaves a folder of format 1
// without links as it is, for an older callmill to go on with.
func TestFormerTextStays(t *testing.T) {
	for _, p := range places {
		l, first := p.line(t, 1)
		before := everything(t, l.dir)
		if again := l.run(nightBefore()...); again.Changed || again.Snapshot != first {
			t.Fatalf("%v: %+v, want nothing new upon %s", p, again, first)
		}
		text, err := os.ReadFile(l.path("LATEST"))
		if p.folds {
			l.checkNames(p, first) // an older callmill could not go on
			continue
		}
		if err != nil || strings.TrimSpace(string(text)) != first {
			t.Errorf("%v: LATEST says %q, %v", p, text, err)
		}
		if _, err := os.Lstat(l.path("CURRENT")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: CURRENT: %v, want none", p, err)
		}
		for path, content := range before {
			if now := everything(t, l.dir)[path]; now != content {
				t.Errorf("%v: %s changed", p, path)
			}
		}
	}
}

// TestEveryStepOfTheSwapFails breaks each step in which names in the dataset's own
// folder change, on every kind of file system and from either format: the night
// before or the night is the latest one, whole, and the next run puts all right.
func TestEveryStepOfTheSwapFails(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: breaks every step of a swap")
	}
	for _, p := range places {
		for format := 1; format <= 2; format++ {
			t.Run(fmt.Sprintf("%v, format %d", p, format), func(t *testing.T) {
				steps := p.breakSwap(t, format, nil)
				broken := 0
				for n, s := range steps {
					if !isOfSwap(s) {
						continue
					}
					faults := []faulty.Fault{
						faulty.Nth(n, faulty.Fail), faulty.Nth(n, faulty.Done), faulty.Dead(n, faulty.Fail), faulty.Dead(n, faulty.Done),
					}
					for i, fault := range faults {
						if i == broken%len(faults) || os.Getenv("CALLMILL_THOROUGH") != "" {
							t.Run(fmt.Sprintf("%v-fault-%d", s, i), func(t *testing.T) { p.breakSwap(t, format, fault) })
						}
					}
					broken++
				}
				if broken < 4 {
					t.Errorf("broke %d of %v", broken, steps)
				}
			})
		}
	}
}

// isOfSwap reports whether a step changes a name in the dataset's own folder that
// says what is the latest snapshot, or puts such names on disk.
func isOfSwap(s faulty.Step) bool {
	switch name := filepath.Base(s.Path); s.Op {
	case faulty.SyncDir:
		return name == "data"
	case faulty.Symlink, faulty.Rename, faulty.Remove:
		return strings.Contains(name, "latest") || strings.Contains(name, "LATEST") || strings.Contains(name, "CURRENT")
	}
	return false
}

func (p place) breakSwap(t *testing.T, format int, fault faulty.Fault) []faulty.Step {
	t.Helper()
	l, first := p.line(t, format)
	broken := p.fs(l.dir, fault)
	l.options.FS = broken
	published, err := l.try(context.Background(), night()...)
	l.options.FS = p.fs(l.dir, nil)

	switch now := l.latest(); {
	case err == nil && now != published.Snapshot:
		t.Errorf("the run published %s, but the latest one is %s", published.Snapshot, now)
	case !slices.Contains(l.snapshots(), now):
		t.Errorf("after %v the latest one is %s, of %q", err, now, l.snapshots())
	}
	again := l.run(night()...)
	l.checkNames(p, again.Snapshot)
	if names := l.snapshots(); len(names) != 2 || !slices.Contains(names, first) || !slices.Contains(names, again.Snapshot) {
		t.Errorf("after %v there are %q, want %s and %s", err, names, first, again.Snapshot)
	}
	return broken.Steps()
}
