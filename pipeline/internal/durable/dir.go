package durable

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"
)

// ReadDir lists a folder by name.
func ReadDir(fsys FS, path string) ([]fs.DirEntry, error) {
	d, err := fsys.OpenDir(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

// SyncDir puts the names in a folder on disk.
//
// The folder is opened only now. If its inode was evicted from the cache since
// the names were made, and writing it back failed, that error is lost: the names
// may be missing after a crash although SyncDir returned nil. Where the names
// are the commit, open the folder first, as [WriteFile] does.
func SyncDir(fsys FS, path string) error {
	return changeDir(fsys, path, func() error { return nil })
}

// changeDir runs change, which changes names in a folder, and puts them on disk.
//
// The folder is open from before the change until it is synced. An open folder
// stays in the inode cache; one that is evicted takes along the error of a
// failed write-back, and a folder opened later would sync as if nothing had
// happened.
func changeDir(fsys FS, path string, change func() error) error {
	d, err := fsys.OpenDir(path)
	if err != nil {
		return err
	}
	if err = change(); err == nil {
		err = d.Sync()
	}
	return errors.Join(err, d.Close())
}

// MkdirAll creates the folder path and its missing parents, and puts their
// names on disk. What exists is left unchanged; a symbolic link to a folder
// counts as one.
//
// A crash leaves some of the folders, the outer ones first, all empty.
func MkdirAll(fsys FS, path string, mode fs.FileMode) error {
	path = filepath.Clean(path)
	err := isDir(fsys, path)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(path)
	if parent == path {
		return err
	}
	if err := MkdirAll(fsys, parent, mode); err != nil {
		return err
	}
	return changeDir(fsys, parent, func() error {
		err := fsys.Mkdir(path, mode)
		if errors.Is(err, fs.ErrExist) {
			return isDir(fsys, path) // created by another process just now, or a dangling link
		}
		return err
	})
}

// isDir returns nil if path leads to a folder.
func isDir(fsys FS, path string) error {
	info, err := fsys.Stat(path)
	if err == nil && !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
	}
	return err
}

// RemoveAll removes path and, if it is a folder, its content; links are removed,
// not followed. It returns nil if path does not exist, and stops at the first
// error.
//
// A crash leaves a part of the folder: call it again.
func RemoveAll(fsys FS, path string) error {
	info, err := fsys.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		entries, err := ReadDir(fsys, path)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := RemoveAll(fsys, filepath.Join(path, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := fsys.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
