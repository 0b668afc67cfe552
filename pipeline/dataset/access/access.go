// Package access sets which folders and files of a dataset the group may read. It
// does not know which ones a dataset has, nor what must stay private.
package access

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"callmill/pipeline/internal/durable"
)

// Access is who may read something besides its owner.
type Access int

// The kinds of access.
const (
	Kept  Access = iota // as it is; of what is new, Owner
	Owner               // the owner only
	Group               // the group, too
)

// groupBits are what a folder's mode has where the group may read it.
const groupBits fs.FileMode = 0o050

// DirMode is the mode of folders.
func (a Access) DirMode() fs.FileMode {
	if a == Group {
		return 0o750
	}
	return 0o700
}

// FileMode is the mode of files.
func (a Access) FileMode() fs.FileMode {
	if a == Group {
		return 0o640
	}
	return 0o600
}

// Or returns what a asks for, Owner or Group: for Kept what the mode of a folder
// says.
func (a Access) Or(fsys durable.FS, folder string) Access {
	if a != Kept {
		return a
	}
	if info, err := fsys.Stat(folder); err == nil && info.Mode()&groupBits == groupBits {
		return Group
	}
	return Owner
}

// Set gives what lies in the folder dir by some names, and all in it, the access a.
// The first of the names is opened to the group last and closed to it first: where
// its mode is what tells the access, a crash leaves the former one, or the new one
// with a part that the group cannot reach yet. Links are left alone.
func Set(fsys durable.FS, a Access, dir string, names ...string) error {
	if a == Group {
		slices.Reverse(names)
	}
	for _, name := range names {
		if err := set(fsys, a, filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// The folder itself may have been made by others, with a mode of their own: that
	// is only given what it lacks.
	info, err := fsys.Stat(dir)
	switch {
	case err != nil:
		return err
	case a == Group:
		return chmod(fsys, dir, info, info.Mode().Perm()|groupBits)
	case info.Mode().Perm() == Group.DirMode():
		return chmod(fsys, dir, info, a.DirMode())
	}
	return nil
}

// set sets the mode of a file, or of a folder and all in it.
func set(fsys durable.FS, a Access, path string) error {
	info, err := fsys.Lstat(path)
	switch {
	case err != nil:
		return err
	case info.Mode().IsRegular():
		return chmod(fsys, path, info, a.FileMode())
	case !info.IsDir():
		return nil
	}
	if a != Group {
		if err := chmod(fsys, path, info, a.DirMode()); err != nil {
			return err
		}
	}
	entries, err := durable.ReadDir(fsys, path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := set(fsys, a, filepath.Join(path, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if a == Group {
		return chmod(fsys, path, info, a.DirMode())
	}
	return nil
}

func chmod(fsys durable.FS, path string, info fs.FileInfo, mode fs.FileMode) error {
	if info.Mode().Perm() == mode {
		return nil
	}
	return fsys.Chmod(path, mode)
}
