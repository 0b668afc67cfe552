// Package recovery finishes what a command began to take out of a dataset and could
// not end, since it was killed, say. Every command that writes opens the dataset with
// it: nothing else may happen before.
package recovery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/callmill/internal/settings"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/dataset/revoke"
	"callmill/pipeline/dataset/tighten"
	"callmill/pipeline/redact"
)

// Open is [dataset.Open] of a dataset in which nothing is unfinished.
func Open(ctx context.Context, dir string, o dataset.Options) (*dataset.Dataset, error) {
	d, err := dataset.Open(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	if err := Finish(ctx, d); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Finish finishes all that is unfinished in a dataset, the earliest first.
func Finish(ctx context.Context, d *dataset.Dataset) error {
	intents, err := d.Erased().Open()
	if err != nil {
		return err
	}
	for _, i := range intents {
		if err := finish(ctx, d, i); err != nil {
			return fmt.Errorf("finish what was begun on %s, erased/open/%s.json: %w", i.Begun.Format("2006-01-02"), i.ID, err)
		}
	}
	there := map[string]bool{}
	return d.Erased().Expire(d.Now(), func(snapshot string) bool {
		is, asked := there[snapshot]
		if !asked {
			_, err := d.FS().Lstat(d.Path(dataset.SnapshotsDir, snapshot, dataset.ManifestFile))
			is = err == nil
			there[snapshot] = is
		}
		return is
	})
}

func finish(ctx context.Context, d *dataset.Dataset, i erased.Intent) error {
	switch i.Kind {
	case tighten.Kind:
		return tighten.Finish(d, i, report.Scrub)
	case revoke.Kind:
		return revoke.Finish(ctx, d, i, settings.WithoutKeys)
	case forget.Kind:
		_, err := forget.Finish(ctx, d, i)
		if _, ok := errors.AsType[*forget.CopyError](err); ok {
			return nil // it is done, and its receipt is where all are
		}
		return err
	case retain.Kind:
		return sweep(ctx, d)
	}
	return fmt.Errorf("%w: what is to be finished is of kind %q", dataset.ErrNewerFormat, i.Kind)
}

// sweep goes on with replacing the snapshots that hold what is overdue. It was begun by a
// run that had published, so the settings are those of the published snapshot.
func sweep(ctx context.Context, d *dataset.Dataset) error {
	if d.Manifest() == nil {
		return dataset.ErrEmpty
	}
	s, err := settings.Own(d)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return fmt.Errorf("the time zone of the dataset: %w", err)
	}
	limits, err := retain.Of(d.Erased(), s.RetainDays, d.Now(), zone)
	if err != nil {
		return err
	}
	_, err = limits.Finish(ctx, retain.Sweeper{
		Dataset: d, OptOuts: retain.NewOptOuts(d.Erased(), redact.Number, zone), Job: settings.JobOf(s),
	})
	return err
}
