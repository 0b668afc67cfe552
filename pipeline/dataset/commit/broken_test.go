package commit_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/dataset"
)

// clock is a clock that tells what it is set to.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// twoNights is a dataset of two snapshots, an hour apart.
func twoNights(t *testing.T) (l *line, first, second string) {
	t.Helper()
	l = newLine(t)
	at := &clock{time.Date(2026, 1, 16, 1, 0, 0, 0, time.UTC)}
	l.options.Now = at.now
	first = l.run(nightBefore()...).Snapshot
	at.Time = at.Add(time.Hour)
	second = l.run(night()...).Snapshot
	at.Time = at.Add(time.Hour)
	return l, first, second
}

func (l *line) path(elements ...string) string {
	return filepath.Join(append([]string{l.dir}, elements...)...)
}

func (l *line) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// rename gives a snapshot the name that its manifest now asks for, as if it
// had been made so, and makes it the latest.
func (l *line) rename(name string) {
	l.t.Helper()
	text, err := os.ReadFile(l.path("snapshots", name, "manifest.json"))
	l.must(err)
	sum := sha256.Sum256(text)
	renamed := name[:len(name)-6] + hex.EncodeToString(sum[:])[:6]
	l.must(os.Rename(l.path("snapshots", name), l.path("snapshots", renamed)))
	l.must(os.Remove(l.path("latest")))
	l.must(os.Symlink("snapshots/"+renamed, l.path("latest")))
}

// edit replaces text in the manifest of a snapshot.
func (l *line) edit(name, old, replacement string) {
	l.t.Helper()
	path := l.path("snapshots", name, "manifest.json")
	text, err := os.ReadFile(path)
	l.must(err)
	edited := strings.Replace(string(text), old, replacement, 1)
	if edited == string(text) {
		l.t.Fatalf("%s does not say %s", path, old)
	}
	l.must(os.WriteFile(path, []byte(edited), 0o600))
}

// TestBrokenLatest breaks what is published in every way that keeps a run from
// going on. The error names the reason and the way out, which leads out;
// meanwhile nothing is touched.
func TestBrokenLatest(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes many snapshots")
	}
	thisFormat := fmt.Sprintf(`"format": %d`, dataset.FormatVersion)
	nextFormat := fmt.Sprintf(`"format": %d`, dataset.FormatVersion+1)
	for name, c := range map[string]struct {
		damage func(l *line, latest string)
		want   []string // of the error
		as     error
	}{
		"the manifest is missing": {
			func(l *line, latest string) { l.must(os.Remove(l.path("snapshots", latest, "manifest.json"))) },
			[]string{"has no manifest"}, fs.ErrNotExist,
		},
		"the manifest is damaged": {
			func(l *line, latest string) { l.edit(latest, `"segmenter": "fast"`, `"segmenter": "slow"`) },
			[]string{"damaged: its hash"}, nil,
		},
		"the manifest is damaged where its version is": {
			func(l *line, latest string) { l.edit(latest, thisFormat, nextFormat) },
			[]string{"damaged: its hash"}, nil,
		},
		"the manifest lacks a table": {
			func(l *line, latest string) { l.edit(latest, `"name": "tasks"`, `"name": "calls"`); l.rename(latest) },
			[]string{"table tasks is not in its place"}, nil,
		},
		"the manifest is empty": {
			func(l *line, latest string) {
				l.must(os.WriteFile(l.path("snapshots", latest, "manifest.json"), nil, 0o600))
			},
			[]string{"damaged"}, nil,
		},
		"a newer callmill wrote it": {
			func(l *line, latest string) { l.edit(latest, thisFormat, nextFormat); l.rename(latest) },
			[]string{"written by a newer callmill: format"}, dataset.ErrNewerFormat,
		},
		"the snapshot was deleted": {
			func(l *line, latest string) { l.must(os.RemoveAll(l.path("snapshots", latest))) },
			[]string{"it is missing"}, fs.ErrNotExist,
		},
		"latest and CURRENT are gone": {
			func(l *line, _ string) {
				l.must(os.Remove(l.path("latest")))
				l.must(os.Remove(l.path("CURRENT")))
			},
			[]string{"latest is missing, but there are snapshots"}, nil,
		},
		"latest leads elsewhere": {
			func(l *line, _ string) {
				l.must(os.Remove(l.path("latest")))
				l.must(os.Symlink("/", l.path("latest")))
			},
			[]string{`latest names "/", which is not a snapshot`}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, first, second := twoNights(t)
			c.damage(l, second)
			before := everything(t, l.dir)
			_, err := l.try(context.Background(), night()...)
			checkError(t, err, c.as, c.want...)
			_, err = dataset.View(l.dir)
			checkError(t, err, c.as, c.want...)
			sameTables(t, everything(t, l.dir), before)

			if list, err := dataset.List(l.dir); err != nil || !slices.ContainsFunc(list, func(s dataset.Listed) bool { return s.Name == first && s.Err == nil }) {
				t.Errorf("list: %+v, %v; want %s among them", list, err, first)
			}
			l.must(dataset.Rollback(context.Background(), l.dir, first, dataset.Options{}))
			if p := l.run(night()...); !p.Changed || p.Counts.New != 1 || p.Counts.Changed != 2 {
				t.Errorf("upon %s: changed %v, %+v; want the second night again", first, p.Changed, p.Counts)
			}
		})
	}
}

