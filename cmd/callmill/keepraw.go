package main

import (
	"errors"

	"callmill/cmd/callmill/internal/keeping"
	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline/dataset"
	"callmill/pipeline/rawlog"
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
	kept.source = &keeping.Source{Source: in.source, Log: log}
	kept.finish = func(r *report.Report, _ *dataset.Manifest) error {
		err := log.Close()
		if r.Published == nil {
			return errors.Join(err, log.Remove())
		}
		_, e := rawlog.Prune(nil, dir, rawlog.Spare{Keep: runs, Inputs: true, Run: run})
		return errors.Join(err, e)
	}
	return &kept, nil
}
