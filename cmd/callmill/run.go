package main

import (
	"context"
	"errors"
	"fmt"

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
	settle func(d *dataset.Dataset) (*resolved, error)
	// ready looks at what else was asked, before anything is made on disk and
	// once more if d has changed since; nil: there is nothing to look at.
	ready func(d *dataset.Dataset, s *resolved) error
	// open opens the input. It is called when the dataset is, so that a wrong
	// folder does not cost reading.
	open func(ctx context.Context, d *dataset.Dataset, s *resolved, r *report) (*input, error)
	// finish completes the report, also with reasons why a run that published
	// must not pass for a clean one. It is called after a failure, too; nil:
	// nothing.
	finish func(r *report, m *dataset.Manifest)
}

// input is where the line begins.
type input struct {
	source  pipeline.Source
	bytes   int64 // to be read, 0 where that is not known
	decoder func() pipeline.Decoder
	// counters, where not nil, are those of the API: then progress is in jobs.
	counters func() callapi.Counters
	tx       *dataset.Tx
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

// execute is the program: look at what was asked, open the dataset, put the
// line together, run it, say what happened.
func (j *job) execute(ctx context.Context, env *environment) (err error) {
	f, r := j.flags, newReport(j.command)
	d, s, err := j.begin(ctx)
	if err != nil {
		err = r.end(ctx, err)
		return errors.Join(err, f.writeMetrics(r, publishedIn(f.out)))
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	r.begin(d.NewRun())
	err = j.publish(ctx, env, d, s, r)
	if j.finish != nil {
		j.finish(r, d.Manifest())
	}
	r.judge(f)
	err = r.end(ctx, err)
	if r.published != nil {
		fmt.Fprintln(env.stdout, r.lastLine())
		if e := env.flush(); e != nil {
			err = r.end(ctx, e)
		}
	}
	if e := f.writeMetrics(r, d.Manifest()); e != nil {
		err = r.end(ctx, e)
	}
	if e := d.WriteRun(r.run, r.file()); e != nil {
		err = r.end(ctx, e)
	}
	return err
}

// publish runs the line.
func (j *job) publish(ctx context.Context, env *environment, d *dataset.Dataset, s *resolved, r *report) (err error) {
	show, err := progress.New(j.flags.progress, env.stderr, isTerminal(env.stderr), progress.Options{})
	if err != nil {
		return err
	}
	defer show.Done()
	key, err := d.Key(j.flags.key)
	if err != nil {
		return err
	}
	s.settings.KeyID = dataset.KeyID(key)
	if err := d.KeepDictionaries(s.dicts); err != nil {
		return err
	}
	in, err := j.open(ctx, d, s, r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.tx.Close()) }()
	watch := &observer{show: show, counters: in.counters}
	defer watch.begin(in.bytes)()
	lines := flatten.NewLines(int64(j.flags.memory) / 24)
	out := &snapshot{input: in, Tx: in.tx, extent: s.extent(d)}
	r.read, err = pipeline.Run(ctx, pipeline.Line{
		Source:    in.source,
		Decoder:   in.decoder,
		Redactor:  func() pipeline.Redactor { return redact.New(key) },
		Flattener: func() pipeline.Flattener { return flatten.New(s.location, s.words, lines) },
		Dataset:   out,
		Observer:  watch,
		Workers:   j.flags.workers,
	})
	r.published = out.published
	if in.close != nil {
		err = errors.Join(err, in.close())
	}
	if err != nil {
		return err
	}
	r.pruned, err = d.Prune()
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

var _ pipeline.Dataset = (*snapshot)(nil)
