// Package faulty is a durable.FS that fails where a test tells it to: an
// operation fails without effect or although it was done, the disk dies or
// fills up, or the file system has no links. It also tracks what a power cut
// would lose.
//
// It is for tests only; the program never imports it.
//
// To break every step of a commit, run it once to record the steps, then once
// per step with that step broken:
//
//	steps := run(faulty.New(durable.OS{}, nil)).Steps()
//	for i := range steps {
//		run(faulty.New(durable.OS{}, faulty.Nth(i, faulty.Done)))
//	}
package faulty

import (
	"fmt"
	"io/fs"
	"sync"
	"syscall"

	"callmill/pipeline/internal/durable"
)

// Op is an operation that changes the disk, or Read for all that do not.
type Op string

// The operations of an FS, its files and its folders.
const (
	Create  Op = "create"
	Write   Op = "write"
	Sync    Op = "sync"
	Close   Op = "close"
	Mkdir   Op = "mkdir"
	Chmod   Op = "chmod"
	Link    Op = "link"
	Symlink Op = "symlink"
	Rename  Op = "rename"
	Remove  Op = "remove"
	SyncDir Op = "syncdir"
	Read    Op = "read" // Open, OpenDir, ReadDir, Stat, Lstat, Readlink; not counted as steps
)

// Step is one requested operation.
type Step struct {
	Op   Op
	N    int    // the number of steps before it, also for Read
	Path string // the new path of a link or rename
	Size int    // of a Write, in bytes
}

// String returns a name for the step that fits into the name of a test.
func (s Step) String() string { return fmt.Sprintf("%03d-%s", s.N, s.Op) }

// Effect is what a fault does to a step; the zero value does nothing.
type Effect int

// Effects. A failed Write may have written half of its bytes.
const (
	None Effect = iota // the step is passed on
	Fail               // nothing is done, and an error reported
	Half               // half of a Write is done; otherwise the same as Fail
	Done               // the step is done, and an error reported
)

// Fault decides the effect on a step, and the error reported unless that is
// None. Calls are serialized.
type Fault func(Step) (Effect, error)

// FS is a file system with a fault. It is safe for concurrent use; the order of
// steps is then that of the goroutines.
type FS struct {
	under durable.FS
	fault Fault

	mu       sync.Mutex
	steps    []Step
	unsynced map[string]bool
}

// New returns under with a fault; nil means no fault.
func New(under durable.FS, fault Fault) *FS {
	if fault == nil {
		fault = func(Step) (Effect, error) { return None, nil }
	}
	return &FS{under: under, fault: fault, unsynced: map[string]bool{}}
}

// Steps returns the steps requested so far, including failed ones.
func (f *FS) Steps() []Step {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Step(nil), f.steps...)
}

// ask records a step and asks the fault about it.
func (f *FS) ask(op Op, path string, size int) (Effect, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := Step{Op: op, N: len(f.steps), Path: path, Size: size}
	if op != Read {
		f.steps = append(f.steps, s)
	}
	effect, err := f.fault(s)
	if effect == None {
		return None, nil
	}
	return effect, &fs.PathError{Op: string(op), Path: path, Err: err}
}

// do runs a step that cannot be half done. done updates what a power cut would
// lose, once the step has had its effect.
func (f *FS) do(op Op, path string, run func() error, done func()) error {
	effect, fault := f.ask(op, path, 0)
	if effect == Fail || effect == Half {
		return fault
	}
	if err := run(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	done()
	return fault
}

// Nth breaks step n of a run, counted from 0, with EIO.
func Nth(n int, effect Effect) Fault {
	return func(s Step) (Effect, error) {
		if s.Op != Read && s.N == n {
			return effect, syscall.EIO
		}
		return None, nil
	}
}

// Dead breaks step n and everything after it, including reads: the disk is left
// as kill -9 at that step leaves it. effect applies to step n itself.
func Dead(n int, effect Effect) Fault {
	return func(s Step) (Effect, error) {
		switch {
		case s.N == n && s.Op != Read:
			return effect, syscall.EIO
		case s.N > n:
			return Fail, syscall.EIO
		}
		return None, nil
	}
}

// Every fails all operations of these kinds with errno. A file system without
// links is Every(syscall.EPERM, Link, Symlink), a read-only folder
// Every(syscall.EACCES, Create, Mkdir, …).
func Every(errno syscall.Errno, ops ...Op) Fault {
	return func(s Step) (Effect, error) {
		for _, op := range ops {
			if s.Op == op {
				return Fail, errno
			}
		}
		return None, nil
	}
}

// Full is a disk with room for that many more bytes: half of the Write that does
// not fit is done, and from then on nothing can be created; what exists can
// still be read, renamed and removed.
func Full(room int) Fault {
	full := false
	return func(s Step) (Effect, error) {
		switch s.Op {
		case Write:
			if room -= s.Size; room >= 0 && !full {
				return None, nil
			}
			full = true
			return Half, syscall.ENOSPC
		case Create, Mkdir, Link, Symlink:
			if full {
				return Fail, syscall.ENOSPC
			}
		}
		return None, nil
	}
}
