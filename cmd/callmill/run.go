package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"golang.org/x/term"

	"callmill/pipeline"
	"callmill/pipeline/callapi"
	"callmill/pipeline/dataset"
	"callmill/pipeline/decode"
	"callmill/pipeline/flatten"
	"callmill/pipeline/progress"
	"callmill/pipeline/redact"
)

// job is one run as a command asks for it.
type job struct {
	command string
	flags   *runFlags
	// settle finds the settings of the run; nil: those of a run that adds to
	// the dataset.
	settle func(d *dataset.Dataset, key []byte) (*resolved, error)
	// open opens the input. It is called when the dataset is, so that a wrong
	// folder does not cost reading.
	open func(ctx context.Context, d *dataset.Dataset, s *resolved, r *report) (*input, error)
	// finish completes the report and says why a run that published must not
	// pass for a clean one. It is called after a failure, too; nil: nothing.
	finish func(r *report, m *dataset.Manifest) error
}

// input is where the line begins.
type input struct {
	source  pipeline.Source
	bytes   int64 // to be read, 0 where that is not known
	decoder func() pipeline.Decoder
	// found, where not nil, is how many jobs there are to read, known so far:
	// then progress is in jobs.
	found func() int64
	tx    *dataset.Tx
	// appender, where not nil, stands between the line and the dataset.
	appender func(*dataset.Appender) pipeline.Appender
	// before is called when all is read and nothing is decided yet, extend to
	// add to what the snapshot says of itself, close at the end; nil: nothing.
	before func()
	extend func(*dataset.Extent)
	close  func() error
}

// responses is input that decode understands, added to the published snapshot.
func responses(ctx context.Context, d *dataset.Dataset, run dataset.Run, source pipeline.Source, bytes int64) (*input, error) {
	tx, err := d.Begin(ctx, run)
	return &input{
		source: source, bytes: bytes, tx: tx,
		decoder: newDecoder,
	}, err
}

// newDecoder reads responses, and what else a pull keeps.
func newDecoder() pipeline.Decoder { return decode.New(decode.Options{Groups: callapi.Groups}) }

// programBytes is what a run has in memory besides what Go manages: the parts
// of the binary it touches, code and the dictionary.
const programBytes = 48 << 20

// execute is the program: open the dataset, settle on its settings, put the
// line together, run it, say what happened.
func (j *job) execute(ctx context.Context, env *environment) (err error) {
	f := j.flags
	if err := f.check(); err != nil {
		return err
	}
	debug.SetMemoryLimit(int64(f.memory - min(programBytes, f.memory/4)))
	show, err := progress.New(f.progress, env.stderr, isTerminal(env.stderr), progress.Options{})
	if err != nil {
		return &usageError{err}
	}
	if f.workers == 0 {
		f.workers = runtime.GOMAXPROCS(0)
	}
	d, err := dataset.Open(ctx, f.out, dataset.Options{
		Memory: int64(f.memory) * 2 / 5, Workers: f.workers, LockWait: f.lockWait, GroupRead: f.groupRead,
		Keep: f.keep, KeepFor: keepAge(f.keepFor), Program: "callmill " + version(),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	r := newReport(j.command, d.NewRun())
	err = j.publish(ctx, d, r, show)
	show.Done()
	r.finish(err)
	var unclean error
	if j.finish != nil {
		unclean = j.finish(r, d.Manifest())
	}
	err = errors.Join(err, d.WriteRun(r.run, r))
	if f.metricsFile != "" {
		err = errors.Join(err, writeMetrics(f.metricsFile, r, d.Manifest()))
	}
	if r.Published == nil {
		return err
	}
	fmt.Fprintln(env.stdout, r.lastLine())
	if err != nil {
		// What failed came after the commit: the run must not pass for one that
		// published nothing.
		return &publishedError{err.Error()}
	}
	return cmp.Or(r.verdict(f), unclean)
}

// publish runs the line.
func (j *job) publish(ctx context.Context, d *dataset.Dataset, r *report, show *progress.Progress) (err error) {
	key, err := d.Key(j.flags.key)
	if err != nil {
		return err
	}
	settle := j.settle
	if settle == nil {
		settle = j.flags.settings.resolve
	}
	s, err := settle(d, key)
	if err != nil {
		return err
	}
	if err := d.KeepDictionaries(s.dicts); err != nil {
		return err
	}
	in, err := j.open(ctx, d, s, r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.tx.Close()) }()
	if in.found != nil {
		show.Start("fetching", 0, "jobs")
	} else {
		show.Start("reading", in.bytes, progress.Bytes)
	}
	out := &snapshot{input: in, Tx: in.tx, extent: s.extent(d)}
	r.Read, err = pipeline.Run(ctx, pipeline.Line{
		Source:    in.source,
		Decoder:   in.decoder,
		Redactor:  func() pipeline.Redactor { return redact.New(key) },
		Flattener: func() pipeline.Flattener { return flatten.New(s.location, s.words) },
		Dataset:   out,
		Observer:  &observer{show: show, found: in.found},
		Workers:   j.flags.workers,
	})
	r.Published = out.published
	if in.close != nil {
		err = errors.Join(err, in.close())
	}
	if err != nil {
		return err
	}
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
	input     *input
	extent    dataset.Extent
	published *dataset.Published
}

func (s *snapshot) Appender() pipeline.Appender {
	if s.input.appender != nil {
		return s.input.appender(s.Tx.Appender())
	}
	return s.Tx.Appender()
}

func (s *snapshot) Plan(ctx context.Context) (units int, err error) {
	if s.input.before != nil {
		s.input.before()
	}
	return s.Tx.Plan(ctx)
}

func (s *snapshot) Publish(ctx context.Context) (err error) {
	if s.input.extend != nil {
		s.input.extend(&s.extent)
	}
	s.published, err = s.Tx.Publish(ctx, s.extent)
	return err
}

// observer shows the line's progress.
type observer struct {
	show  *progress.Progress
	found func() int64
	known atomic.Int64 // of found, shown so far
}

func (o *observer) Read(bytes, jobs, turns, rejects int64) {
	o.show.Count(progress.Jobs, jobs)
	o.show.Count(progress.Turns, turns)
	o.show.Count(progress.Rejects, rejects)
	if o.found == nil {
		o.show.Add(bytes)
		return
	}
	found := o.found()
	o.show.Grow(found - o.known.Swap(found))
	o.show.Add(jobs + rejects)
}

func (o *observer) Writing(n int) { o.show.Start("writing", int64(n), "shards") }
func (o *observer) Wrote()        { o.show.Add(1) }

// isTerminal reports whether a stream shows to a person.
func isTerminal(w any) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

var _ pipeline.Dataset = (*snapshot)(nil)
