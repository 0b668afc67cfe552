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

// tempName returns a new name in the folder of path: only a rename within a
// file system is atomic.
func tempName(path string) string {
	dir, base := filepath.Split(path)
	return dir + "." + base + "." + rand.Text() + ".tmp"
}

// temporary matches the names that tempName returns, and hardly any other.
var temporary = regexp.MustCompile(`^\..+\.[A-Z2-7]{26,}\.tmp$`)

// IsTemp reports whether name is that of a leftover of [WriteFile] or
// [ReplaceSymlink]. The only writer of a folder may remove those in it.
func IsTemp(name string) bool { return temporary.MatchString(name) }

// WriteFile writes data to path atomically and durably: path holds either what
// it held before or all of data. After an error it may be either; a leftover
// that could not be removed is one that [IsTemp] recognises.
//
// The system calls, in this order:
//
//	openat("DIR", O_RDONLY) = 3
//	openat("DIR/.BASE.RANDOM.tmp", O_WRONLY|O_CREAT|O_EXCL) = 4
//	fchmod(4, MODE)
//	write(4, DATA)
//	fsync(4)
//	close(4)
//	renameat("DIR/.BASE.RANDOM.tmp", "DIR/BASE")
//	fsync(3)
//	close(3)
//
// It does not sync the parents of DIR: [MkdirAll] did when it created them.
func WriteFile(fsys FS, path string, data []byte, mode fs.FileMode) error {
	return replace(fsys, path, func(temp string) error {
		return writeNew(fsys, temp, mode, func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
	})
}

// ReplaceSymlink makes path a symbolic link to target and replaces an existing
// one atomically: a reader sees the old or the new link, never none. After an
// error it may be either.
func ReplaceSymlink(fsys FS, target, path string) error {
	return replace(fsys, path, func(temp string) error { return fsys.Symlink(target, temp) })
}

// replace has create make a temporary file or link and gives it the name path.
func replace(fsys FS, path string, create func(temp string) error) error {
	temp := tempName(path)
	err := ChangeDir(fsys, filepath.Dir(path), func() error {
		err := create(temp)
		// A crash until here leaves path as it was and the temporary file, empty,
		// incomplete or whole.
		if err == nil {
			err = fsys.Rename(temp, path)
			// A crash here leaves the old or the new path, depending on the file
			// system: the rename may not be on disk yet. There is no third state.
		}
		if err == nil {
			return nil
		}
		// A failed operation may still have created temp, and a rename reported
		// as failed may have moved it: then there is nothing to remove.
		if e := fsys.Remove(temp); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
		return err
	})
	// A crash after this leaves the new path.
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// LinkOrCopy makes path a hard link to old, or a synced copy of it with the
// given mode where the file system has no hard links, and reports which. path
// must not exist; its name is on disk once the caller has synced its folder.
//
// After an error, or a crash, path may exist and may be incomplete.
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

// writeNew creates path, fills it with write, syncs and closes it. It returns
// the first error: later ones follow from it.
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
