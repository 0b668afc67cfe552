package durable

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// OS is the file system of the operating system.
type OS struct{}

// Create implements [FS].
func (OS) Create(path string, mode fs.FileMode) (File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	// open(2) applies the umask.
	if err := f.Chmod(mode); err != nil && !modesAreFixed(err) {
		f.Close()
		os.Remove(path)
		return nil, err
	}
	return f, nil
}

// Mkdir implements [FS]. A set-group-ID bit inherited from the parent stays: it
// is how a shared dataset keeps its group.
func (OS) Mkdir(path string, mode fs.FileMode) error {
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	if err := (OS{}).Chmod(path, mode); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// Chmod implements [FS].
func (OS) Chmod(path string, mode fs.FileMode) error {
	info, err := os.Lstat(path)
	if err == nil {
		err = os.Chmod(path, mode|info.Mode()&fs.ModeSetgid)
	}
	if modesAreFixed(err) {
		return nil
	}
	return err
}

// modesAreFixed reports whether an error of chmod(2) on what this user created
// means that the mount decides owners and modes: a share whose files belong to one
// user, a file system without modes. The mode is then what the mount makes it.
func modesAreFixed(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EPERM, syscall.EACCES, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// Link implements [FS].
func (OS) Link(old, path string) error { return os.Link(old, path) }

// Symlink implements [FS].
func (OS) Symlink(target, path string) error { return os.Symlink(target, path) }

// Rename implements [FS].
func (OS) Rename(old, path string) error { return os.Rename(old, path) }

// Remove implements [FS].
func (OS) Remove(path string) error { return os.Remove(path) }

// Open implements [FS].
func (OS) Open(path string) (Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // a nil *os.File in a Reader would not be nil
	}
	return f, nil
}

// OpenDir implements [FS]. Some network file systems refuse to sync a folder
// because they never delay the writing of names; Sync then returns nil.
func (OS) OpenDir(path string) (Dir, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return dir{d}, nil
}

type dir struct{ *os.File }

func (d dir) Sync() error {
	err := d.File.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// Stat implements [FS].
func (OS) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

// Lstat implements [FS].
func (OS) Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

// Readlink implements [FS].
func (OS) Readlink(path string) (string, error) { return os.Readlink(path) }
