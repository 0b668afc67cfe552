package main

import (
	"context"
	"errors"

	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/rawlog"
	"callmill/schema"
)

// keepInput returns in with everything that is read of it kept in raw/. After a run
// that published, raw/ has at most that many runs; one that did not leaves nothing
// there.
func keepInput(in *input, with opening, runs int) (*input, error) {
	dir, run := with.dataset.RawDir(), with.report.Run
	log, err := rawlog.Open(rawlog.Options{Dir: dir, Run: run, Inputs: true})
	if err != nil {
		return nil, err
	}
	kept := *in
	kept.source = &keeping{in.source, log}
	kept.finish = func(r *report.Report, _ *dataset.Manifest) error {
		err := log.Close()
		if r.Published == nil {
			return errors.Join(err, log.Remove())
		}
		_, e := rawlog.Prune(nil, dir, runs, true, run)
		return errors.Join(err, e)
	}
	return &kept, nil
}

// keeping is a source that keeps what it yields.
type keeping struct {
	pipeline.Source
	log *rawlog.Log
}

func (k *keeping) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
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
