// Package durable is the file layer beneath every commit: the few operations
// that a commit needs, as an interface that tests can break, and the sequences
// of them that survive a crash ([WriteFile], [ReplaceSymlink], [LinkOrCopy],
// [MkdirAll], [RemoveAll]).
//
// It knows nothing of datasets, takes no locks and keeps no state. The order
// that turns several files into one commit is up to its callers.
//
// It relies on POSIX as Linux file systems implement it: a rename within a file
// system is atomic; the bytes of a file are on disk once its Sync has returned
// nil, its name once the Sync of its folder has; and after a failed Sync the
// state of the bytes is unknown, so the file is abandoned and never synced again
// (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
// 2020).
//
// What it cannot promise: a disk that acknowledges a flush and loses the data,
// and a file system that cannot sync folders ([OS.OpenDir]), may undo what was
// reported as done. A failed sync of a folder is reported, but readers may have
// seen the new name by then, and a crash may bring the old one back.
package durable

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"syscall"
)

// FS is a file system as a commit uses it. Paths are those of package os, and
// so are errors: they name operation, path and reason, and errors.Is finds
// fs.ErrNotExist and the syscall.Errno in them.
//
// An error does not mean that nothing happened: a rename may be done and
// reported as failed. Callers check instead of assuming.
//
// Modes are exact: neither the umask nor defaults of the file system change
// them. Only a mount that decides modes itself gives its own; Stat tells.
// Implementations are safe for concurrent use.
type FS interface {
	// Create creates a file that must not exist and opens it for writing.
	Create(path string, mode fs.FileMode) (File, error)
	// Mkdir creates a folder that must not exist; its parent must.
	Mkdir(path string, mode fs.FileMode) error
	// Link creates the hard link path to the file old.
	Link(old, path string) error
	// Symlink creates the symbolic link path to target.
	Symlink(target, path string) error
	// Rename moves old to path, replacing what exists there.
	Rename(old, path string) error
	// Chmod sets the mode of a file or a folder; a set-group-ID bit stays.
	Chmod(path string, mode fs.FileMode) error
	// Remove removes a file, a link or an empty folder.
	Remove(path string) error

	// Open opens a file for reading.
	Open(path string) (Reader, error)
	// OpenDir opens a folder to list or sync it.
	OpenDir(path string) (Dir, error)
	// Stat describes the file that path leads to, Lstat path itself.
	Stat(path string) (fs.FileInfo, error)
	Lstat(path string) (fs.FileInfo, error)
	// Readlink returns the target of a symbolic link.
	Readlink(path string) (string, error)
	// Free returns how many bytes this user may still write to the file system of
	// a folder. A quota may allow less. The error is [errors.ErrUnsupported] where
	// the file system does not tell.
	Free(path string) (int64, error)
}

// File is a file being written, without a buffer. Not safe for concurrent use.
type File interface {
	io.Writer
	// Name is the path the file was created with.
	Name() string
	// Sync puts the bytes written so far on disk. After an error the file is
	// lost: close it, remove it and write another.
	Sync() error
	// Close closes the file without syncing it.
	Close() error
}

// Reader is a file being read. ReadAt is safe for concurrent use.
type Reader interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
	Stat() (fs.FileInfo, error)
}

// Dir is an open folder. Not safe for concurrent use.
type Dir interface {
	// ReadDir lists the folder if n <= 0, or else up to n more of its entries,
	// in no particular order.
	ReadDir(n int) ([]fs.DirEntry, error)
	// Sync puts the names in the folder on disk: what was created in it, moved
	// into it, out of it or removed from it. It reports write errors since the
	// folder was opened; those of before may be lost.
	Sync() error
	Close() error
}

// ReadFile reads a whole file.
func ReadFile(fsys FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// Unsupported reports whether err means that the file system lacks the
// operation: hard links or symbolic links where there are none, links between
// file systems, or too many links to one file. Callers then do without.
//
// EPERM is what link(2) and symlink(2) return in that case; it is also what
// Linux returns for links to another user's files (fs.protected_hardlinks),
// where doing without is right as well.
func Unsupported(err error) bool {
	lacking := []syscall.Errno{syscall.EPERM, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EXDEV, syscall.EMLINK}
	return slices.ContainsFunc(lacking, func(errno syscall.Errno) bool { return errors.Is(err, errno) })
}
