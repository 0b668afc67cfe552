// Package spill keeps what a run gathers beyond its share of the memory: a
// [File] of bytes that are read back from anywhere, and a [Sorter] whose records
// are read back in order. It does not know what the bytes mean.
package spill

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// Prefix begins the name of a file for as long as it has one.
const Prefix = ".spill-"

// File is a scratch file. It is created with the first bytes and unlinked at
// once, so that nothing is left of it however the process ends. Where an open
// file cannot be unlinked, it stays until Close or until the next run sweeps the
// folder. The zero value is an empty file in the system's folder for temporary
// files.
// It is safe for concurrent use.
type File struct {
	Dir string // where it is created

	mu   sync.Mutex
	file *os.File // nil: nothing was appended
	size int64    // bytes appended
}

// Append writes at the end and returns the offset of what it wrote.
func (f *File) Append(b []byte) (offset int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		if f.file, err = os.CreateTemp(f.Dir, Prefix+"*"); err != nil {
			return 0, fmt.Errorf("create spill file: %w", err)
		}
		os.Remove(f.file.Name())
	}
	if _, err := f.file.WriteAt(b, f.size); err != nil {
		return 0, err
	}
	f.size += int64(len(b))
	return f.size - int64(len(b)), nil
}

// ReadAt implements [io.ReaderAt].
func (f *File) ReadAt(b []byte, offset int64) (int, error) {
	f.mu.Lock()
	file := f.file
	f.mu.Unlock()
	if file == nil {
		return 0, fs.ErrClosed
	}
	return file.ReadAt(b, offset)
}

var _ io.ReaderAt = (*File)(nil)

// Size returns the number of bytes appended.
func (f *File) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.size
}

// Close frees the disk space. Closing again does nothing.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	name, err := f.file.Name(), f.file.Close()
	f.file = nil
	if removeErr := os.Remove(name); !errors.Is(removeErr, fs.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return err
}
