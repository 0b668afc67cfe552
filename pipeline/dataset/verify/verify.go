// Package verify checks a published snapshot: files and their hashes, schemas, and
// of the rows keys, references, order, the shard of each job, and every column that
// can be derived again.
//
// It reads rows with [callmill/pipeline/dataset/verify/arrowio], not with what wrote
// them, and shares with the writer only names, the manifest's type and calendar
// days. It changes nothing and takes no lock. Units, a shard or a file each, are read by
// several workers, which check the jobs of a shard part by part, whoever read them, with
// [callmill/pipeline/dataset/verify/consistency]; the report does not depend on how many.
// What derives the rows of a job is passed in.
//
// What is wrong is a [finding.Finding], which names the file; what is unusual outside the
// snapshot is a note. A snapshot is damaged if there is a finding.
package verify

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/pipeline/dataset/verify/outside"
	"callmill/schema"
)

// Options say how to check. The zero value checks what needs nothing passed in.
type Options struct {
	// Quick reads no rows: only sizes, names, footers and the manifest.
	Quick bool

	// Rows returns a constructor of functions that derive the rows of a job under
	// the given settings. The constructor is called once for each worker; rows need
	// be valid only until the next call. If Rows is nil or returns an error, no
	// column is derived again, and the report says so.
	Rows func(dataset.Settings) (func() Rows, error)

	// Job makes the job of its rows. If it is nil, content hashes and derived
	// columns are not checked.
	Job func(*schema.Rows) *schema.Job

	// ContactKey returns a function that makes the contact key of a phone number
	// with the key of the dataset, as that version of the derivation made it, "" if
	// the number has none. It is called once for each worker, and only if numbers are
	// published. If it is nil, contact keys are not checked.
	ContactKey func(derivation int) func(number string) string

	// Workers is how many goroutines read and check; 0 means one per processor. Each
	// has the pages of one shard in memory.
	Workers int
}

// Rows derives the rows of a job whose content has the given hash.
type Rows func(*schema.Job, schema.ContentHash) *schema.Rows

// Snapshot checks the published snapshot of the dataset in dir, unit by unit. What
// is wrong is in the report; an error means that there is nothing to check, or that
// ctx was cancelled.
func Snapshot(ctx context.Context, dir string, o Options) (*finding.Report, error) {
	p, err := newPlan(dir, o)
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	if err := p.checkUnits(ctx); err != nil {
		return nil, err
	}
	return p.report(ctx)
}

// plan is a check of a snapshot, divided into units.
type plan struct {
	o        Options
	dir      string                   // of the dataset
	name     string                   // of the snapshot
	snapshot string                   // its folder
	tables   map[string]*schema.Table // by name, as the snapshot's format has them
	noDay    calendar.Day             // of jobs without a call

	manifest *dataset.Manifest // nil if it is damaged
	location *time.Location    // nil if the settings name none
	// What derives rows and contact keys again; nil if they are left out.
	rows         func() Rows
	contactKey   func(derivation int) func(number string) string
	sameOutcomes bool // statuses mean what they meant when the snapshot was made

	present map[string]fs.FileInfo // files in the snapshot's folder
	units   []unit
	content map[string]string // paths in the manifest, by SHA-256

	findings  finding.List
	retention retention
	notes     []string
	leftOut   []string

	mu   sync.Mutex   // for what is below
	keys [][]uint64   // the first halves of the keys of all jobs, of each shard sorted
	jobs []*tableFile // the files they were read from
}

// unit is what is read together: the files of a shard, or one file. A worker reads it, and
// hands over what others can check. Its error is that of ctx.
type unit struct {
	name  string
	check func(context.Context, *worker) error
}

// tableFile is a file of a table as the manifest describes it.
type tableFile struct {
	dataset.File
	table *schema.Table
	day   calendar.Day // plan.noDay for small tables
}

// newPlan checks the manifest and which files there are, and plans the rest. An
// error means that there is nothing to check.
func newPlan(dir string, o Options) (*plan, error) {
	p := &plan{
		o: o, dir: dir,
		tables: map[string]*schema.Table{}, present: map[string]fs.FileInfo{}, content: map[string]string{},
	}
	p.describe(dataset.FormatVersion)
	return p, p.prepare()
}

// describe describes what snapshots of a format have.
func (p *plan) describe(format int) {
	p.noDay = calendar.Day(schema.NoDateIn(format))
	for _, t := range schema.Tables() {
		t = t.In(format)
		p.tables[t.Name] = &t
	}
}

func (p *plan) prepare() (err error) {
	if _, err := os.Stat(p.dir); err != nil {
		return err
	}
	if p.name, err = dataset.Latest(p.dir); err != nil {
		return err
	}
	if p.name == "" {
		return dataset.ErrEmpty
	}
	p.snapshot = filepath.Join(p.dir, "snapshots", p.name)
	if err := p.listFiles(); err != nil {
		return err
	}
	p.notes = append(p.notes, outside.Notes(p.dir, p.name)...)
	if p.manifest, err = p.readManifest(); err != nil {
		return err
	}
	if p.manifest == nil {
		p.planByNames()
		p.checkViewsText()
		return nil
	}
	p.describe(max(1, p.manifest.Format))
	p.checkSettings()
	p.checkExtent()
	p.checkCounts()
	files := p.checkTables()
	p.checkFileList(append(p.besideTables(), files...))
	p.checkViews(files)
	p.planShards(files)
	p.prepareDerived()
	p.prepareContactKeys()
	p.prepareRetention()
	return nil
}

// report checks what only all units together show, and sums up.
func (p *plan) report(ctx context.Context) (*finding.Report, error) {
	if err := p.checkUnique(ctx); err != nil {
		return nil, err
	}
	p.noteRetention()
	r := &finding.Report{Snapshot: p.name, Findings: p.findings.Sorted(), LeftOut: p.leftOut, Notes: p.notes}
	r.Shared = p.shared(r.Findings)
	if p.manifest == nil {
		return r, nil
	}
	for _, t := range p.manifest.Tables {
		table := finding.Table{Name: t.Name, Files: len(t.Files), Rows: t.Rows}
		for _, f := range t.Files {
			table.Bytes += f.Bytes
		}
		r.Tables = append(r.Tables, table)
	}
	return r, nil
}

// path returns where a file of the snapshot is.
func (p *plan) path(file string) string {
	return filepath.Join(p.snapshot, filepath.FromSlash(file))
}

// fileUnit is a unit of one file.
func fileUnit(f *tableFile, check func(context.Context, *tableFile) error) unit {
	return unit{f.Path, func(ctx context.Context, _ *worker) error { return check(ctx, f) }}
}

// sortUnits puts the shards of a day beside each other.
func (p *plan) sortUnits() {
	slices.SortFunc(p.units, func(a, b unit) int { return cmp.Compare(a.name, b.name) })
}
