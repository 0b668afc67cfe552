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

// A replacement is one of the two ways to replace a path in one step.
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

// Whatever step breaks, and however: the path is the old or the new content,
// a leftover can be told by its name, and doing it again succeeds.
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
								t.Errorf("left %s behind", name)
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

// A power cut at the rename must find nothing that is not on disk but the
// names the rename is about.
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
		t.Errorf("left behind: %v", left)
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

// others lists what a folder holds besides one name.
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
