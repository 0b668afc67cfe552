package durable_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

// A replacement is one of the two ways to replace a path atomically.
type replacement struct {
	name  string
	put   func(fsys durable.FS, path, content string) error
	get   func(path string) (string, error)
	steps []faulty.Op
}

var replacements = []replacement{
	{
		name: "WriteFile",
		put: func(fsys durable.FS, path, content string) error {
			return durable.WriteFile(fsys, path, []byte(content), 0o600)
		},
		get: func(path string) (string, error) {
			b, err := os.ReadFile(path)
			return string(b), err
		},
		steps: []faulty.Op{faulty.Create, faulty.Write, faulty.Sync, faulty.Close, faulty.Rename, faulty.SyncDir},
	},
	{
		name: "ReplaceSymlink",
		put: func(fsys durable.FS, path, content string) error {
			return durable.ReplaceSymlink(fsys, content, path)
		},
		get:   os.Readlink,
		steps: []faulty.Op{faulty.Symlink, faulty.Rename, faulty.SyncDir},
	},
}

func TestReplaceSteps(t *testing.T) {
	for _, r := range replacements {
		fsys := faulty.New(durable.OS{}, nil)
		if err := r.put(fsys, filepath.Join(t.TempDir(), "f"), "new"); err != nil {
			t.Fatal(err)
		}
		var got []faulty.Op
		for _, s := range fsys.Steps() {
			got = append(got, s.Op)
		}
		if !slices.Equal(got, r.steps) {
			t.Errorf("%s: steps %v, want %v", r.name, got, r.steps)
		}
	}
}

// Whichever step fails, and however: the path has the old or the new content, a
// leftover is recognised by its name, and a retry succeeds.
func TestReplaceBrokenAtEveryStep(t *testing.T) {
	faults := map[string]func(int, faulty.Effect) faulty.Fault{"once": faulty.Nth, "dead": faulty.Dead}
	for _, r := range replacements {
		for n, op := range r.steps {
			for kind, fault := range faults {
				for _, effect := range []faulty.Effect{faulty.Fail, faulty.Half, faulty.Done} {
					t.Run(fmt.Sprintf("%s/%d-%s/%s/%d", r.name, n, op, kind, effect), func(t *testing.T) {
						dir := t.TempDir()
						path := filepath.Join(dir, "f")
						if err := r.put(durable.OS{}, path, "old"); err != nil {
							t.Fatal(err)
						}
						err := r.put(faulty.New(durable.OS{}, fault(n, effect)), path, "new")
						if err == nil || !strings.Contains(err.Error(), "write "+path+": ") {
							t.Errorf("error %v, want one that names the file", err)
						}
						want := "old"
						if op == faulty.SyncDir || op == faulty.Rename && effect == faulty.Done {
							want = "new"
						}
						if got, err := r.get(path); got != want || err != nil {
							t.Errorf("after the fault: %q, %v; want %q", got, err, want)
						}
						for _, name := range others(t, dir, "f") {
							if kind == "once" || !durable.IsTemp(name) {
								t.Errorf("leftover %s", name)
							}
						}
						if err := r.put(durable.OS{}, path, "new"); err != nil {
							t.Errorf("again: %v", err)
						}
						if got, err := r.get(path); got != "new" || err != nil {
							t.Errorf("again: %q, %v", got, err)
						}
					})
				}
			}
		}
	}
}

// traced records the calls on a file system, and which folder is synced.
type traced struct {
	durable.FS
	calls *[]string
}

func (f traced) note(call string) { *f.calls = append(*f.calls, call) }

func (f traced) OpenDir(path string) (durable.Dir, error) {
	f.note("open " + filepath.Base(path))
	d, err := f.FS.OpenDir(path)
	return tracedDir{d, f, filepath.Base(path)}, err
}

func (f traced) Create(path string, mode fs.FileMode) (durable.File, error) {
	f.note("create")
	return f.FS.Create(path, mode)
}

func (f traced) Symlink(target, path string) error {
	f.note("symlink")
	return f.FS.Symlink(target, path)
}

func (f traced) Mkdir(path string, mode fs.FileMode) error {
	f.note("mkdir " + filepath.Base(path))
	return f.FS.Mkdir(path, mode)
}

