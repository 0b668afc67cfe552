// Package mend wires repair: it restores the manifest, and has what is kept in raw/
// published once more where files must be made of it.
package mend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/recovery"
	"callmill/cmd/callmill/internal/settings"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/repair"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/decode"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/rawlog"
	"callmill/schema"
)

// Outcome is what a repair did.
type Outcome struct {
	*repair.Report
	Manifest bool // it was restored
}

// Options are what a repair is done with besides a folder.
type Options struct {
	Version string // of callmill
	Now     func() time.Time
	Settle  time.Duration // see reconcile.Rules
	Key     string        // file with the key, "" where it lies in the dataset
	// Client asks the API for jobs that are nowhere else; nil: it is not asked. Its
	// client.Options are those of a pull.
	Client *client.Options
}

// Dataset repairs the latest snapshot of the dataset in dir, or publishes one in its
// place.
func Dataset(ctx context.Context, dir string, o Options) (outcome Outcome, err error) {
	with := dataset.Options{Now: o.Now}
	if outcome.Manifest, err = dataset.RestoreManifest(ctx, dir, with); err != nil {
		return outcome, err
	}
	d, err := dataset.Open(ctx, dir, with)
	if err != nil {
		return outcome, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if recovery.Finish(ctx, d) != nil {
		// It may need the very files that are damaged: then it goes on afterwards.
		defer func() { err = errors.Join(err, recovery.Finish(ctx, d)) }()
	}
	own := d.Manifest().Settings
	plan := repair.Options{Job: settings.JobOf(own)}
	// Without the dataset's own words, time zone or key no rows can be derived; copies
	// and what the code tells can be put back all the same.
	s, e := settings.Of(d, own)
	key, noKey := secret.Of(d, o.Key)
	if noKey != nil && o.Key != "" {
		return outcome, noKey
	}
	if e == nil && noKey == nil && (key != nil || own.KeyID == "") {
		s.Settings.KeyID = own.KeyID
		plan.Job = s.Unflatten(own, key)
		again := &again{of: d, m: d.Manifest(), settings: s, key: key, client: o.Client}
		plan.Replay = again.publish
		if o.Client != nil {
			plan.Fetch = again.fetch
		}
		salvage := &salvage{again, o}
		plan.Publish = salvage.publish
		if s.Derives(own) {
			plan.Rows = func() func(*schema.Job, schema.ContentHash) *schema.Rows { return s.Flattener().Rows }
		}
	}
	outcome.Report, err = repair.Snapshot(ctx, d, plan)
	return outcome, err
}

// again publishes what is kept in raw/ once more.
type again struct {
	of       *dataset.Dataset
	m        *dataset.Manifest // of the damaged snapshot
	settings *settings.Loaded
	key      []byte
	client   *client.Options
}

// publish publishes, run by run, what was kept until the latest snapshot.
func (a *again) publish(ctx context.Context, into string) (_ *dataset.Dataset, err error) {
	runs, err := rawlog.Runs(a.of.RawDir())
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	d, err := dataset.Open(ctx, into, dataset.Options{FS: a.of.FS(), Now: a.of.Now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	for _, run := range runs {
		if stamp(run) > stamp(a.m.Run) {
			break // it came after what is published
		}
		if err := a.run(ctx, d, run); err != nil {
			return nil, fmt.Errorf("run %s: %w", run, err)
		}
	}
	return d, nil
}

// run publishes what is kept of a run.
func (a *again) run(ctx context.Context, d *dataset.Dataset, run string) (err error) {
	started, err := time.Parse("20060102T150405Z", stamp(run))
	if err != nil {
		return err
	}
	return a.line(ctx, d, dataset.Run{ID: run, Started: started}, source{filepath.Join(a.of.RawDir(), run)})
}

// fetch publishes what the API says of jobs and campaigns upon what publish made.
func (a *again) fetch(ctx context.Context, into string, jobs []repair.Job, campaigns bool) (_ *dataset.Dataset, err error) {
	c, err := client.New(*a.client)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	d, err := dataset.Open(ctx, into, dataset.Options{FS: a.of.FS(), Now: a.of.Now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var plans []discover.Plan
	for _, j := range jobs { // in order
		if n := len(plans); n == 0 || plans[n-1].InstanceID != j.InstanceID {
			plans = append(plans, discover.Plan{InstanceID: j.InstanceID, Calls: true})
		}
		last := &plans[len(plans)-1]
		last.Named = append(last.Named, j.JobID)
	}
	if err := a.ask(ctx, d, c, plans); err != nil || !campaigns {
		return d, err
	}
	plans = nil
	for _, instance := range slices.Sorted(maps.Keys(a.m.Covered)) {
		covered := a.m.Covered[instance].Groups
		if len(covered) == 0 {
			covered = a.m.Covered[instance].Calls
		}
		plans = append(plans, discover.Plan{
			InstanceID: instance, Groups: true, Windows: covered,
			Read: func(*schema.JobGroupRow) bool { return false },
		})
	}
	return d, a.ask(ctx, d, c, plans)
}

// ask publishes what the API answers.
func (a *again) ask(ctx context.Context, d *dataset.Dataset, c *client.Client, plans []discover.Plan) error {
	if len(plans) == 0 {
		return nil
	}
	reader := func() discover.Reader { return newDecoder() }
	return a.line(ctx, d, d.NewRun(), discover.NewSource(c, plans, discover.Options{NewReader: reader}))
}

func newDecoder() *decode.Decoder {
	return decode.New(decode.Options{Groups: discover.Groups, Listed: discover.Listed})
}

// line publishes what a source has.
func (a *again) line(ctx context.Context, d *dataset.Dataset, run dataset.Run, from pipeline.Source) (err error) {
	tx, err := commit.Begin(ctx, d, run, a.options(a.m.Program))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Close()) }()
	_, err = pipeline.Run(ctx, pipeline.Line{
		Source:   from,
		Decoder:  func() pipeline.Decoder { return newDecoder() },
		Redactor: func() pipeline.Redactor { return a.settings.Redactor(a.key, nil) },
		Dataset:  publication{tx, dataset.Extent{Settings: a.settings.Settings}},
	})
	return err
}

func (a *again) options(program string) commit.Options {
	return commit.Options{
		Flattener: func() commit.Flattener { return a.settings.Flattener() },
		Unflatten: a.settings.Unflatten(a.m.Settings, a.key),
		Program:   program,
	}
}

// stamp is when a run began, as its name says. What follows in a name is in no order.
func stamp(run string) string {
	at, _, _ := strings.Cut(run, "-")
	return at
}

// publication is a transaction as the line knows it.
type publication struct {
	tx     *commit.Tx
	extent dataset.Extent
}

func (p publication) Appender() pipeline.Appender { return p.tx.Appender() }

func (p publication) Commit(ctx context.Context) error {
	_, err := p.tx.Commit(ctx, p.extent)
	return err
}

var _ pipeline.Dataset = publication{}

// source is what is kept of a run as input.
type source struct{ folder string }

// Raws yields it frame by frame, pieces of files one by one. What is damaged is left
// out.
func (s source) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	var sequence int64
	give := func(raw *schema.Raw) error {
		raw.Sequence = sequence
		sequence++
		return yield(raw)
	}
	return rawlog.Texts(ctx, s.folder, func(path string, text []byte) error {
		if !schema.IsInputLines(text) {
			return give(&schema.Raw{Origin: filepath.Base(path), Body: text})
		}
		for line := range bytes.Lines(text) {
			raw, err := schema.ParseInputLine(line)
			if err != nil {
				continue // it was refused when it was kept
			}
			if err := give(raw); err != nil {
				return err
			}
		}
		return nil
	}, func(string, int, int, bool) {})
}

var _ pipeline.Source = source{}
