//go:build cgo

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/output"
)

// page is the FILE of --html: where a report goes as a page.
type page struct {
	name string
	file string // what is replaced, links followed; "": name is written to as it is
}

// openPage says where a page goes, before anything is computed for it: to standard output
// (-), to a device or FIFO, or to a file, which must not be in the folder of the dataset.
func openPage(name, dataset string) (*page, error) {
	if name == "" {
		return nil, exit.Usagef("--html: no file name")
	}
	p := &page{name: name}
	if name == "-" {
		return p, nil
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("write page %s: it is a folder", name)
	case err == nil && !info.Mode().IsRegular():
		return p, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, pageError(name, err)
	}
	if p.file, err = linked(name); err != nil {
		return nil, pageError(name, err)
	}
	inside, err := isBelow(filepath.Dir(p.file), dataset)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("write page %s: no folder %s", name, filepath.Dir(p.file))
	}
	if err != nil {
		return nil, pageError(name, err)
	}
	if inside {
		return nil, exit.Usagef("--html: %s is in the folder of the dataset, which nothing but callmill writes to", name)
	}
	return p, nil
}

// write writes the page: a file is as it was, or whole and new.
func (p *page) write(stdout io.Writer, data []byte) error {
	var err error
	switch {
	case p.name == "-":
		_, err = stdout.Write(data)
		return err // it names standard output
	case p.file != "":
		err = output.Replace(p.file, data)
	default:
		var f *os.File
		if f, err = os.OpenFile(p.name, os.O_WRONLY, 0); err == nil {
			_, err = f.Write(data)
			err = errors.Join(err, f.Close())
		}
	}
	return pageError(p.name, err)
}

// pageError names the file that was asked for in place of the one that failed, which may
// be a temporary one.
func pageError(name string, err error) error {
	if err == nil {
		return nil
	}
	if one, ok := errors.AsType[*fs.PathError](err); ok {
		err = one.Err
	} else if one, ok := errors.AsType[*os.LinkError](err); ok {
		err = one.Err
	}
	return fmt.Errorf("write page %s: %w", name, err)
}

// linked returns what a name stands for: where it is a link, the file that it points to,
// which need not exist.
func linked(name string) (string, error) {
	const most = 40 // links in a row, as Linux has it
	for range most {
		to, err := os.Readlink(name)
		if err != nil {
			return filepath.Abs(name) // not a link, or not there
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		name = to
	}
	return "", errors.New("too many links")
}

// isBelow reports whether a folder is another one, or below it.
func isBelow(folder, other string) (bool, error) {
	top, err := os.Stat(other)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // opening it will say so
	}
	if err != nil {
		return false, err
	}
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return false, err
	}
	for {
		info, err := os.Stat(folder)
		if err != nil {
			return false, err
		}
		if os.SameFile(info, top) {
			return true, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return false, nil
		}
		folder = parent
	}
}
