package main

import (
	"context"
	"errors"
	"fmt"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/callmill/internal/instances"
	"callmill/cmd/callmill/internal/policy"
	"callmill/cmd/callmill/internal/pull"
	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/callmill/internal/sweep"
	"callmill/cmd/callmill/internal/watch"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/decode"
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
	w := &work{dataset: d, run: run, settings: s, report: r}
	w.admission, err = forget.Admit(d, s.Settings.TimeZone)
	if err == nil {
		err = o.publish(ctx, env, w)
		err = errors.Join(err, w.admission.End(ctx, d, run.ID))
	}
	overdue, e := sweep.Unfinished(d, s.Settings.PII, run.Started)
	err = errors.Join(err, e)
	for _, one := range overdue {
		r.Warn(one.Says(), one.Hint())
	}
	o.judge(r)
	err = r.End(ctx, err)
	if r.Published != nil {
		fmt.Fprintln(env.stdout, r.LastLine())
		if e := env.stdout.Flush(); e != nil {
			err = r.End(ctx, e)
		}
	}
	for _, warning := range r.Warnings {
		env.log.Note(warning.Says, warning.Hint)
	}
	if e := r.WriteMetrics(f.metricsFile, f.out, d); e != nil {
		err = r.End(ctx, e)
	}
	if e := d.WriteRun(run, r); e != nil {
		err = r.End(ctx, e)
	}
	return err
}

// work is what the steps of a run share once it has begun.
type work struct {
	dataset   *dataset.Dataset
	run       dataset.Run
	settings  *settings.Loaded
	admission *forget.Admission // nil where nobody was erased
	report    *report.Report
	key       []byte         // of contact keys; nil for none
	limits    *retain.Limits // of time
	change    *policy.Change // nil where the dataset becomes no stricter
	observer  *watch.Observer
}

// publish runs the line.
func (o *operation) publish(ctx context.Context, env *environment, w *work) (err error) {
	d, s, r, run := w.dataset, w.settings, w.report, w.run
	show := env.progress(o.flags.mode)
	defer show.Done()
	if w.key, err = s.UseKey(d, o.flags.key); err != nil {
		return err
	}
	noteKey(env, d)
	if err := d.KeepDictionaries(s.Dicts); err != nil {
		return err
	}
	own, err := settings.Own(d)
	if err != nil {
		return err
	}
	r.Keep(s.Settings.RetainDays, own.RetainDays)
	w.observer = watch.New(show)
	if w.limits, err = s.Limits(d, run.Started); err != nil {
		return err
	}
	sweeper := s.Sweeper(d, w.key)
	if w.change, err = policy.Of(d, run.ID, s.Settings); err != nil {
		return err
	}
	tx, err := o.transaction(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.change.Finish(err)) }()
	defer func() { err = errors.Join(err, tx.Close()) }()
	in, err := o.open(ctx, opening{d, tx, r})
	if err != nil {
		return err
	}
	if in.finish != nil {
		defer func() { err = errors.Join(err, in.finish(r, d.Manifest())) }()
	}
	defer w.observer.Begin(in.bytes, in.counters)()
	out := &publication{tx: tx, extend: in.extend, guard: in.guard, erased: d.Erased(), policy: erased.Policy{RetainDays: s.Settings.RetainDays}}
	out.hold = func() error { return s.KeepHolds(d, run.Started) }
	if w.change == nil { // else it becomes stricter with the commit
		out.policy.PII = s.Settings.PII
	}
	if m := d.Manifest(); m != nil {
		out.extent = m.Extent
	}
	out.extent.Settings, out.extent.Edge = s.Settings, w.limits.Edge
	refuses := w.admission.Job()
	if o.anew { // what is published was admitted, in whatever time zone
		refuses = nil
	}
	read, err := pipeline.Run(ctx, pipeline.Line{
		Source:   in.source,
		Decoder:  in.decoder,
		Redactor: func() pipeline.Redactor { return s.Redactor(w.key, refuses) },
		Dataset:  out,
		Observer: w.observer,
		Workers:  o.flags.workers,
	})
	if s.Redacts() {
		redact.Findings(&read.Findings)
	}
	r.Add(read, out.published)
	if err == nil {
		err = r.Lacks(d.Manifest())
	}
	if err != nil {
		return err
	}
	if r.Pruned, err = d.Prune(); err != nil {
		return err
	}
	swept, err := w.limits.Sweep(ctx, sweeper, run.ID, run.Started)
	r.Sweep(swept, d.Name())
	if err == nil {
		r.SweptLines, r.SweptRaw, err = sweep.Raw(ctx, d, w.limits, newDecoder(), run.ID, run.Started)
	}
	return err
}

// transaction begins what the run will publish.
func (o *operation) transaction(ctx context.Context, w *work) (*commit.Tx, error) {
	d, s := w.dataset, w.settings
	options := commit.Options{
		Flattener: func() commit.Flattener { return s.Flattener() },
		Memory:    int64(o.flags.memory) * 2 / 5,
		Workers:   o.flags.workers,
		Program:   "callmill " + version(),
		Observer:  w.observer,
		Rules:     reconcile.Rules{Now: w.run.Started, Settle: pull.Defaults().Settle},
	}
	if o.rules != nil {
		options.Rules = o.rules(d)
	}
	options.Rules.Drop, options.Rules.Edge = o.drop, w.limits.Millis()
	options.Erased = w.admission.Has()
	options.OnHold, options.OptOuts = w.limits.OnHold, s.OptOuts(d)
	own := s.Settings
	if m := d.Manifest(); m != nil {
		own = m.Settings
		options.Rederive = !s.Derives(own)
	}
	options.Unflatten = s.Unflatten(own, w.key)
	w.change.Prepare(&options)
	var tx *commit.Tx
	var err error
	if o.anew {
		tx, err = commit.BeginAnew(d, w.run, options)
	} else {
		tx, err = commit.Begin(ctx, d, w.run, options)
	}
	if err == nil && tx.WritesAll() {
		w.observer.WritesAll()
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
	erased    *erased.Store
	policy    erased.Policy     // of the dataset, at least
	hold      func() error      // puts jobs on hold
	published *commit.Published // nil until then
}

func (p *publication) Appender() pipeline.Appender { return p.guard.Appender(p.tx.Appender()) }

func (p *publication) Commit(ctx context.Context) (err error) {
	if p.extend != nil {
		if err := p.extend(&p.extent); err != nil {
			return err
		}
	}
	if err := errors.Join(p.erased.Tighten(p.policy), p.hold()); err != nil {
		return err
	}
	p.published, err = p.tx.Commit(ctx, p.extent)
	return err
}

var _ pipeline.Dataset = (*publication)(nil)
