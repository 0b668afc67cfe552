package dataset

import (
	"errors"
	"io/fs"
	"path/filepath"

	"callmill/pipeline/internal/durable"
)

// Access is who may read the tables and the files of runs besides their owner. The
// key, raw/ and the lock are the owner's in any case.
//
// It is a setting of the dataset, and lies in the mode of its folder snapshots: what
// no rollback changes, and what a change sets in one step.
type Access int

// The kinds of access.
const (
	AccessKept  Access = iota // what the dataset has; of a new one that is AccessOwner
	AccessOwner               // the owner only
	AccessGroup               // the group, too
)

// groupBits are what a folder's mode has where the group may read it.
const groupBits fs.FileMode = 0o050

// findAccess finds out what new folders and files are to be.
func (d *Dataset) findAccess() {
	d.group = d.options.Access == AccessGroup
	if d.options.Access == AccessKept {
		info, err := d.fs.Stat(d.Path(SnapshotsDir))
		d.group = err == nil && info.Mode()&groupBits == groupBits
	}
}

// setAccess gives what is there the access that the options ask for, where they ask.
// The folder snapshots is opened to the group last and closed to it first, so that a
// crash leaves the former setting, or nothing that the group can reach.
func (d *Dataset) setAccess() error {
	if d.options.Access == AccessKept {
		return nil
	}
	names := []string{runsDir, dictDir, latestText, formerText, SnapshotsDir}
	if !d.group {
		names = []string{SnapshotsDir, runsDir, dictDir, latestText, formerText}
	}
	for _, name := range names {
		if err := d.setMode(d.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return d.setOwnMode()
}

// setMode sets the mode of a file, or of a folder and all in it. Links are left
// alone.
func (d *Dataset) setMode(path string) error {
	info, err := d.fs.Lstat(path)
	if err != nil {
		return err
	}
	switch {
	case info.Mode().IsRegular():
		return d.chmod(path, info, d.FileMode())
	case !info.IsDir():
		return nil
	}
	if !d.group {
		if err := d.chmod(path, info, d.DirMode()); err != nil {
			return err
		}
	}
	entries, err := durable.ReadDir(d.fs, path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := d.setMode(filepath.Join(path, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if d.group {
		return d.chmod(path, info, d.DirMode())
	}
	return nil
}

// setOwnMode sets the mode of the dataset's folder. It may have been made by others,
// with a mode of their own: that is only ever given what it lacks.
func (d *Dataset) setOwnMode() error {
	info, err := d.fs.Stat(d.dir)
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	switch {
	case d.group:
		return d.chmod(d.dir, info, mode|groupBits)
	case mode == 0o750: // as it was made for the group
		return d.chmod(d.dir, info, 0o700)
	}
	return nil
}

func (d *Dataset) chmod(path string, info fs.FileInfo, mode fs.FileMode) error {
	if info.Mode().Perm() == mode {
		return nil
	}
	return d.fs.Chmod(path, mode)
}
