package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"

	"callmill/pipeline/dataset"
)

// begin checks everything that was asked for, so that a usage error leaves
// nothing behind, then opens the dataset.
func (o *operation) begin(ctx context.Context) (*dataset.Dataset, *resolved, error) {
	f := o.flags
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	debug.SetMemoryLimit(int64(f.memory - min(programBytes, f.memory/4)))
	if _, given := os.LookupEnv("GOGC"); !given {
		debug.SetGCPercent(200) // half the collections, 4 % less time, as long as the limit allows it
	}
	if f.workers == 0 {
		f.workers = runtime.GOMAXPROCS(0)
	}
	var s *resolved
	seen, err := lookAt(f.out)
	if err == nil { // else opening it returns the error
		if s, err = o.check(seen); err != nil {
			return nil, nil, err
		}
	}
	d, err := dataset.Open(ctx, f.out, dataset.Options{
		LockWait: f.lockWait, GroupRead: f.groupRead, Keep: f.keep, KeepFor: keepAge(f.keepFor),
	})
	if errors.Is(err, dataset.ErrLocked) {
		err = &hintError{err, "wait for it with --lock-wait 10m"}
	}
	if err != nil {
		return nil, nil, err
	}
	if s != nil && d.Name() == seen.Name() {
		return d, s, nil
	}
	// Another run published while this one waited for the dataset.
	if s, err = o.check(d); err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return d, s, nil
}

// check returns the settings of a run that goes on from what d publishes, and
// changes nothing.
func (o *operation) check(d *dataset.Dataset) (*resolved, error) {
	if err := checkKey(d, o.flags.key); err != nil {
		return nil, err
	}
	return o.settle(d)
}

// lookAt returns a view of a dataset, also where nothing is published yet.
func lookAt(dir string) (*dataset.Dataset, error) {
	d, err := dataset.View(dir)
	if _, gone := os.Stat(dir); errors.Is(err, dataset.ErrEmpty) || errors.Is(gone, fs.ErrNotExist) {
		return dataset.Nothing(dir), nil
	}
	return d, err
}

// publishedIn returns the manifest of the snapshot that a folder publishes, nil
// for none.
func publishedIn(dir string) *dataset.Manifest {
	d, err := dataset.View(dir)
	if err != nil {
		return nil
	}
	return d.Manifest()
}
