// Package spill keeps on disk what a run gathers past its share of the memory,
// until the run has ended. It knows bytes and where they are; what they mean is
// the matter of those who append them.
package spill

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Prefix begins the name of a file for as long as it has one.
const Prefix = ".spill-"

// File is a file without a name that is made with the first bytes, so that
// nothing is left of it whatever ends the process. Where an open file cannot be
// removed it stays until Close, or until the next run sweeps the folder.
//
// Only one goroutine at a time may append; others may read meanwhile what was
// appended before.
type File struct {
	Dir string // where it is made; "" is the system's folder for temporary files

	*os.File       // nil: nothing was appended
	size     int64 // of what was
}

// Append writes at the end and gives the offset.
func (f *File) Append(b []byte) (offset int64, err error) {
	if f.File == nil {
		if f.File, err = os.CreateTemp(f.Dir, Prefix+"*"); err != nil {
			return 0, fmt.Errorf("create spill file: %w", err)
		}
		os.Remove(f.Name())
	}
	if _, err := f.WriteAt(b, f.size); err != nil {
		return 0, err
	}
	f.size += int64(len(b))
	return f.size - int64(len(b)), nil
}

// Write implements [io.Writer]: it appends.
func (f *File) Write(b []byte) (int, error) {
	if _, err := f.Append(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Size is the number of bytes that were appended.
func (f *File) Size() int64 { return f.size }

// Close gives back the disk. Nothing can be read any more; closing again does
// nothing.
func (f *File) Close() error {
	if f.File == nil {
		return nil
	}
	name, err := f.Name(), f.File.Close()
	f.File = nil
	if removeErr := os.Remove(name); !errors.Is(removeErr, fs.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return err
}