func checkError(t *testing.T, err, as error, want ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", want)
		return
	}
	if as != nil && !errors.Is(err, as) {
		t.Errorf("%v: is not %v", err, as)
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v: does not say %q", err, text)
		}
	}
}

// everything are the files of a folder with the hashes of their content, but
// for the lock, and what links read.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "lock" {
			return err
		}
		if e.Type()&fs.ModeSymlink != 0 {
			found[path], err = os.Readlink(path)
			return err
		}
		text, err := os.ReadFile(path)
		sum := sha256.Sum256(text)
		found[path] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestMended: what a run could not write any more, or somebody removed, and
// what can be known from the rest, the next run writes.
func TestMended(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes many snapshots")
	}
	for name, damage := range map[string]func(l *line, run string){
		"latest is gone":      func(l *line, _ string) { l.must(os.Remove(l.path("latest"))) },
		"CURRENT is gone":     func(l *line, _ string) { l.must(os.Remove(l.path("CURRENT"))) },
		"CURRENT is behind":   func(l *line, _ string) { l.must(os.WriteFile(l.path("CURRENT"), []byte("x\n"), 0o600)) },
		"the run has no file": func(l *line, run string) { l.must(os.Remove(l.path("runs", run+".json"))) },
		"an older snapshot is gone": func(l *line, _ string) {
			l.must(os.RemoveAll(l.path("snapshots", l.snapshots()[0])))
		},
		"an older snapshot has no manifest": func(l *line, _ string) {
			l.must(os.Remove(l.path("snapshots", l.snapshots()[0], "manifest.json")))
		},
		"an older snapshot is damaged": func(l *line, _ string) { l.edit(l.snapshots()[0], "fast", "slow") },
		"an older snapshot is by a newer callmill": func(l *line, _ string) {
			l.edit(l.snapshots()[0], fmt.Sprintf(`"format": %d`, dataset.FormatVersion), fmt.Sprintf(`"format": %d`, dataset.FormatVersion+1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, _, second := twoNights(t)
			before := l.tables()
			d, err := dataset.View(l.dir)
			l.must(err)
			run := d.Manifest().Run
			damage(l, run)
			left := l.snapshots()
			if p := l.run(night()...); p.Changed || p.Snapshot != second {
				t.Errorf("published %+v, want nothing new upon %s", p, second)
			}
			sameTables(t, l.tables(), before)
			if now := l.snapshots(); !slices.Equal(now, left) {
				t.Errorf("there are snapshots %q, want %q as before", now, left)
			}
			text, err := os.ReadFile(l.path("CURRENT"))
			if err != nil || strings.TrimSpace(string(text)) != second {
				t.Errorf("CURRENT says %q, %v", text, err)
			}
			if text, err := os.ReadFile(l.path("runs", run+".json")); err != nil || !strings.Contains(string(text), second) {
				t.Errorf("the run's file says %q, %v", text, err)
			}
		})
	}
}

// TestMovedWithoutRuns: a dataset of which only snapshots and latest were
// copied keeps its older snapshots.
func TestMovedWithoutRuns(t *testing.T) {
	l, first, second := twoNights(t)
	third := l.run(jobs(call("e", 300, "v1", 0))...).Snapshot
	l.must(os.RemoveAll(l.path("runs")))
	l.run(jobs(call("e", 300, "v1", 0))...)
	if got := l.snapshots(); !slices.Equal(got, []string{first, second, third}) {
		t.Errorf("there are %q, want %q", got, []string{first, second, third})
	}
}

// TestUnpublishedIsSwept: a snapshot that got its name, but was never the
// latest, goes; the same after a rollback stays, for it was.
func TestUnpublishedIsSwept(t *testing.T) {
	l, first, second := twoNights(t)
	l.must(dataset.Rollback(context.Background(), l.dir, first, dataset.Options{}))
	l.run(nightBefore()...)
	if got := l.snapshots(); !slices.Equal(got, []string{first, second}) {
		t.Errorf("after a rollback there are %q, want both", got)
	}
	l.must(os.Remove(l.path("runs", runOf(t, l, second)+".json")))
	l.run(nightBefore()...)
	if got := l.snapshots(); !slices.Equal(got, []string{first}) {
		t.Errorf("there are %q, want %s", got, first)
	}
}

func runOf(t *testing.T, l *line, snapshot string) string {
	t.Helper()
	d, err := dataset.View(l.dir)
	l.must(err)
	m, err := d.Snapshot(snapshot)
	l.must(err)
	return m.Run
}

