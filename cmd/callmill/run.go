package main

import (
	"context"
	"errors"
	"fmt"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/decode"
	"callmill/pipeline/flatten"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/progress"
	"callmill/pipeline/redact"
)

// operation is a run as a command asks for it: what differs between the commands
// that publish.
type operation struct {
	command string
	flags   *runFlags
	anew    bool // the published jobs are derived anew, instead of others added
	// settle returns the settings of the run. It checks everything that was asked
	// for and changes nothing; it is called again where d has changed since.
	settle func(d *dataset.Dataset) (*resolved, error)
	// open opens the input. It is called once the dataset is open, so that a wrong
	// folder does not cost reading.
	open func(context.Context, opening) (*input, error)
	// finish completes the report, also after a failure; nil: nothing is left to
	// do. m is what is published, nil for nothing.
	finish func(r *report, m *dataset.Manifest) error
}

// opening is what an input is opened with.
type opening struct {
	dataset  *dataset.Dataset
	tx       *commit.Tx
	settings *resolved
	report   *report
}

// input is where the line begins.
type input struct {
	source  pipeline.Source
	bytes   int64 // to be read, 0 where that is not known
	decoder func() pipeline.Decoder
	// counters, where not nil, are those of the API: then progress is in jobs.
	counters func() discover.Counters
	// extend, where not nil, adds to what the snapshot says of itself.
	extend func(*dataset.Extent)
}

// newDecoder decodes responses, and what else a pull keeps.
func newDecoder() pipeline.Decoder { return decode.New(decode.Options{Groups: discover.Groups}) }

// programBytes is what a run has in memory besides what Go manages: the parts
// of the binary it touches, code and the dictionary.
const programBytes = 48 << 20

// execute is the program: check what was asked for, open the dataset, put the
// line together, run it, report.
func (o *operation) execute(ctx context.Context, env *environment) (err error) {
	f, r := o.flags, newReport(o.command, env.time)
	d, s, err := o.begin(ctx, env)
	if err != nil {
		err = r.end(ctx, err)
		return errors.Join(err, f.writeMetrics(r, publishedIn(f.out)))
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	r.begin(d.NewRun())
	err = o.publish(ctx, env, d, s, r)
	if o.finish != nil {
		err = errors.Join(err, o.finish(r, d.Manifest()))
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
func (o *operation) publish(ctx context.Context, env *environment, d *dataset.Dataset, s *resolved, r *report) (err error) {
	show, err := progress.New(o.flags.progress, env.stderr, isTerminal(env.stderr), progress.Options{})
	if err != nil {
		return err
	}
	defer show.Done()
	key, err := d.Key(o.flags.key)
	if err != nil {
		return err
	}
	s.settings.KeyID = dataset.KeyID(key)
	if err := d.KeepDictionaries(s.dicts); err != nil {
		return err
	}
	watch := &observer{show: show}
	tx, err := o.transaction(ctx, d, s, r, watch)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Close()) }()
	in, err := o.open(ctx, opening{d, tx, s, r})
	if err != nil {
		return err
	}
	watch.counters = in.counters
	defer watch.begin(in.bytes)()
	out := &publication{tx: tx, extent: s.extent(d), extend: in.extend}
	r.read, err = pipeline.Run(ctx, pipeline.Line{
		Source:   in.source,
		Decoder:  in.decoder,
		Redactor: func() pipeline.Redactor { return redact.New(key) },
		Dataset:  out,
		Observer: watch,
		Workers:  o.flags.workers,
	})
	if r.published = out.published; err != nil {
		return err
	}
	r.pruned, err = d.Prune()
	return err
}

// transaction begins what the run will publish.
func (o *operation) transaction(ctx context.Context, d *dataset.Dataset, s *resolved, r *report, watch *observer) (*commit.Tx, error) {
	options := commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(s.location, s.words) },
		Unflatten: flatten.Job,
		Memory:    int64(o.flags.memory) * 2 / 5,
		Workers:   o.flags.workers,
		Program:   "callmill " + version(),
		Observer:  watch,
	}
	if o.anew {
		return commit.BeginAnew(d, r.run, options), nil
	}
	return commit.Begin(ctx, d, r.run, options)
}

// extent returns what the snapshot says of itself besides its tables, before the
// run adds to it.
func (s *resolved) extent(d *dataset.Dataset) dataset.Extent {
	e := dataset.Extent{Settings: s.settings}
	if m := d.Manifest(); m != nil {
		e.Covered, e.Pending = m.Covered, m.Pending
	}
	return e
}

// publication is a transaction as the line knows it.
type publication struct {
	tx        *commit.Tx
	extent    dataset.Extent
	extend    func(*dataset.Extent)
	published *commit.Published // nil until then
}

func (p *publication) Appender() pipeline.Appender { return p.tx.Appender() }

func (p *publication) Commit(ctx context.Context) (err error) {
	if p.extend != nil {
		p.extend(&p.extent)
	}
	p.published, err = p.tx.Commit(ctx, p.extent)
	return err
}

var _ pipeline.Dataset = (*publication)(nil)
