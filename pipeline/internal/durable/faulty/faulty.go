// Package faulty is a durable.FS that breaks where a test says: an operation
// fails without effect or although it was done, the disk dies or fills up, or
// the file system has no links. It also knows what a power cut would take.
//
// It is for tests only and never imported by the program.
//
// To walk every step of a commit, run it once to learn the steps, then once
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

// Op is an operation that changes the disk; reading is one Op for all kinds.
type Op string

// The operations, of a FS and of its files.
const (
	Create  Op = "create"
	Write   Op = "write"
	Sync    Op = "sync"
	Close   Op = "close"
	Mkdir   Op = "mkdir"
	Link    Op = "link"
	Symlink Op = "symlink"
	Rename  Op = "rename"
	Remove  Op = "remove"
	Chmod   Op = "chmod"
	SyncDir Op = "syncdir"
	Read    Op = "read" // Open, ReadDir, Stat, Lstat, Readlink; not counted as steps
)

// Step is one operation that was asked for.
type Step struct {
	Op   Op
	N    int    // how many steps there were before; for Read, too
	Path string // the new path of a link or rename
	Size int    // of a Write, in bytes
}

// String names a step so that it can be part of a test's name.
func (s Step) String() string { return fmt.Sprintf("%03d-%s", s.N, s.Op) }

// Effect is what becomes of a step; the zero value lets it be.
type Effect int

// Effects. A failed Write may have written half of its bytes.
const (
	None Effect = iota // as the file system under it does
	Fail               // nothing is done, and reported failed
	Half               // half of a Write is done; otherwise as Fail
	Done               // it is done, and reported failed
)

// Fault decides about a step. The error is reported where the Effect is not
// None. Faults are called one at a time.
type Fault func(Step) (Effect, error)

// FS is a file system with a fault. Its methods may be called from several
// goroutines; the order of steps is then theirs.
type FS struct {
	under durable.FS
	fault Fault

	mu       sync.Mutex
	steps    []Step
	unsynced map[string]bool
}

// New puts a fault between a test and the file system under; nil is no fault.
func New(under durable.FS, fault Fault) *FS {
	if fault == nil {
		fault = func(Step) (Effect, error) { return None, nil }
	}
	return &FS{under: under, fault: fault, unsynced: map[string]bool{}}
}

// Steps lists the steps asked for so far, failed ones included.
func (f *FS) Steps() []Step {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Step(nil), f.steps...)
}

// ask counts a step and asks the fault about it.
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

// do runs one step of which nothing can be half done. done is told to the
// power-cut bookkeeping once the step has had its effect.
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

// Dead breaks step n and everything after it, reading included: what is on
// the disk then is what a kill -9 at that step leaves. effect is that of step
// n itself.
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

// Every breaks each operation of these kinds, without effect, with errno. A
// file system without links is Every(syscall.EPERM, Link, Symlink), a folder
// that may not be written Every(syscall.EACCES, Create, Mkdir, …).
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

// Full is a disk with room for that many more bytes: the Write that does not
// fit is done by half, and from then on nothing new can be made; what is
// there can still be read, renamed and removed.
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
