package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"callmill/schema"
)

// Options say how Files reads and what it notes on each Raw.
type Options struct {
	Instance   string // of the Raws; "" is "default"
	ObservedAt int64  // of the Raws, ms
	Undated    bool   // ObservedAt is only the start of the run

	Stdin io.Reader // read for the argument -; nil is os.Stdin

	// MaxWhole is up to which size, decompressed, an input is one Raw; 0 is
	// 16 MiB.
	MaxWhole int64
	// TempDir is where an input larger than that is kept while it is read,
	// when it cannot be opened twice; "" is the system's.
	TempDir string
	// Except is a folder that is left out where it lies in another one that is
	// read: the dataset the input goes into. "" is none.
	Except string
	// Cut cuts a larger input into pieces. It is needed as soon as there is
	// one.
	Cut Cut
}

// Cut reads one large input and yields pieces of it that read like inputs of
// their own, with Origin, InstanceID, ObservedAt and Undated of base and
// Position counted on from base.Position. open starts the input over; its
// readers end where the input ends, be it torn. A piece, with its Body,
// belongs to yield. Cut ends with the first error of open, of a reader or of
// yield.
type Cut func(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error

const defaultMaxWhole = 16 << 20

func (o Options) withDefaults() Options {
	if o.Instance == "" {
		o.Instance = "default"
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.MaxWhole <= 0 {
		o.MaxWhole = defaultMaxWhole
	}
	return o
}

// Files are inputs in the order in which they are read. They are for one
// goroutine at a time.
type Files struct {
	o    Options
	list []file
	pool pool
}

// file is one input.
type file struct {
	path   string // "-": the standard input
	origin string
	size   int64
}

// Open lists the files behind the arguments. Its errors name the argument and
// what is wrong with it: not there, not readable, a folder without any input.
func Open(args []string, o Options) (*Files, error) {
	if len(args) == 0 {
		return nil, errors.New("no input given")
	}
	f := &Files{o: o.withDefaults()}
	for _, arg := range args {
		if err := f.add(arg); err != nil {
			return nil, fmt.Errorf("input %s: %w", arg, reason(err, arg))
		}
	}
	return f, nil
}

// With gives the same files to be read with other options. Except has had its
// effect.
func (f *Files) With(o Options) *Files { return &Files{list: f.list, o: o.withDefaults()} }

// Total is the number of files and their size on disk; the standard input
// counts as one of size 0.
func (f *Files) Total() (files int, bytes int64) {
	for _, one := range f.list {
		bytes += one.size
	}
	return len(f.list), bytes
}

func (f *Files) add(arg string) error {
	if arg == "-" {
		f.list = append(f.list, file{path: "-", origin: "-"})
		return nil
	}
	info, err := os.Stat(arg)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return f.addFolder(arg)
	}
	if err := readable(arg); err != nil {
		return err
	}
	f.list = append(f.list, file{path: arg, origin: filepath.Base(arg), size: info.Size()})
	return nil
}

// addFolder adds the inputs below a folder. WalkDir goes by name within each
// folder, which is not the order of paths: "a/x" comes before "a-b".
func (f *Files) addFolder(root string) error {
	var found []file
	err := filepath.WalkDir(root+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if relative != "." && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() && relative != "." && sameFolder(path, f.o.Except) {
			return fs.SkipDir
		}
		if entry.IsDir() || !named(entry.Name()) {
			return nil
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		if err := readable(path); err != nil {
			return err
		}
		found = append(found, file{path, filepath.ToSlash(relative), info.Size()})
		return nil
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New("the folder has no file named *.json, *.jsonl or *.xml, nor one of these with .gz or .zst")
	}
	sortByOrigin(found)
	f.list = append(f.list, found...)
	return nil
}

// sameFolder reports whether two paths lead to the same folder; none is "".
func sameFolder(a, b string) bool {
	if b == "" {
		return false
	}
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// named reports whether a file in a folder is an input by its name.
func named(name string) bool {
	name = strings.ToLower(name)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	switch filepath.Ext(name) {
	case ".json", ".jsonl", ".xml":
		return true
	}
	return false
}

// readable reports why a file cannot be opened, so that a run ends before it
// began and not in its middle.
func readable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil // opening a pipe would wait for its other end
	}
	one, err := os.Open(path)
	if err != nil {
		return err
	}
	return one.Close()
}

// reason is err without the operation, and without the path where that is
// named already.
func reason(err error, named string) error {
	pe, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return err
	}
	if pe.Path == named {
		return pe.Err
	}
	return fmt.Errorf("%s: %w", pe.Path, pe.Err)
}
