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
			file.Close() // the file is there, but its maker was told otherwise
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

// Chmod implements durable.FS.
func (f *FS) Chmod(path string, mode fs.FileMode) error {
	return f.do(Chmod, path, func() error { return f.under.Chmod(path, mode) }, func() {})
}

// SyncDir implements durable.FS.
func (f *FS) SyncDir(path string) error {
	return f.do(SyncDir, path, func() error { return f.under.SyncDir(path) }, func() { f.synced(path) })
}

// Open implements durable.FS. What was opened can be read to the end, even
// from a disk that dies meanwhile.
func (f *FS) Open(path string) (durable.Reader, error) {
	return read(f, path, f.under.Open)
}

// ReadDir implements durable.FS.
func (f *FS) ReadDir(path string) ([]fs.DirEntry, error) {
	return read(f, path, f.under.ReadDir)
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

// Close closes the file in any case, so that tests do not run out of files: a
// close(2) that fails gives the descriptor back, too.
func (h *handle) Close() error {
	err := h.File.Close()
	return h.fs.do(Close, h.Name(), func() error { return err }, func() {})
}
