package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"golang.org/x/term"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/decode"
	"callmill/pipeline/flatten"
	"callmill/pipeline/progress"
	"callmill/pipeline/redact"
)

// job is one run as a command asks for it: where the input comes from is the
// only thing in which commands that publish differ.
type job struct {
	command string
	flags   *runFlags
	// open opens the input. It is called when the dataset is, so that a wrong
	// folder does not cost reading.
	open func(run dataset.Run) (source, error)
}

// source is input whose size is known.
type source interface {
	pipeline.Source
	Total() (files int, bytes int64)
}

// execute is the program: open the dataset, settle on its settings, put the
// line together, run it, say what happened.
func (j *job) execute(ctx context.Context, env *environment) (err error) {
	f := j.flags
	if err := f.check(); err != nil {
		return err
	}
	debug.SetMemoryLimit(int64(f.memory))
	show, err := progress.New(f.progress, env.stderr, isTerminal(env.stderr), progress.Options{})
	if err != nil {
		return &usageError{err}
	}
	if f.workers == 0 {
		f.workers = runtime.GOMAXPROCS(0)
	}
	d, err := dataset.Open(ctx, f.out, dataset.Options{
		Memory: int64(f.memory) * 2 / 5, Workers: f.workers, LockWait: f.lockWait, GroupRead: f.groupRead,
		Keep: f.keep, KeepFor: f.keepFor, Program: "callmill " + version(),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	r := newReport(j.command, d.NewRun())
	err = j.publish(ctx, d, r, show)
	show.Done()
	r.finish(err)
	if writeErr := d.WriteRun(r.run, r); writeErr != nil {
		err = errors.Join(err, writeErr)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(env.stdout, r.lastLine())
	return r.verdict(f)
}

// publish runs the line.
func (j *job) publish(ctx context.Context, d *dataset.Dataset, r *report, show *progress.Progress) (err error) {
	key, err := d.Key(j.flags.key)
	if err != nil {
		return err
	}
	s, err := j.flags.settings.resolve(d, key)
	if err != nil {
		return err
	}
	if err := d.KeepDictionaries(s.dicts); err != nil {
		return err
	}
	input, err := j.open(r.run)
	if err != nil {
		return err
	}
	tx, err := d.Begin(ctx, r.run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Close()) }()
	_, bytes := input.Total()
	show.Start("reading", bytes, progress.Bytes)
	out := &snapshot{Tx: tx, extent: s.extent(d)}
	r.Read, err = pipeline.Run(ctx, pipeline.Line{
		Source:    input,
		Decoder:   func() pipeline.Decoder { return decode.New(decode.Options{}) },
		Redactor:  func() pipeline.Redactor { return redact.New(key) },
		Flattener: func() pipeline.Flattener { return flatten.New(s.location, s.words) },
		Dataset:   out,
		Observer:  &observer{show},
		Workers:   j.flags.workers,
	})
	if err != nil {
		return err
	}
	r.Published = out.published
	r.Pruned, err = d.Prune()
	return err
}

// extent is what the snapshot says of itself besides its tables.
func (s *resolved) extent(d *dataset.Dataset) dataset.Extent {
	e := dataset.Extent{Settings: s.settings}
	if m := d.Manifest(); m != nil {
		e.Covered, e.Pending = m.Covered, m.Pending
	}
	return e
}

// snapshot is a dataset's transaction as the pipeline knows it.
type snapshot struct {
	*dataset.Tx
	extent    dataset.Extent
	published *dataset.Published
}

func (s *snapshot) Appender() pipeline.Appender { return s.Tx.Appender() }

func (s *snapshot) Publish(ctx context.Context) (err error) {
	s.published, err = s.Tx.Publish(ctx, s.extent)
	return err
}

// observer shows the line's progress.
type observer struct{ show *progress.Progress }

func (o *observer) Read(bytes, jobs, turns, rejects int64) {
	o.show.Count(progress.Jobs, jobs)
	o.show.Count(progress.Turns, turns)
	o.show.Count(progress.Rejects, rejects)
	o.show.Add(bytes)
}

func (o *observer) Writing(n int) { o.show.Start("writing", int64(n), "shards") }
func (o *observer) Wrote()        { o.show.Add(1) }

// isTerminal reports whether a stream shows to a person.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

var _ pipeline.Dataset = (*snapshot)(nil)
