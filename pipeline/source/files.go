package source

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"callmill/schema"
)

// Options of [Files].
type Options struct {
	Instance   string // of the Raws; "" where only raw lines say theirs
	ObservedAt int64  // of the Raws, ms
	Undated    bool   // ObservedAt is only the start of the run

	Stdin io.Reader // read for the argument -; nil means os.Stdin

	// MaxWhole is the size, decompressed, up to which an input is one Raw; 0
	// means 16 MiB.
	MaxWhole int64
	// TempDir is the folder for a temporary copy of standard input larger than
	// MaxWhole, which cannot be opened twice; "" means the system's.
	TempDir string
	// Except is a folder that is skipped inside folders that are read: the
	// dataset the input goes into. "" means none.
	Except string
	// Cut splits a larger input into pieces. Without it such an input is an
	// error.
	Cut Cut
}

// Cut reads one large input and yields pieces of it that read like inputs of
// their own, with Origin, InstanceID, ObservedAt and Undated of base and
// Position counted on from base.Position. open opens the input from its start;
// the content of a damaged archive ends at the damage. yield owns the piece and
// its Body. Cut returns the first error of open, of a reader or of yield.
type Cut func(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error

func (o Options) withDefaults() Options {
	o.MaxWhole = cmp.Or(max(o.MaxWhole, 0), 16<<20)
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	return o
}

// Files are inputs in reading order. Not safe for concurrent use.
type Files struct {
	o      Options
	list   []file
	passed PassedOver
	pool   sync.Pool // of *[]byte: bodies that were released
}

// file is one input.
type file struct {
	path   string // "-": standard input
	origin string
	size   int64
	held   *Stored // not nil: it is in memory
}

// Open lists the files that the arguments stand for. Its errors name the
// argument and the reason: not found, not readable, a folder without inputs.
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

// With returns the same files with other options. Except is ignored: the files
// are listed already.
func (f *Files) With(o Options) *Files {
	return &Files{list: f.list, passed: f.passed, o: o.withDefaults()}
}

// PassedOver are files in folders that are no inputs by their names. Hidden ones are
// not among them.
type PassedOver struct {
	Files int      `json:"files"`
	Paths []string `json:"paths"` // of some, relative to the argument
}

// PassedOver returns what was not listed.
func (f *Files) PassedOver() PassedOver { return f.passed }

func (p *PassedOver) add(path string) {
	const most = 50
	if p.Files++; len(p.Paths) < most {
		p.Paths = append(p.Paths, path)
	}
}

// Total returns the number of files and their size on disk; standard input
// counts as one file of size 0.
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
	info, err := inspect(arg)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return f.addFolder(arg)
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
		switch hidden := relative != "." && strings.HasPrefix(entry.Name(), "."); {
		case err != nil:
			return err
		case entry.IsDir() && relative != "." && (hidden || sameFolder(path, f.o.Except)):
			return fs.SkipDir
		case entry.IsDir() || hidden:
			return nil
		case !named(entry.Name()):
			f.passed.add(filepath.ToSlash(relative))
			return nil
		}
		info, err := inspect(path)
		if err == nil && info.Mode().IsRegular() {
			found = append(found, file{path: path, origin: filepath.ToSlash(relative), size: info.Size()})
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return errors.New("the folder has no file named *.json, *.jsonl or *.xml, nor one of these with .gz or .zst")
	}
	slices.SortFunc(found, func(a, b file) int { return cmp.Compare(a.origin, b.origin) })
	f.list = append(f.list, found...)
	return nil
}

// sameFolder reports whether two paths lead to the same folder. b may be "".
func sameFolder(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// named reports whether a name in a folder is that of an input.
func named(name string) bool {
	name = strings.ToLower(name)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	switch filepath.Ext(name) {
	case ".json", ".jsonl", ".xml":
		return true
	}
	return false
}

// inspect describes a file, and fails if it cannot be opened: a run then fails at
// its start and not halfway.
func inspect(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return info, err // opening a pipe would block until it has a writer
	}
	one, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return info, one.Close()
}

// reason is err without its operation, and without its path where the caller
// names that.
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
