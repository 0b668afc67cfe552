package pipeline

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"callmill/schema"
)

// Source delivers the input of a run piece by piece, in order, to yield; it
// ends with ctx.Err() when cancelled and with yield's error when that has one.
// yield owns the piece until it calls its Release.
type Source interface {
	Raws(ctx context.Context, yield func(*schema.Raw) error) error
}

// Decoder finds the jobs and rejects in a piece of input. It is for one
// goroutine.
type Decoder interface {
	Items(raw *schema.Raw) iter.Seq[schema.Decoded]
	// Counts are the coercions so far, by kind.
	Counts() schema.Counts
}

// Redactor alters what of a job is personal data. It is for one goroutine.
type Redactor interface {
	Job(*schema.Job)
}

// Flattener makes the rows of a job, valid until the next call. It is for one
// goroutine.
type Flattener interface {
	Rows(*schema.Job, schema.ContentHash) *schema.Rows
}

// Dataset takes what a run makes and publishes it, whole or not at all. The
// calls come in this order, those of Write of one plan at the same time.
type Dataset interface {
	Appender() Appender
	// Plan is called when all appenders are flushed; units are numbered from 0.
	Plan(ctx context.Context) (units int, err error)
	Write(ctx context.Context, unit int) error
	// Replan names the units that must be written again, until it gives 0.
	Replan() (units int, err error)
	Publish(ctx context.Context) error
}

// Appender is the part of a Dataset that one worker uses.
type Appender interface {
	// Known reports whether the job is published with this very content; then
	// it notes the sighting, and the rows are not wanted.
	Known(raw *schema.Raw, position int64, job *schema.Job, hash schema.ContentHash) bool
	Append(raw *schema.Raw, position int64, job *schema.Job, hash schema.ContentHash, rows *schema.Rows) error
	// Facts takes what SearchTask says of a task; its job may come before or
	// after it, or not at all.
	Facts(raw *schema.Raw, facts *schema.TaskFacts) error
	Group(raw *schema.Raw, group *schema.JobGroupRow) error
	Reject(raw *schema.Raw, reject *schema.Reject) error
	Flush() error
}

// Observer is told how far a run is, from several goroutines.
type Observer interface {
	// Read is called for a piece of input that is done with.
	Read(bytes, jobs, turns, rejects int64)
	// Writing is called when n units are about to be written, Wrote for each.
	Writing(n int)
	Wrote()
}

// Line is a run put together: where input comes from, what is made of it and
// where it goes. The functions make one instance for each worker.
type Line struct {
	Source    Source
	Decoder   func() Decoder
	Redactor  func() Redactor
	Flattener func() Flattener
	Dataset   Dataset
	Observer  Observer // may be nil
	// Workers is how many goroutines decode, cut and write; 0 means one per
	// processor.
	Workers int
}

// Report says what a run met.
type Report struct {
	Bytes     int64 // of input, decompressed
	Jobs      int64 // versions of jobs decoded
	Turns     int64 // in them
	Rejects   int64
	Coercions schema.Counts
}

// Run moves everything from the source into the dataset and publishes it. The
// first error ends the whole run, with nothing published; so does cancelling
// ctx. All goroutines have ended when it returns.
func Run(ctx context.Context, l Line) (*Report, error) {
	if l.Workers <= 0 {
		l.Workers = runtime.GOMAXPROCS(0)
	}
	if l.Observer == nil {
		l.Observer = nobody{}
	}
	report, err := l.transform(ctx)
	if err != nil {
		return report, err
	}
	units, err := l.Dataset.Plan(ctx)
	for err == nil && units > 0 {
		if err = l.write(ctx, units); err == nil {
			units, err = l.Dataset.Replan()
		}
	}
	if err == nil {
		err = ctx.Err() // a Dataset need not have looked
	}
	if err != nil {
		return report, err
	}
	return report, l.Dataset.Publish(ctx)
}

