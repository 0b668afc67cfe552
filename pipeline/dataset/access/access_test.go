package access_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/access"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

// shared makes a dataset in which everything is the owner's.
func shared(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	for _, path := range []string{
		"snapshots/other/tasks/job_date=2026-01-01/x.parquet", "snapshots/other/notes.txt",
		"runs/20260101T000000Z-abcdef.json", "dict/x.txt", "raw/20260101T000000Z-abcdef/1.jsonl.zst", "key", "lock", "mine/x",
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// open opens a dataset and closes it.
func open(t *testing.T, dir string, o dataset.Options) *dataset.Dataset {
	t.Helper()
	d, err := dataset.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

// checkAccess checks the modes of all in a dataset.
func checkAccess(t *testing.T, dir string, group bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		inside, _ := filepath.Rel(dir, path)
		top, _, _ := strings.Cut(inside, "/")
		want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[e.IsDir()]
		if private := map[string]bool{"raw": true, "key": true, "lock": true, "mine": true}; group && !private[top] {
			want = map[bool]fs.FileMode{true: 0o750, false: 0o640}[e.IsDir()]
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", inside, got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAccess: it applies to what is there already, and stays until it is changed.
func TestAccess(t *testing.T) {
	dir := shared(t)
	for _, step := range []struct {
		access access.Access
		group  bool
	}{{access.Kept, false}, {access.Group, true}, {access.Kept, true}, {access.Owner, false}, {access.Kept, false}, {access.Group, true}, {access.Group, true}} {
		if d := open(t, dir, dataset.Options{Access: step.access}); d.FileMode() == 0o640 != step.group || d.DirMode() == 0o750 != step.group {
			t.Errorf("access %d: new files get %04o, folders %04o", step.access, d.FileMode(), d.DirMode())
		}
		checkAccess(t, dir, step.group)
	}
	// A part that became the owner's again, as by a copy, is mended by the flag.
	if err := os.Chmod(filepath.Join(dir, "dict/x.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir, dataset.Options{Access: access.Group})
	checkAccess(t, dir, true)
	// So does a new dataset keep what its first run was given.
	fresh := filepath.Join(t.TempDir(), "data")
	open(t, fresh, dataset.Options{Access: access.Group})
	if d := open(t, fresh, dataset.Options{}); d.FileMode() != 0o640 {
		t.Errorf("new files get %04o", d.FileMode())
	}
	checkAccess(t, fresh, true)
	// A folder that is not callmill's keeps its mode, but for what the group lacks.
	for before, after := range map[fs.FileMode]fs.FileMode{0o755: 0o755, 0o711: 0o751, 0o700: 0o750} {
		if err := os.Chmod(fresh, before); err != nil {
			t.Fatal(err)
		}
		open(t, fresh, dataset.Options{Access: access.Group})
		if info, err := os.Stat(fresh); err != nil || info.Mode().Perm() != after {
			t.Errorf("mode %04o becomes %v, %v", before, info.Mode(), err)
		}
	}
}

// TestAccessIsChangedInOneStep: wherever a change of access ends, the group reaches
// all or nothing, and the dataset says which.
func TestAccessIsChangedInOneStep(t *testing.T) {
	for _, to := range []access.Access{access.Group, access.Owner} {
		for step := 1; ; step++ {
			dir := shared(t)
			open(t, dir, dataset.Options{Access: access.Group + access.Owner - to})
			n := 0
			fsys := faulty.New(durable.OS{}, func(s faulty.Step) (faulty.Effect, error) {
				if s.Op == faulty.Chmod {
					n++
				}
				if n == step && s.Op == faulty.Chmod {
					return faulty.Fail, syscall.EIO
				}
				return faulty.None, nil
			})
			d, err := dataset.Open(t.Context(), dir, dataset.Options{FS: fsys, Access: to})
			if err == nil {
				d.Close()
				checkAccess(t, dir, to == access.Group)
				if step < 8 {
					t.Errorf("only %d steps", step)
				}
				break
			}
			info, err := os.Stat(filepath.Join(dir, dataset.SnapshotsDir))
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() == 0o750 {
				info, err := os.Stat(filepath.Join(dir, "snapshots/other/tasks/job_date=2026-01-01/x.parquet"))
				if err != nil || info.Mode().Perm() != 0o640 {
					t.Errorf("step %d: the group reaches a file with mode %v, %v", step, info.Mode(), err)
				}
			}
			open(t, dir, dataset.Options{Access: to})
			checkAccess(t, dir, to == access.Group)
		}
	}
}
