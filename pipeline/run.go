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

// Decoder finds the jobs and rejects in a piece of input. Not safe for
// concurrent use.
type Decoder interface {
	Items(raw *schema.Raw) iter.Seq[schema.Decoded]
	// Findings are what was met so far besides jobs and rejects.
	Findings() schema.Findings
}

// Redactor alters the personal data of a job, or marks the job as erased, and what
// a reject has of its input. Not safe for concurrent use.
type Redactor interface {
	Job(*schema.Job)
	Reject(*schema.Reject)
}

// Dataset takes what a run found and publishes it, whole or not at all.
type Dataset interface {
	Appender() Appender
	// Commit publishes. It is called once, when all appenders are flushed.
	Commit(ctx context.Context) error
}

// Appender is the part of a Dataset that one worker uses. It keeps copies: the
// caller reuses what it hands over. Not safe for concurrent use.
type Appender interface {
	// Job takes a version of a job, redacted.
	Job(raw *schema.Raw, position int64, job *schema.Job) error
	// Facts takes what SearchTask says of a task; its job may come before or
	// after it, or not at all.
	Facts(raw *schema.Raw, facts *schema.TaskFacts) error
	// Expected takes that a job is expected, which may come before or after it, or
	// not at all.
	Expected(raw *schema.Raw, expected *schema.Expected) error
	Group(raw *schema.Raw, group *schema.JobGroupRow) error
	Reject(raw *schema.Raw, reject *schema.Reject) error
	Flush() error
}

// Observer is told of the progress of a run, from several goroutines.
type Observer interface {
	// Read is called for a piece of input that is done with.
	Read(bytes, jobs, turns, rejects int64)
}

// Line is a run put together: where input comes from, what is made of it and
// where it goes. The functions make one instance for each worker.
type Line struct {
	Source   Source
	Decoder  func() Decoder
	Redactor func() Redactor
	Dataset  Dataset
	Observer Observer // may be nil
	// Workers is how many goroutines decode; 0 means one per processor.
	Workers int
}

// Report is what a run read.
type Report struct {
	Bytes    int64 // of input, decompressed
	Jobs     int64 // versions of jobs decoded
	Turns    int64 // in them
	Rejects  int64
	Findings schema.Findings
}

// Run moves everything from the source into the dataset and publishes it. The
// first error ends the whole run, with nothing published; so does cancelling
// ctx. All goroutines have ended when it returns.
func Run(ctx context.Context, l Line) (*Report, error) {
	if l.Workers <= 0 {
		l.Workers = runtime.GOMAXPROCS(0)
	}
	if l.Observer == nil {
		l.Observer = silent{}
	}
	report, err := l.transform(ctx)
	if err == nil {
		err = ctx.Err() // a Dataset need not look
	}
	if err != nil {
		return report, err
	}
	return report, l.Dataset.Commit(ctx)
}

// transform reads and decodes. The window between the source and the workers is
// as many pieces as there are workers: enough to keep them busy, and pieces may
// be of 16 MiB.
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
		w := Worker{Decoder: decoders[i], Redactor: l.Redactor(), Appender: l.Dataset.Appender()}
		g.Go(func() error {
			for raw := range raws {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				found, err := w.Transform(raw)
				if err != nil {
					return err
				}
				total.add(found)
				l.Observer.Read(found.Bytes, found.Jobs, found.Turns, found.Rejects)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return w.Appender.Flush()
		})
	}
	err := g.Wait()
	report := total.report()
	for _, d := range decoders {
		found := d.Findings()
		report.Findings.Add(&found)
	}
	return report, err
}

// Worker takes pieces of input through the line, one after the other. Not safe for
// concurrent use.
type Worker struct {
	Decoder  Decoder
	Redactor Redactor
	Appender Appender
}

// Found is what a piece of input held.
type Found struct{ Bytes, Jobs, Turns, Rejects int64 }

// Transform takes a piece, and releases it. An error ends the run.
func (w *Worker) Transform(raw *schema.Raw) (found Found, err error) {
	if raw.Release != nil {
		defer raw.Release()
	}
	found.Bytes = int64(len(raw.Body))
	for item := range w.Decoder.Items(raw) {
		switch {
		case item.Err != nil:
			err = fmt.Errorf("decode %s: %w", raw.Origin, item.Err)
		case item.Reject != nil:
			found.Rejects++
			w.Redactor.Reject(item.Reject)
			err = w.Appender.Reject(raw, item.Reject)
		case item.Facts != nil:
			err = w.Appender.Facts(raw, item.Facts)
		case item.Expected != nil:
			err = w.Appender.Expected(raw, item.Expected)
		case item.Group != nil:
			err = w.Appender.Group(raw, item.Group)
		default:
			found.Jobs++
			for i := range item.Job.Tasks {
				found.Turns += int64(len(item.Job.Tasks[i].Turns))
			}
			w.Redactor.Job(item.Job)
			err = w.Appender.Job(raw, item.Position, item.Job)
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// tally sums up over workers.
type tally struct{ bytes, jobs, turns, rejects atomic.Int64 }

func (t *tally) add(f Found) {
	t.bytes.Add(f.Bytes)
	t.jobs.Add(f.Jobs)
	t.turns.Add(f.Turns)
	t.rejects.Add(f.Rejects)
}

func (t *tally) report() *Report {
	return &Report{
		Bytes: t.bytes.Load(), Jobs: t.jobs.Load(), Turns: t.turns.Load(), Rejects: t.rejects.Load(),
	}
}

// silent is the Observer of a run that has none.
type silent struct{}

func (silent) Read(bytes, jobs, turns, rejects int64) {}
