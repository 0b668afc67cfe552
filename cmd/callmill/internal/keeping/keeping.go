// Package keeping keeps what a run reads in raw/.
package keeping

import (
	"context"
	"errors"

	"callmill/pipeline"
	"callmill/pipeline/rawlog"
	"callmill/schema"
)

// Source is a source that keeps what it yields.
type Source struct {
	pipeline.Source
	log  *rawlog.Log
	dir  string
	run  string
	runs int
}

// Open returns a source that keeps what of yields in dir, a dataset's raw/, under the
// name of a run. Finish must be called. runs is how many runs are kept.
func Open(of pipeline.Source, dir, run string, runs int) (*Source, error) {
	log, err := rawlog.Open(rawlog.Options{Dir: dir, Run: run, Inputs: true})
	if err != nil {
		return nil, err
	}
	return &Source{of, log, dir, run, runs}, nil
}

// Raws implements [pipeline.Source].
func (k *Source) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	var line []byte
	return k.Source.Raws(ctx, func(raw *schema.Raw) (err error) {
		if line, err = schema.AppendInputLine(line[:0], raw); err != nil {
			return err
		}
		if err = k.log.Append(line); err != nil {
			return err
		}
		return yield(raw)
	})
}

// Finish ends keeping. After a run that published, raw/ has at most so many runs; one
// that did not leaves nothing there.
func (k *Source) Finish(published bool) error {
	err := k.log.Close()
	if !published {
		return errors.Join(err, k.log.Remove())
	}
	_, e := rawlog.Prune(nil, k.dir, rawlog.Spare{Keep: k.runs, Inputs: true, Run: k.run})
	return errors.Join(err, e)
}
