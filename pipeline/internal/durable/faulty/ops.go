package faulty

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"callmill/pipeline/internal/durable"
)

// Free implements durable.FS.
func (f *FS) Free(path string) (int64, error) { return f.under.Free(path) }

// Create implements durable.FS.
func (f *FS) Create(path string, mode fs.FileMode) (durable.File, error) {
	var file durable.File
	err := f.do(Create, path, func() (err error) {
		file, err = f.under.Create(path, mode)
		return err
	}, func() {
		f.unsynced[filepath.Clean(path)] = true
		f.entry(path)
	})
	if err != nil {
		if file != nil {
			file.Close() // created, but reported as failed
		}
		return nil, err
	}
	return &handle{File: file, fs: f}, nil
}

// Mkdir implements durable.FS.
func (f *FS) Mkdir(path string, mode fs.FileMode) error {
	return f.do(Mkdir, path, func() error { return f.under.Mkdir(path, mode) }, func() { f.entry(path) })
}

// Chmod implements durable.FS.
func (f *FS) Chmod(path string, mode fs.FileMode) error {
	return f.do(Chmod, path, func() error { return f.under.Chmod(path, mode) }, func() {})
}

// Link implements durable.FS.
func (f *FS) Link(old, path string) error {
	return f.do(Link, path, func() error { return f.under.Link(old, path) }, func() { f.entry(path) })
}

// Symlink implements durable.FS.
func (f *FS) Symlink(target, path string) error {
	return f.do(Symlink, path, func() error { return f.under.Symlink(target, path) }, func() { f.entry(path) })
}

// Rename implements durable.FS.
func (f *FS) Rename(old, path string) error {
	return f.do(Rename, path, func() error { return f.under.Rename(old, path) }, func() {
		f.moved(old, path)
		f.entry(old)
		f.entry(path)
	})
}

// Remove implements durable.FS.
func (f *FS) Remove(path string) error {
	return f.do(Remove, path, func() error { return f.under.Remove(path) }, func() { f.removed(path) })
}

// Open implements durable.FS. An open file can be read to the end, even if the
// disk dies meanwhile.
func (f *FS) Open(path string) (durable.Reader, error) {
	return read(f, path, f.under.Open)
}

// OpenDir implements durable.FS.
func (f *FS) OpenDir(path string) (durable.Dir, error) {
	d, err := read(f, path, f.under.OpenDir)
	if err != nil {
		return nil, err
	}
	return &folder{Dir: d, fs: f, path: path}, nil
}

// Stat implements durable.FS.
func (f *FS) Stat(path string) (fs.FileInfo, error) {
	return read(f, path, f.under.Stat)
}

// Lstat implements durable.FS.
func (f *FS) Lstat(path string) (fs.FileInfo, error) {
	return read(f, path, f.under.Lstat)
}

// Readlink implements durable.FS.
func (f *FS) Readlink(path string) (string, error) {
	return read(f, path, f.under.Readlink)
}

func read[T any](f *FS, path string, from func(string) (T, error)) (T, error) {
	if effect, err := f.ask(Read, path, 0); effect != None {
		var none T
		return none, err
	}
	return from(path)
}

// handle is a file being written.
type handle struct {
	durable.File
	fs *FS
}

func (h *handle) Write(p []byte) (int, error) {
	effect, fault := h.fs.ask(Write, h.Name(), len(p))
	part := p
	switch effect {
	case Fail:
		return 0, fault
	case Half:
		part = p[:len(p)/2]
	}
	n, err := h.File.Write(part)
	if err != nil {
		return n, err
	}
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	h.fs.unsynced[filepath.Clean(h.Name())] = true
	return n, fault
}

func (h *handle) Sync() error {
	return h.fs.do(Sync, h.Name(), h.File.Sync, func() { delete(h.fs.unsynced, filepath.Clean(h.Name())) })
}

// Close always closes the file, so that tests do not run out of descriptors:
// close(2) releases the descriptor even if it fails.
func (h *handle) Close() error {
	err := h.File.Close()
	return h.fs.do(Close, h.Name(), func() error { return err }, func() {})
}

// folder is an open folder.
type folder struct {
	durable.Dir
	fs   *FS
	path string
}

func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	return read(d.fs, d.path, func(string) ([]fs.DirEntry, error) { return d.Dir.ReadDir(n) })
}

func (d *folder) Sync() error {
	return d.fs.do(SyncDir, d.path, d.Dir.Sync, func() { d.fs.synced(d.path) })
}

// Unsynced returns, sorted, what a power cut could damage now under root: files
// written and not synced since (they lose bytes), and folders in which a name
// was created or replaced and that were not synced since (they lose names). At
// the step that commits (see [Dead]) it must be empty. A removed name that
// reappears is only a leftover and not listed.
func (f *FS) Unsynced(root string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	root = filepath.Clean(root)
	var list []string
	for path := range f.unsynced {
		if within(path, root) {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// The methods below update f.unsynced; f.mu is held.

// entry records that the folder of path may lose a name.
func (f *FS) entry(path string) { f.unsynced[filepath.Dir(filepath.Clean(path))] = true }

func (f *FS) synced(dir string) { delete(f.unsynced, filepath.Clean(dir)) }

func (f *FS) removed(path string) {
	path = filepath.Clean(path)
	for p := range f.unsynced {
		if within(p, path) {
			delete(f.unsynced, p)
		}
	}
}

// moved moves what is not synced under old; what was at path is gone.
func (f *FS) moved(old, path string) {
	old, path = filepath.Clean(old), filepath.Clean(path)
	f.removed(path)
	var under []string
	for p := range f.unsynced {
		if within(p, old) {
			under = append(under, p)
		}
	}
	for _, p := range under {
		delete(f.unsynced, p)
		f.unsynced[path+strings.TrimPrefix(p, old)] = true
	}
}

// within reports whether path is root or lies under it.
func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, strings.TrimSuffix(root, "/")+"/")
}
