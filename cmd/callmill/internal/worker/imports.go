package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/callmill/internal/stdin"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/handover"
	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/flatten"
	"callmill/pipeline/worker"
	"callmill/schema"
)

// from is what an import is from.
type from struct {
	list, snapshot, since string
}

// listing is what an import has to read.
type listing struct {
	Program  string           `json:"program"`
	Dataset  string           `json:"dataset"`  // its folder, absolute
	Snapshot string           `json:"snapshot"` // the name of the one that is read
	Since    string           `json:"since"`    // of the one that was read before; "": all is read
	Settings dataset.Settings `json:"settings"` // as this program goes on from them
	// Flags are the flags that give these settings, but for Dictionaries, which are
	// files, and the key.
	Flags        []string       `json:"flags"`
	Dictionaries []string       `json:"dictionaries"`
	Counts       dataset.Counts `json:"counts"` // of the snapshot
	// OptOuts is the file with the opt-outs of jobs that are gone; "": there is none.
	OptOuts string       `json:"opt_outs"`
	Parts   []listedPart `json:"parts"`
}

type listedPart struct {
	Name string `json:"part"`
	Rows int64  `json:"rows"` // about as many are read
}

// imports reads parts of datasets, or lists those of one.
func (o *options) imports(ctx context.Context) error {
	if o.from.list != "" {
		return o.listParts()
	}
	if o.from.since != "" || o.from.snapshot != "" {
		return exit.Usagef("--since and --snapshot are for --list")
	}
	if err := o.checkStreams(); err != nil {
		return err
	}
	o.limitMemory(0, 0) // what it takes is mostly the pages of the files that are read
	i := importing{report: importReport{Stage: "import"}}
	return worker.Import(ctx, stdin.Until(ctx, o.Stdin), o.Stdout, func(p *worker.Part, emit worker.Emit) error { return i.part(ctx, p, emit) }, func() ([]byte, error) {
		return json.Marshal(&i.report)
	})
}

func (o *options) listParts() error {
	dir, err := filepath.Abs(o.from.list)
	if err != nil {
		return err
	}
	d, err := dataset.View(dir)
	if err != nil {
		return err
	}
	name, since := d.Name(), ""
	if o.from.snapshot != "" {
		if name, err = d.Resolve(o.from.snapshot); err != nil {
			return fmt.Errorf("--snapshot: %w", err)
		}
	}
	if o.from.since != "" {
		if since, err = d.Resolve(o.from.since); err != nil {
			return exit.WithHint(fmt.Errorf("--since: %w", err), "without --since all of the snapshot is taken")
		}
	}
	h, d, err := open(dir, name, since)
	if err != nil {
		return err
	}
	loaded, err := settings.Of(d, d.Manifest().Settings)
	if err != nil {
		return err
	}
	l := listing{
		Program: "callmill " + o.Version(), Dataset: dir, Snapshot: name, Since: since, Counts: d.Manifest().Counts,
		Settings: loaded.Settings, Flags: flagsOf(loaded.Settings), Dictionaries: []string{},
	}
	if kept := d.Manifest().OptOuts; kept.Path != "" {
		l.OptOuts = filepath.Join(d.SnapshotDir(), filepath.FromSlash(kept.Path))
	}
	for _, dict := range loaded.Dicts {
		l.Dictionaries = append(l.Dictionaries, dict.Origin)
	}
	for _, p := range h.Parts() {
		l.Parts = append(l.Parts, listedPart(p))
	}
	if o.from.since != "" {
		gone, err := gone(d, o.from.since)
		if err != nil {
			return err
		}
		if len(gone) > 0 {
			l.Parts = append(l.Parts, listedPart{erasedPart + o.from.since, int64(len(gone))})
		}
	}
	encoder := json.NewEncoder(o.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(&l)
}

// erasedPart, followed by the snapshot or bookmark that was read before, is the part of
// the jobs that were erased since: neither snapshot has them any more.
const erasedPart = "erased "

// gone returns the jobs that were erased since a snapshot or bookmark was read.
func gone(d *dataset.Dataset, since string) ([]erased.Job, error) {
	replaced, err := d.Erased().Replaced()
	if err != nil {
		return nil, err
	}
	return replaced.Gone(since), nil
}

// open opens a snapshot of the dataset in dir, and the one that was taken before, if
// any was.
func open(dir, snapshot, since string) (*handover.Handover, *dataset.Dataset, error) {
	d, err := dataset.View(dir)
	if err != nil {
		return nil, nil, err
	}
	to, err := d.At(snapshot)
	if err != nil {
		return nil, nil, err
	}
	if m := to.Manifest(); m.Settings.Derivation != flatten.Version {
		return nil, nil, exit.WithHint(fmt.Errorf("snapshot %s of %s was derived by another version of callmill", snapshot, dir),
			"the next run that publishes brings the dataset to this version")
	}
	var before *dataset.Dataset
	if since != "" {
		before, err = d.At(since)
		if _, missing := errors.AsType[*dataset.MissingError](err); missing {
			return nil, nil, exit.WithHint(fmt.Errorf("what changed cannot be told: %w", err), "without --since all of the snapshot is taken")
		}
		if err != nil {
			return nil, nil, err
		}
	}
	h, err := handover.New(to, before, settings.JobOf(to.Manifest().Settings))
	if err != nil {
		return nil, nil, err
	}
	return h, to, nil
}

// importing reads the parts of a stream.
type importing struct {
	open   worker.Part // without its name: that of handover
	from   *handover.Handover
	report importReport
}

// importReport is what was read.
type importReport struct {
	Stage   string `json:"stage"`
	Parts   int64  `json:"parts"`
	Records int64  `json:"records"`
	handover.Counts
}

// part reads a part.
func (i *importing) part(ctx context.Context, p *worker.Part, emit worker.Emit) (err error) {
	i.report.Parts++
	of := worker.Part{Dataset: p.Dataset, Snapshot: p.Snapshot, Since: p.Since}
	if i.from == nil || i.open != of {
		if i.from, _, err = open(strings.Clone(p.Dataset), strings.Clone(p.Snapshot), strings.Clone(p.Since)); err != nil {
			return fmt.Errorf("import from %s: %w", p.Dataset, err)
		}
		i.open = worker.Part{Dataset: strings.Clone(p.Dataset), Snapshot: strings.Clone(p.Snapshot), Since: strings.Clone(p.Since)}
	}
	appender := shuffle.NewAppender(func(key schema.Key, record []byte) error {
		i.report.Records++
		return emit(key, record)
	})
	if since, ok := strings.CutPrefix(p.Name, erasedPart); ok {
		return i.erased(p.Dataset, since, appender)
	}
	if err := i.from.Read(ctx, p.Name, appender, &i.report.Counts); err != nil {
		return fmt.Errorf("import from %s: %w", p.Dataset, err)
	}
	return nil
}

// erased takes the jobs that were erased from a dataset since it was read.
func (i *importing) erased(dir, since string, to *shuffle.Appender) error {
	d, err := dataset.View(dir)
	if err != nil {
		return err
	}
	jobs, err := gone(d, since)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if err := to.ImportGone(job.InstanceID, job.JobID); err != nil {
			return err
		}
	}
	return nil
}