func (f traced) Rename(old, path string) error {
	f.note("rename")
	return f.FS.Rename(old, path)
}

type tracedDir struct {
	durable.Dir
	fs   traced
	name string
}

func (d tracedDir) Sync() error {
	d.fs.note("sync " + d.name)
	return d.Dir.Sync()
}

func (d tracedDir) Close() error {
	d.fs.note("close " + d.name)
	return d.Dir.Close()
}

// The folder is open from before the first change until it is synced: otherwise
// its inode, and an error of writing it back, could leave the cache unseen.
func TestFolderIsOpenedBeforeItChanges(t *testing.T) {
	for _, test := range []struct {
		name string
		run  func(fsys durable.FS, dir string) error
		want string
	}{
		{
			"WriteFile",
			func(fsys durable.FS, dir string) error {
				return durable.WriteFile(fsys, filepath.Join(dir, "f"), []byte("x"), 0o600)
			},
			"open dir, create, rename, sync dir, close dir",
		},
		{
			"ReplaceSymlink",
			func(fsys durable.FS, dir string) error {
				return durable.ReplaceSymlink(fsys, "x", filepath.Join(dir, "link"))
			},
			"open dir, symlink, rename, sync dir, close dir",
		},
		{
			"MkdirAll",
			func(fsys durable.FS, dir string) error {
				return durable.MkdirAll(fsys, filepath.Join(dir, "a", "b"), 0o700)
			},
			"open dir, mkdir a, sync dir, close dir, open a, mkdir b, sync a, close a",
		},
	} {
		dir := filepath.Join(t.TempDir(), "dir")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		var calls []string
		if err := test.run(traced{durable.OS{}, &calls}, dir); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(calls, ", "); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// At the rename everything is on disk except the names that the rename changes.
func TestWriteFileSyncsBeforeRename(t *testing.T) {
	dir := t.TempDir()
	fsys := faulty.New(durable.OS{}, faulty.Dead(4, faulty.Fail))
	if err := durable.WriteFile(fsys, filepath.Join(dir, "f"), []byte("x"), 0o600); err == nil {
		t.Fatal("no error from a dead disk")
	}
	if got := fsys.Unsynced(dir); !slices.Equal(got, []string{dir}) {
		t.Errorf("not synced at the rename: %v, want the folder alone", got)
	}

	fsys = faulty.New(durable.OS{}, nil)
	if err := durable.WriteFile(fsys, filepath.Join(dir, "f"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := fsys.Unsynced(dir); len(got) > 0 {
		t.Errorf("not synced at the end: %v", got)
	}
}

func TestWriteFileOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	fsys := faulty.New(durable.OS{}, faulty.Full(150))
	if err := durable.WriteFile(fsys, filepath.Join(dir, "a"), make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	err := durable.WriteFile(fsys, filepath.Join(dir, "a"), make([]byte, 101), 0o600)
	if err == nil || !strings.HasSuffix(err.Error(), "no space left on device") {
		t.Errorf("error %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || info.Size() != 100 {
		t.Errorf("the file that was there: %v, %v", info, err)
	}
	if left := others(t, dir, "a"); len(left) > 0 {
		t.Errorf("leftovers: %v", left)
	}
}

func TestModesAreExact(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b")
	if err := durable.MkdirAll(durable.OS{}, path, 0o750); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(path, "f")
	if err := durable.WriteFile(durable.OS{}, file, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]fs.FileMode{filepath.Dir(path): 0o750, path: 0o750, file: 0o640} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", p, info.Mode(), err, want)
		}
	}
}

func TestMkdirKeepsTheGroupBit(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o750|fs.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a")
	if err := (durable.OS{}).Mkdir(path, 0o750); err != nil {
		t.Fatal(err)
	}
	parent, _ := os.Stat(dir)
	if info, err := os.Stat(path); err != nil || info.Mode() != parent.Mode() {
		t.Errorf("mode %v, %v; want its parent's %v", info.Mode(), err, parent.Mode())
	}
}

// others returns the names in a folder except one.
func others(t *testing.T, dir, name string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != name {
			names = append(names, e.Name())
		}
	}
	return names
}
