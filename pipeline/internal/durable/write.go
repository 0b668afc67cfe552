package durable

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
)

// tempName is a fresh name for what will become path, in the same folder,
// because only a rename within a file system is atomic.
func tempName(path string) string {
	dir, base := filepath.Split(path)
	return dir + "." + base + "." + rand.Text() + ".tmp"
}

// temporary are the names that tempName gives, and hardly anybody else.
var temporary = regexp.MustCompile(`^\..+\.[A-Z2-7]{26,}\.tmp$`)

// IsTemp reports whether a file of this name is a leftover of [WriteFile] or
// [ReplaceSymlink]: it may be removed by whoever is the folder's only writer.
func IsTemp(name string) bool { return temporary.MatchString(name) }

// WriteFile puts data at path, whole or not at all, and on disk: whatever
// happens, path is either what it was or the whole of data. After an error it
// may be either; a leftover that could not be removed is one [IsTemp] knows.
//
// The system calls, in this order:
//
//	openat("DIR/.BASE.RANDOM.tmp", O_WRONLY|O_CREAT|O_EXCL) = 3
//	fchmod(3, MODE)
//	write(3, DATA)
//	fsync(3)
//	close(3)
//	renameat("DIR/.BASE.RANDOM.tmp", "DIR/BASE")
//	openat("DIR", O_RDONLY) = 3
//	fsync(3)
//	close(3)
func WriteFile(fsys FS, path string, data []byte, mode fs.FileMode) error {
	temp := tempName(path)
	err := writeNew(fsys, temp, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	// A crash until here leaves path as it was and a temporary file, empty,
	// cut short or whole.
	return commit(fsys, temp, path, err)
}

// ReplaceSymlink makes path a symbolic link that reads target, replacing the
// link that is there in one step: a reader sees the old or the new one, never
// none. After an error it may be either.
func ReplaceSymlink(fsys FS, target, path string) error {
	temp := tempName(path)
	err := fsys.Symlink(target, temp)
	// A crash until here leaves path as it was and a stray link.
	return commit(fsys, temp, path, err)
}

// commit gives temp its final name, unless making it failed with err.
func commit(fsys FS, temp, path string, err error) error {
	if err == nil {
		err = fsys.Rename(temp, path)
		// A crash here leaves the old or the new path, as the file system
		// pleases: the rename may not be on disk yet. There is no third state.
	}
	if err != nil {
		// Even a failed operation may have made temp, and a rename that is
		// only said to have failed has taken it away: then this finds nothing.
		if e := fsys.Remove(temp); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	// A crash after this leaves the new path.
	if err := fsys.SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// LinkOrCopy makes path the same file as old, or where the file system has no
// hard links a copy of it with the given mode, synced. linked says which. path
// must not exist; its name is on disk once the caller has synced its folder.
//
// After an error, or a crash, path may exist and may be cut short.
func LinkOrCopy(fsys FS, old, path string, mode fs.FileMode) (linked bool, err error) {
	err = fsys.Link(old, path)
	if err == nil || !Unsupported(err) {
		return err == nil, err
	}
	src, err := fsys.Open(old)
	if err != nil {
		return false, err
	}
	defer src.Close()
	return false, writeNew(fsys, path, mode, func(w io.Writer) error {
		_, err := io.Copy(w, src)
		return err
	})
}

// writeNew creates path, has write fill it, syncs and closes it. The first
// error counts: those after it follow from it.
func writeNew(fsys FS, path string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := fsys.Create(path, mode)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
