package durable_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

func TestLinkOrCopy(t *testing.T) {
	tests := []struct {
		name   string
		fault  faulty.Fault
		linked bool
		err    error
	}{
		{"links", nil, true, nil},
		{"no links: EPERM", faulty.Every(syscall.EPERM, faulty.Link), false, nil},
		{"no links: ENOTSUP", faulty.Every(syscall.ENOTSUP, faulty.Link), false, nil},
		{"another file system", faulty.Every(syscall.EXDEV, faulty.Link), false, nil},
		{"too many links", faulty.Every(syscall.EMLINK, faulty.Link), false, nil},
		{"full", faulty.Every(syscall.ENOSPC, faulty.Link), false, syscall.ENOSPC},
		{"no permission", faulty.Every(syscall.EACCES, faulty.Link), false, syscall.EACCES},
		{"no links, and full", both(faulty.Every(syscall.EPERM, faulty.Link), faulty.Full(3)), false, syscall.ENOSPC},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			old, path := filepath.Join(dir, "old"), filepath.Join(dir, "new")
			if err := durable.WriteFile(durable.OS{}, old, []byte("content"), 0o640); err != nil {
				t.Fatal(err)
			}
			fsys := faulty.New(durable.OS{}, tt.fault)
			linked, err := durable.LinkOrCopy(fsys, old, path, 0o640)
			if linked != tt.linked || !errors.Is(err, tt.err) {
				t.Fatalf("linked %v, %v; want %v, %v", linked, err, tt.linked, tt.err)
			}
			if err != nil {
				return
			}
			a, _ := os.Stat(old)
			b, err := os.Stat(path)
			if err != nil || os.SameFile(a, b) != tt.linked || b.Mode() != a.Mode() {
				t.Errorf("%v, %v", b, err)
			}
			if got, err := durable.ReadFile(fsys, path); string(got) != "content" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			if got := fsys.Unsynced(path); len(got) > 0 {
				t.Errorf("the copy is not synced")
			}
		})
	}
}

// both applies the first fault that has an effect.
func both(a, b faulty.Fault) faulty.Fault {
	return func(s faulty.Step) (faulty.Effect, error) {
		if effect, err := a(s); effect != faulty.None {
			return effect, err
		}
		return b(s)
	}
}

func TestMkdirAll(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path string
		err  error
	}{
		{"", nil},
		{"a", nil},
		{"a/b/c", nil},
		{"link", nil},
		{"link/a", nil},
		{"file", syscall.ENOTDIR},
		{"file/a", syscall.ENOTDIR},
		{"dangling", fs.ErrNotExist},
	}
	for _, tt := range tests {
		path := filepath.Join(dir, tt.path)
		fsys := faulty.New(durable.OS{}, nil)
		err := durable.MkdirAll(fsys, path, 0o700)
		if !errors.Is(err, tt.err) {
			t.Errorf("%q: %v, want %v", tt.path, err, tt.err)
		}
		if tt.err != nil {
			continue
		}
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			t.Errorf("%q: %v", tt.path, err)
		}
		if got := fsys.Unsynced("/"); len(got) > 0 {
			t.Errorf("%q: not synced: %v", tt.path, got)
		}
	}
}

func TestRemoveAll(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	grow := func(t *testing.T) string {
		root := filepath.Join(t.TempDir(), "root")
		for _, dir := range []string{"a/b", "c"} {
			if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, dir, "f"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(filepath.Dir(outside), filepath.Join(root, "link")); err != nil {
			t.Fatal(err)
		}
		return root
	}

	learn := faulty.New(durable.OS{}, nil)
	if err := durable.RemoveAll(learn, grow(t)); err != nil {
		t.Fatal(err)
	}
	for n, step := range learn.Steps() {
		for _, effect := range []faulty.Effect{faulty.Fail, faulty.Done} {
			t.Run(fmt.Sprintf("%s/%d", step, effect), func(t *testing.T) {
				root := grow(t)
				if err := durable.RemoveAll(faulty.New(durable.OS{}, faulty.Nth(n, effect)), root); err == nil {
					t.Error("no error")
				}
				if err := durable.RemoveAll(durable.OS{}, root); err != nil {
					t.Errorf("again: %v", err)
				}
				if _, err := os.Lstat(root); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("still there: %v", err)
				}
				if _, err := os.Stat(outside); err != nil {
					t.Errorf("followed a link: %v", err)
				}
			})
		}
	}
	if err := durable.RemoveAll(durable.OS{}, filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("nothing to remove: %v", err)
	}
}

func TestErrorsNameThePath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	_, open := durable.OS{}.Open(path)
	_, read := durable.ReadFile(durable.OS{}, path)
	for _, err := range []error{open, read, durable.SyncDir(durable.OS{}, path), durable.OS{}.Remove(path)} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v", err)
		}
	}
	if r, err := (durable.OS{}).Open(path); r != nil {
		t.Errorf("a reader with the error %v", err)
	}
}
