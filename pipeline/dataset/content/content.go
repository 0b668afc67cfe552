// Package content writes the files of a snapshot, which are named for their content.
package content

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path"
	"path/filepath"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
)

// File is a file being written. It has a temporary name until Finish. Not safe for
// concurrent use.
type File struct {
	fs     durable.FS
	root   string // the folder of the snapshot
	folder string // inside it, with slashes
	file   durable.File
	buffer *bufio.Writer
	hash   hash.Hash
	size   int64
}

// Create creates a file under a temporary name in a folder of a snapshot, which exists;
// root is the snapshot's.
func Create(disk durable.FS, root, folder, temporary string, mode fs.FileMode) (*File, error) {
	file, err := disk.Create(filepath.Join(root, filepath.FromSlash(path.Join(folder, temporary))), mode)
	if err != nil {
		return nil, err
	}
	return &File{fs: disk, root: root, folder: folder, file: file, hash: sha256.New(), buffer: bufio.NewWriterSize(file, 1<<16)}, nil
}

// Write implements [io.Writer].
func (f *File) Write(p []byte) (int, error) {
	f.hash.Write(p)
	f.size += int64(len(p))
	return f.buffer.Write(p)
}

var _ io.Writer = (*File)(nil)

// Finish puts the file on disk under the name of its content, and returns its path, size
// and hash. The name itself is on disk once its folder is synced, which publishing does
// for all.
func (f *File) Finish() (dataset.File, error) {
	if err := errors.Join(f.buffer.Flush(), f.file.Sync(), f.file.Close()); err != nil {
		return dataset.File{}, err
	}
	sum := hex.EncodeToString(f.hash.Sum(nil))
	name := dataset.FilePath(f.folder, sum)
	if err := f.fs.Rename(f.file.Name(), filepath.Join(f.root, filepath.FromSlash(name))); err != nil {
		return dataset.File{}, err
	}
	return dataset.File{Path: name, Bytes: f.size, SHA256: sum}, nil
}

// Close closes a file that is given up, also after a Finish that failed.
func (f *File) Close() error {
	if err := f.file.Close(); !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}

// Abandon closes a file and removes it.
func (f *File) Abandon() error { return errors.Join(f.Close(), f.fs.Remove(f.file.Name())) }
