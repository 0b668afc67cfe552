package faulty

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"callmill/pipeline/internal/durable"
)

// Fold returns under as it is where case does not count, below the folder root:
// names keep the case they were created with, as on macOS, exFAT and SMB shares,
// and answer to every other. What does not go through it sees the names as they
// are.
func Fold(under durable.FS, root string) durable.FS {
	return &folding{FS: under, root: filepath.Clean(root)}
}

type folding struct {
	durable.FS
	root string
}

// named returns the path as its names are in their folders; what is not there is as
// given.
func (f *folding) named(path string) string {
	inside, err := filepath.Rel(f.root, path)
	if err != nil || inside == ".." || strings.HasPrefix(inside, "../") {
		return path
	}
	found := f.root
	for name := range strings.SplitSeq(filepath.ToSlash(inside), "/") {
		found = filepath.Join(found, f.find(found, name))
	}
	return found
}

func (f *folding) find(folder, name string) string {
	entries, _ := os.ReadDir(folder) // of the disk itself: a fault is for the operation
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) {
			return e.Name()
		}
	}
	return name
}

func (f *folding) Create(path string, mode fs.FileMode) (durable.File, error) {
	return f.FS.Create(f.named(path), mode)
}

func (f *folding) Mkdir(path string, mode fs.FileMode) error { return f.FS.Mkdir(f.named(path), mode) }

func (f *folding) Chmod(path string, mode fs.FileMode) error { return f.FS.Chmod(f.named(path), mode) }

func (f *folding) Link(old, path string) error { return f.FS.Link(f.named(old), f.named(path)) }

func (f *folding) Symlink(target, path string) error { return f.FS.Symlink(target, f.named(path)) }

func (f *folding) Rename(old, path string) error { return f.FS.Rename(f.named(old), f.named(path)) }

func (f *folding) Remove(path string) error { return f.FS.Remove(f.named(path)) }

func (f *folding) Open(path string) (durable.Reader, error) { return f.FS.Open(f.named(path)) }

func (f *folding) OpenDir(path string) (durable.Dir, error) { return f.FS.OpenDir(f.named(path)) }

func (f *folding) Stat(path string) (fs.FileInfo, error) { return f.FS.Stat(f.named(path)) }

func (f *folding) Lstat(path string) (fs.FileInfo, error) { return f.FS.Lstat(f.named(path)) }

func (f *folding) Readlink(path string) (string, error) { return f.FS.Readlink(f.named(path)) }
