// Package durable is the file layer beneath every commit: the few operations
// a commit needs, as an interface that tests can break, and the sequences of
// them that survive a crash ([WriteFile], [ReplaceSymlink], [LinkOrCopy],
// [MkdirAll], [RemoveAll]).
//
// It knows nothing of datasets, takes no locks and keeps no state. What order
// makes a commit of several files is its caller's to decide.
//
// The rules it builds on are those of POSIX as Linux file systems keep them:
// a rename within a file system is atomic; the bytes of a file are on disk
// when its Sync has returned nil, its name when the Sync of its folder has;
// and after a failed Sync nothing is known of the bytes, so the file is given
// up and never synced again (Rebello et al., "Can Applications Recover from
// fsync Failures?", USENIX ATC 2020).
package durable

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// FS is a file system as a commit uses it. Paths are those of package os.
// Errors are those of package os, too: they name operation, path and reason,
// and errors.Is finds fs.ErrNotExist and the syscall.Errno in them.
//
// An error does not say that nothing happened: a rename may be done and
// reported as failed. Callers look again instead of assuming.
//
// Modes are exact: neither umask nor the file system's defaults change them.
// Its methods may be called from several goroutines.
type FS interface {
	// Create makes a file that must not exist and opens it for writing.
	Create(path string, mode fs.FileMode) (File, error)
	// Mkdir makes a folder that must not exist; its parent must.
	Mkdir(path string, mode fs.FileMode) error
	// Link makes the hard link path to the file old.
	Link(old, path string) error
	// Symlink makes the symbolic link path, which reads target.
	Symlink(target, path string) error
	// Rename moves old to path, replacing what is there.
	Rename(old, path string) error
	// Remove removes a file, a link or an empty folder.
	Remove(path string) error
	// Chmod sets the mode of a file or folder.
	Chmod(path string, mode fs.FileMode) error
	// SyncDir puts the names in a folder on disk: what was created in it,
	// moved into it, out of it or removed from it.
	SyncDir(path string) error

	// Open opens a file for reading.
	Open(path string) (Reader, error)
	// ReadDir lists a folder by name.
	ReadDir(path string) ([]fs.DirEntry, error)
	// Stat describes what path leads to, Lstat path itself.
	Stat(path string) (fs.FileInfo, error)
	Lstat(path string) (fs.FileInfo, error)
	// Readlink gives what a symbolic link reads.
	Readlink(path string) (string, error)
}

// File is a file being written. It is not buffered and is for one goroutine.
type File interface {
	io.Writer
	// Name is the path the file was created with.
	Name() string
	// Sync puts the bytes written so far on disk. After an error the file is
	// lost: close it, remove it and write another.
	Sync() error
	// Close ends the writing; it does not sync.
	Close() error
}

// Reader is a file being read. ReadAt may be called from several goroutines.
type Reader interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
	Stat() (fs.FileInfo, error)
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

// Unsupported reports whether err says that the file system has no such
// operation: hard links or symbolic links where there are none, links between
// file systems, or too many links to one file. The answer is to do without.
//
// EPERM is what link(2) and symlink(2) return there; it is also what Linux
// returns for links to another user's files (fs.protected_hardlinks), where
// doing without is right as well.
func Unsupported(err error) bool {
	for _, errno := range []syscall.Errno{
		syscall.EPERM, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EXDEV, syscall.EMLINK,
	} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
