package faulty

import (
	"io/fs"
	"path/filepath"

	"callmill/pipeline/internal/durable"
)

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