// TestForeignFilesStay puts somebody's files wherever callmill removes things:
// sweeping and pruning leave them alone.
func TestForeignFilesStay(t *testing.T) {
	l, first, second := twoNights(t)
	foreign := []string{
		"notes.txt", ".hidden.tmp", ".build-x", "tables/x.parquet", "runs/notes.json", "runs/.x.tmp", "dict/words.txt",
		"snapshots/.build-mine/x", "snapshots/.spill-over.txt", "snapshots/backup/manifest.json", "snapshots/20260116T010000Z/x",
		"snapshots/" + first + "/report.csv", "snapshots/" + first + "/turns/mine.parquet",
		"snapshots/" + first + "/mine/job_date=2026-01-15/x.parquet",
	}
	for _, path := range foreign {
		l.must(os.MkdirAll(filepath.Dir(l.path(path)), 0o700))
		l.must(os.WriteFile(l.path(path), []byte("mine"), 0o600))
	}
	l.run(jobs(call("e", 300, "v1", 0))...)
	l.options.Keep, l.options.KeepFor = 1, -1
	d, err := dataset.Open(context.Background(), l.dir, l.options)
	l.must(err)
	removed, err := d.Prune()
	l.must(errors.Join(err, d.Close()))
	if !slices.Equal(removed, []string{first}) {
		t.Errorf("pruned %q, want %s; %s is the parent", removed, first, second)
	}
	for _, path := range foreign {
		if text, err := os.ReadFile(l.path(path)); string(text) != "mine" {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
	var left []string
	for path := range everything(t, l.path("snapshots", first)) {
		left = append(left, strings.TrimPrefix(path, l.path("snapshots", first)+"/"))
	}
	slices.Sort(left)
	if want := []string{"mine/job_date=2026-01-15/x.parquet", "report.csv", "turns/mine.parquet"}; !slices.Equal(left, want) {
		t.Errorf("in the pruned snapshot are %q, want %q", left, want)
	}
}

// TestWhichFoldersAreTaken: a run makes a dataset in a new or empty folder and
// goes on with one; a folder that was meant for something else stays as it is.
func TestWhichFoldersAreTaken(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		taken bool
	}{
		"empty":                                     {nil, true},
		"with a key made beforehand":                {[]string{"key"}, true},
		"the root of a disk":                        {[]string{"lost+found/", ".Trash-1000/"}, true},
		"of a first run that was killed":            {[]string{"snapshots/", "runs/", "lock"}, true},
		"of a first run, with a note":               {[]string{"snapshots/", "runs/", "lock", "README"}, true},
		"with somebody's files":                     {[]string{"thesis.doc"}, false},
		"with somebody's folder":                    {[]string{"photos/"}, false},
		"with some names that callmill has as well": {[]string{"key", "raw/", "runs/", "main.go"}, false},
		"with somebody's snapshots":                 {[]string{"snapshots/2019.tar", "vm.img"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			l.must(os.MkdirAll(l.dir, 0o700))
			for _, file := range c.files {
				l.must(os.MkdirAll(filepath.Dir(l.path(file)), 0o700))
				if !strings.HasSuffix(file, "/") {
					l.must(os.WriteFile(l.path(file), []byte(testKey), 0o600))
				} else {
					l.must(os.MkdirAll(l.path(file), 0o700))
				}
			}
			before := everything(t, l.dir)
			_, err := l.try(context.Background(), nightBefore()...)
			if c.taken {
				l.must(err)
				return
			}
			checkError(t, err, dataset.ErrForeign, "not a callmill dataset and not empty (contains ")
			sameTables(t, everything(t, l.dir), before)
			if _, err := os.Stat(l.path("lock")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("lock: %v, want none", err)
			}
		})
	}
}

// TestRollbackToNothing makes no lock in a folder that is none of callmill's.
func TestRollbackToNothing(t *testing.T) {
	dir := t.TempDir()
	err := dataset.Rollback(context.Background(), dir, "20260116T010000Z-abcdef", dataset.Options{})
	checkError(t, err, nil, "there is no snapshot 20260116T010000Z-abcdef")
	if found := everything(t, dir); len(found) > 0 {
		t.Errorf("made %v", found)
	}
}

// TestLatestIsAFolder: a copy that followed links has a folder there, or the
// text of the link.
func TestLatestIsAFolder(t *testing.T) {
	l, _, second := twoNights(t)
	l.must(os.Remove(l.path("latest")))
	l.must(os.Mkdir(l.path("latest"), 0o700))
	_, err := l.try(context.Background(), night()...)
	checkError(t, err, nil, "is not a link that callmill made: move it away")
	l.must(os.Remove(l.path("latest")))
	if p := l.run(night()...); p.Snapshot != second {
		t.Errorf("moved away: %+v, want to go on from %s", p, second)
	}
	if target, err := os.Readlink(l.path("latest")); target != "snapshots/"+second {
		t.Errorf("latest reads %q, %v", target, err)
	}
}
