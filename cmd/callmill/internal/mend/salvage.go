package mend

import (
	"context"
	"errors"
	"fmt"

	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/repair"
	"callmill/schema"
)

// salvage publishes a snapshot in the place of a damaged one.
type salvage struct {
	*again
	o Options
}

// publish publishes what add adds upon what the dataset still has.
func (s *salvage) publish(ctx context.Context, jobs int64, add func(repair.Appender) error) (snapshot string, err error) {
	d := s.of
	run := d.NewRun()
	o := s.options("callmill " + s.o.Version)
	o.Rederive = !s.settings.Derives(s.m.Settings)
	o.Repair = &commit.Repair{GivenUp: jobs}
	limits, err := s.settings.Limits(d, run.Started)
	if err != nil {
		return "", err
	}
	o.Rules = reconcile.Rules{Now: run.Started, Settle: s.o.Settle, Edge: limits.Millis()}
	o.OnHold, o.OptOuts = limits.OnHold, s.settings.OptOuts(d)
	tx, err := commit.Begin(ctx, d, run, o)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, tx.Close()) }()
	a := tx.Appender()
	if err := errors.Join(add(a), a.Flush()); err != nil {
		return "", err
	}
	extent := s.m.Extent
	extent.Settings, extent.Edge = s.settings.Settings, limits.Edge
	if len(d.Manifest().Table(schema.TableJobGroups).Files) == 0 {
		extent.Campaigns = nil // campaigns that are not in the tables are read again
	}
	published, err := tx.Commit(ctx, extent)
	if err != nil {
		return "", err
	}
	r := report.New("repair", s.o.Version, s.o.Now)
	r.Begin(run)
	r.Add(&pipeline.Report{}, published)
	if err := errors.Join(r.End(ctx, nil), d.WriteRun(run, r)); err != nil {
		return "", fmt.Errorf("write what was done: %w", err)
	}
	return published.Snapshot, nil
}