// transform reads, decodes, cuts and gathers. The window between the source
// and the workers is as many pieces as there are workers: enough to keep them
// busy, and pieces may be of 16 MiB.
func (l *Line) transform(ctx context.Context) (*Report, error) {
	g, ctx := errgroup.WithContext(ctx)
	raws := make(chan *schema.Raw, l.Workers)
	g.Go(func() error {
		defer close(raws)
		return l.Source.Raws(ctx, func(raw *schema.Raw) error {
			select {
			case raws <- raw:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	var total tally
	decoders := make([]Decoder, l.Workers)
	for i := range decoders {
		decoders[i] = l.Decoder()
		w := worker{decoder: decoders[i], redactor: l.Redactor(), flattener: l.Flattener(), appender: l.Dataset.Appender()}
		g.Go(func() error {
			for raw := range raws {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				done, err := w.transform(raw)
				if err != nil {
					return fmt.Errorf("%s: %w", raw.Origin, err)
				}
				total.add(done)
				l.Observer.Read(done.bytes, done.jobs, done.turns, done.rejects)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return w.appender.Flush()
		})
	}
	err := g.Wait()
	report := total.report()
	for _, d := range decoders {
		report.Coercions.Add(d.Counts())
	}
	return report, err
}

// write writes the units of a plan, several at a time.
func (l *Line) write(ctx context.Context, units int) error {
	l.Observer.Writing(units)
	g, group := errgroup.WithContext(ctx)
	g.SetLimit(l.Workers)
	for unit := range units {
		if group.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := l.Dataset.Write(group, unit); err != nil {
				return err
			}
			l.Observer.Wrote()
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// worker takes pieces of input through the line, one after the other.
type worker struct {
	decoder   Decoder
	redactor  Redactor
	flattener Flattener
	appender  Appender
	scratch   []byte
}

// done is what was found in a piece of input.
type done struct{ bytes, jobs, turns, rejects int64 }

func (w *worker) transform(raw *schema.Raw) (found done, err error) {
	if raw.Release != nil {
		defer raw.Release()
	}
	found.bytes = int64(len(raw.Body))
	for item := range w.decoder.Items(raw) {
		switch {
		case item.Err != nil:
			err = item.Err
		case item.Reject != nil:
			found.rejects++
			err = w.appender.Reject(raw, item.Reject)
		case item.Facts != nil:
			err = w.appender.Facts(raw, item.Facts)
		case item.Group != nil:
			err = w.appender.Group(raw, item.Group)
		default:
			found.jobs++
			for i := range item.Job.Tasks {
				found.turns += int64(len(item.Job.Tasks[i].Turns))
			}
			err = w.job(raw, item.Position, item.Job)
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// job takes one job through the line; one that is published already, with the
// same content, is neither flattened nor cut.
func (w *worker) job(raw *schema.Raw, position int64, job *schema.Job) error {
	w.redactor.Job(job)
	var hash schema.ContentHash
	hash, w.scratch = job.ContentHash(w.scratch)
	if w.appender.Known(raw, position, job, hash) {
		return nil
	}
	return w.appender.Append(raw, position, job, hash, w.flattener.Rows(job, hash))
}

// tally sums up over workers.
type tally struct{ bytes, jobs, turns, rejects atomic.Int64 }

func (t *tally) add(d done) {
	t.bytes.Add(d.bytes)
	t.jobs.Add(d.jobs)
	t.turns.Add(d.turns)
	t.rejects.Add(d.rejects)
}

func (t *tally) report() *Report {
	return &Report{
		Bytes: t.bytes.Load(), Jobs: t.jobs.Load(), Turns: t.turns.Load(), Rejects: t.rejects.Load(),
		Coercions: schema.Counts{},
	}
}

type nobody struct{}

func (nobody) Read(bytes, jobs, turns, rejects int64) {}
func (nobody) Writing(int)                            {}
func (nobody) Wrote()                                 {}
