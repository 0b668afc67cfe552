// Package mend wires repair: it restores the manifest, and has what is kept in raw/
// published once more where files must be made of it.
package mend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/settings"
	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/repair"
	"callmill/pipeline/decode"
	"callmill/pipeline/flatten"
	"callmill/pipeline/outboundbot/discover"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// Outcome is what a repair did.
type Outcome struct {
	*repair.Report
	Manifest bool // it was restored
}

// Dataset repairs the latest snapshot of the dataset in dir.
func Dataset(ctx context.Context, dir string, o dataset.Options) (outcome Outcome, err error) {
	if outcome.Manifest, err = dataset.RestoreManifest(ctx, dir, o); err != nil {
		return outcome, err
	}
	d, err := dataset.Open(ctx, dir, o)
	if err != nil {
		return outcome, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	with := repair.Options{Job: flatten.Job}
	own := d.Manifest().Settings
	// Without the dataset's own words, time zone or key no rows can be derived; copies
	// and what the code tells can be put back all the same.
	s, e := settings.Of(d, own)
	key, noKey := dataset.ReadKey(dir)
	if e == nil && noKey == nil && s.Derives(own) && dataset.KeyID(key) == own.KeyID {
		with.Rows = func() func(*schema.Job, schema.ContentHash) *schema.Rows { return s.Flattener().Rows }
		again := &again{of: d, settings: s, key: key}
		with.Replay = again.publish
	}
	outcome.Report, err = repair.Snapshot(ctx, d, with)
	return outcome, err
}

// again publishes what is kept in raw/ once more.
type again struct {
	of       *dataset.Dataset
	settings *settings.Loaded
	key      []byte
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
		if stamp(run) > stamp(a.of.Manifest().Run) {
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
	tx, err := commit.Begin(ctx, d, dataset.Run{ID: run, Started: started}, commit.Options{
		Flattener: func() commit.Flattener { return a.settings.Flattener() },
		Unflatten: flatten.Job,
		Program:   a.of.Manifest().Program,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Close()) }()
	_, err = pipeline.Run(ctx, pipeline.Line{
		Source: source{filepath.Join(a.of.RawDir(), run)},
		Decoder: func() pipeline.Decoder {
			return decode.New(decode.Options{Groups: discover.Groups, Listed: discover.Listed})
		},
		Redactor: func() pipeline.Redactor { return redact.New(a.key) },
		Dataset:  publication{tx, dataset.Extent{Settings: a.of.Manifest().Settings}},
	})
	return err
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

// Print says what a repair did, a line for each file.
func (o *Outcome) Print(w io.Writer) error {
	var text strings.Builder
	if o.Manifest {
		fmt.Fprintf(&text, "%s: repaired from its second copy\n", dataset.ManifestFile)
	}
	for _, f := range o.Files {
		in := ""
		if n := len(f.Snapshots); n > 1 {
			in = fmt.Sprintf(" in %d snapshots", n)
		}
		if f.From == "" {
			fmt.Fprintf(&text, "%s: lost%s: %s\n", f.Path, in, lost(f))
			continue
		}
		fmt.Fprintf(&text, "%s: repaired%s from %s\n", f.Path, in, f.From)
	}
	damaged := len(o.Files)
	if o.Manifest {
		damaged++
	}
	fmt.Fprintf(&text, "%s: %d damaged, %d repaired\n", o.Snapshot, damaged, damaged-len(o.Lost()))
	_, err := io.WriteString(w, text.String())
	return err
}

// lost says what is lost with a file.
func lost(f repair.File) string {
	table, _, _ := strings.Cut(f.Path, "/")
	what := fmt.Sprintf("%d rows of %s are neither in other tables nor in raw/", f.Rows, table)
	switch table {
	case dataset.ViewsFile:
		return "another version of callmill wrote it; `callmill views DIR` prints those of this one"
	case schema.TableRejects:
		return what + " as they were: input, origin, and when and by which run each was first met"
	case schema.TableJobs:
		return what + " as they were: status, campaign and instants of each job, first_seen among them"
	}
	return what + " as they were"
}
