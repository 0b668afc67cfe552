package durable

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
)

// MkdirAll makes the folder path and those above it that are missing, and
// puts their names on disk. What exists stays as it is; a symbolic link to a
// folder is one.
//
// A crash leaves some of the folders, from above, each empty.
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
	err = fsys.Mkdir(path, mode)
	if errors.Is(err, fs.ErrExist) {
		err = isDir(fsys, path) // made by another run just now, or a dangling link
	}
	if err != nil {
		return err
	}
	return fsys.SyncDir(parent)
}

// isDir gives nil where path leads to a folder.
func isDir(fsys FS, path string) error {
	info, err := fsys.Stat(path)
	if err == nil && !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
	}
	return err
}

// RemoveAll removes path and, where it is a folder, what is in it; links are
// removed, not followed. A path that does not exist is removed already. It
// stops at the first error.
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
		entries, err := fsys.ReadDir(path)
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
