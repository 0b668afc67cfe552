package main

import (
	"context"
	"errors"
	"fmt"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/instances"
	"callmill/cmd/callmill/internal/pull"
	"callmill/cmd/callmill/internal/quote"
	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/callmill/internal/watch"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/decode"
	"callmill/pipeline/flatten"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// operation is a run as a command asks for it: what differs between the commands
// that publish.
type operation struct {
	command string
	flags   *runFlags
	anew    bool // the published jobs are derived anew, instead of others added
	// check, where not nil, checks what was asked for besides settings, and changes
	// nothing. It is called again where d has changed since.
	check func(d *dataset.Dataset, s *settings.Loaded) error
	// rules say how long what is pending stays so; nil: as in a pull without flags, and
	// nothing is given up.
	rules func(*dataset.Dataset) reconcile.Rules
	// drop reports which entries of what is pending are given up; nil: none is.
	drop func(*schema.PendingRow) bool
	// open opens the input. It is called once the dataset is open, so that a wrong
	// folder does not cost reading.
	open func(context.Context, opening) (*input, error)
}

// opening is what an input is opened with.
type opening struct {
	dataset *dataset.Dataset
	tx      *commit.Tx
	report  *report.Report
}

// input is where the line begins. Its functions may be nil, but for decoder.
type input struct {
	source   pipeline.Source
	bytes    int64 // to be read, 0 where that is not known
	decoder  func() pipeline.Decoder
	counters func() discover.Counters    // those of the API: then progress is in jobs
	extend   func(*dataset.Extent) error // adds to what the snapshot says of itself
	guard    *instances.Guard            // nil: input of any instance is taken
	// finish completes the report, also after a failure. m is what is published, nil
	// for nothing.
	finish func(r *report.Report, m *dataset.Manifest) error
}

// newDecoder decodes responses, and what else a pull keeps.
func newDecoder() pipeline.Decoder {
	return decode.New(decode.Options{Groups: discover.Groups, Listed: discover.Listed})
}

// execute is the program: check what was asked for, open the dataset, put the
// line together, run it, report.
func (o *operation) execute(ctx context.Context, env *environment) (err error) {
	f, r := o.flags, report.New(o.command, version(), env.now)
	env.log.About("dataset", f.out)
	monitor, _ := f.monitor() // begin returns the error
	env.notePing(monitor.Start(ctx))
	defer func() { env.notePing(monitor.End(ctx, exit.Code(ctx, err), r.Said(ctx, err))) }()
	d, s, err := o.begin(ctx, env)
	if err != nil {
		err = r.End(ctx, err)
		seen, _ := lookAt(f.out) // what is wrong with it is in err
		return errors.Join(err, r.WriteMetrics(f.metricsFile, f.out, seen))
	}
	defer func() {
		if e := d.Close(); e != nil {
			err = r.End(ctx, e) // what was published stays published
		}
	}()
	run := d.NewRun()
	r.Begin(run)
	env.log.About("run", run.ID)
	r.WordsPassedOver = s.PassedOver
	err = o.publish(ctx, env, d, run, s, r)
	o.judge(r)
	err = r.End(ctx, err)
	if r.Published != nil {
		fmt.Fprintln(env.stdout, r.LastLine())
		if e := env.stdout.Flush(); e != nil {
			err = r.End(ctx, e)
		}
	}
	for _, w := range r.Warnings {
		env.log.Note(w.Says, w.Hint)
	}
	if e := r.WriteMetrics(f.metricsFile, f.out, d); e != nil {
		err = r.End(ctx, e)
	}
	if e := d.WriteRun(run, r); e != nil {
		err = r.End(ctx, e)
	}
	return err
}

// publish runs the line.
func (o *operation) publish(ctx context.Context, env *environment, d *dataset.Dataset, run dataset.Run, s *settings.Loaded, r *report.Report) (err error) {
	show := env.progress(o.flags.mode)
	defer show.Done()
	key, err := d.Key(o.flags.key)
	if err != nil {
		return err
	}
	noteKey(env, d)
	s.Settings.KeyID = dataset.KeyID(key)
	if err := d.KeepDictionaries(s.Dicts); err != nil {
		return err
	}
	observer := watch.New(show)
	tx, err := o.transaction(ctx, d, run, s, key, observer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Close()) }()
	in, err := o.open(ctx, opening{d, tx, r})
	if err != nil {
		return err
	}
	if in.finish != nil {
		defer func() { err = errors.Join(err, in.finish(r, d.Manifest())) }()
	}
	defer observer.Begin(in.bytes, in.counters)()
	out := &publication{tx: tx, extent: dataset.Extent{Settings: s.Settings}, extend: in.extend, guard: in.guard}
	if m := d.Manifest(); m != nil {
		out.extent = m.Extent
		out.extent.Settings = s.Settings
	}
	read, err := pipeline.Run(ctx, pipeline.Line{
		Source:   in.source,
		Decoder:  in.decoder,
		Redactor: func() pipeline.Redactor { return redact.New(key) },
		Dataset:  out,
		Observer: observer,
		Workers:  o.flags.workers,
	})
	r.Add(read, out.published)
	if err == nil {
		err = r.Lacks(d.Manifest())
	}
	if err != nil {
		return err
	}
	r.Pruned, err = d.Prune()
	return err
}

