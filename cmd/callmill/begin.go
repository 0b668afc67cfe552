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

// begin looks at all that was asked, so that a mistake leaves nothing behind,
// then opens the dataset.
func (j *job) begin(ctx context.Context, env *environment) (*dataset.Dataset, *resolved, error) {
	f := j.flags
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	debug.SetMemoryLimit(int64(f.memory - min(programBytes, f.memory/4)))
	if _, given := os.LookupEnv("GOGC"); !given {
		debug.SetGCPercent(200) // half the collections, 4 % less time, where the limit allows it
	}
	if f.workers == 0 {
		f.workers = runtime.GOMAXPROCS(0)
	}
	var s *resolved
	seen, err := lookAt(f.out)
	if err == nil { // else opening it will say what is wrong
		if s, err = j.check(seen); err != nil {
			return nil, nil, err
		}
	}
	d, err := dataset.Open(ctx, f.out, dataset.Options{
		Memory: int64(f.memory) * 2 / 5, Workers: f.workers, LockWait: f.lockWait, GroupRead: f.groupRead,
		Keep: f.keep, KeepFor: keepAge(f.keepFor), Program: "callmill " + version(), Now: env.time,
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
	if s, err = j.check(d); err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return d, s, nil
}

// check settles on the settings of a run that goes on from what d publishes,
// and changes nothing.
func (j *job) check(d *dataset.Dataset) (*resolved, error) {
	if err := checkKey(d, j.flags.key); err != nil {
		return nil, err
	}
	settle := j.settle
	if settle == nil {
		settle = j.flags.settings.resolve
	}
	s, err := settle(d)
	if err == nil && j.ready != nil {
		err = j.ready(d, s)
	}
	return s, err
}

// lookAt is a dataset for looking only, also where nothing is published yet.
func lookAt(dir string) (*dataset.Dataset, error) {
	d, err := dataset.View(dir)
	if _, gone := os.Stat(dir); errors.Is(err, dataset.ErrEmpty) || errors.Is(gone, fs.ErrNotExist) {
		return dataset.Nothing(dir), nil
	}
	return d, err
}

// publishedIn is the manifest of what a folder publishes, nil where that is
// nothing.
func publishedIn(dir string) *dataset.Manifest {
	d, err := dataset.View(dir)
	if err != nil {
		return nil
	}
	return d.Manifest()
}