// transaction begins what the run will publish.
func (o *operation) transaction(ctx context.Context, d *dataset.Dataset, run dataset.Run, s *settings.Loaded, key []byte, observer *watch.Observer) (*commit.Tx, error) {
	redacted := redact.Jobs(key) // keys are a redactor's, not the flattener's
	options := commit.Options{
		Flattener: func() commit.Flattener { return s.Flattener() },
		Unflatten: func(rows *schema.Rows) *schema.Job { return redacted(flatten.Job(rows)) },
		Memory:    int64(o.flags.memory) * 2 / 5,
		Workers:   o.flags.workers,
		Program:   "callmill " + version(),
		Observer:  observer,
		Rules:     reconcile.Rules{Now: run.Started, Settle: pull.Defaults().Settle},
	}
	if o.rules != nil {
		options.Rules = o.rules(d)
	}
	options.Rules.Drop = o.drop
	if m := d.Manifest(); m != nil {
		options.Rederive = !s.Derives(m.Settings)
	}
	var tx *commit.Tx
	var err error
	if o.anew {
		tx, err = commit.BeginAnew(d, run, options)
	} else {
		tx, err = commit.Begin(ctx, d, run, options)
	}
	if err == nil && tx.WritesAll() {
		observer.WritesAll()
	}
	return tx, err
}

// judge adds the reasons for exit code 3 that any run can have.
func (o *operation) judge(r *report.Report) {
	if r.Published == nil {
		return
	}
	if c := r.Published.Counts; o.flags.allowRejects.Exceeded(c.Rejected, c.Seen) {
		r.Because(exit.TooManyRejects, fmt.Sprintf("%d of %d were rejected, allowed are %s", c.Rejected, c.Seen, o.flags.allowRejects),
			fmt.Sprintf("`callmill rejects %s` says which and why", quote.Shell(o.flags.out)))
	}
}

// publication is a transaction as the line knows it.
type publication struct {
	tx        *commit.Tx
	extent    dataset.Extent // what the snapshot says of itself besides its tables
	extend    func(*dataset.Extent) error
	guard     *instances.Guard
	published *commit.Published // nil until then
}

func (p *publication) Appender() pipeline.Appender { return p.guard.Appender(p.tx.Appender()) }

func (p *publication) Commit(ctx context.Context) (err error) {
	if p.extend != nil {
		if err := p.extend(&p.extent); err != nil {
			return err
		}
	}
	p.published, err = p.tx.Commit(ctx, p.extent)
	return err
}

var _ pipeline.Dataset = (*publication)(nil)
