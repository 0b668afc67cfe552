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

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/calendar"
	"callmill/schema"
)

// Plan is a check of a snapshot, divided into units that may be checked
// concurrently: NewPlan, Check for every unit, Report.
type Plan struct {
	o        Options
	dir      string                   // of the dataset
	name     string                   // of the snapshot
	snapshot string                   // its folder
	tables   map[string]*schema.Table // by name

	manifest *dataset.Manifest // nil if it is damaged
	location *time.Location    // nil if the settings name none
	// What derives rows and contact keys again; nil if they are left out.
	rows       func() Rows
	contactKey func() func(number string) string
	// sameOutcomes says that statuses mean what they meant when the snapshot was
	// made.
	sameOutcomes bool

	present map[string]fs.FileInfo // files in the snapshot's folder
	units   []unit
	jobs    []*tableFile      // files of jobs with rows
	content map[string]string // paths in the manifest, by SHA-256

	findings findings
	notes    []string
	leftOut  []string

	mu   sync.Mutex
	keys []schema.Key // of all jobs
}

// unit is what is checked together: the files of a shard, or one file.
type unit struct {
	shard *shard
	file  *tableFile
}

// tableFile is a file of a table as the manifest describes it.
type tableFile struct {
	dataset.File
	table *schema.Table
	day   calendar.Day // noDay for small tables
}

// noDay is the day of jobs without a call.
const noDay = calendar.Day(schema.NoDate)

// NewPlan checks the manifest and which files there are, and plans the rest. An
// error means that there is nothing to check.
func NewPlan(dir string, o Options) (*Plan, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("verify dataset: %w", err)
	}
	name, err := dataset.Latest(dir)
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	if name == "" {
		return nil, fmt.Errorf("verify %s: %w", dir, dataset.ErrEmpty)
	}
	p := &Plan{
		o: o, dir: dir, name: name, snapshot: filepath.Join(dir, "snapshots", name),
		tables: map[string]*schema.Table{}, present: map[string]fs.FileInfo{}, content: map[string]string{},
	}
	for _, t := range schema.Tables() {
		p.tables[t.Name] = &t
	}
	if err := p.listFiles(); err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	p.noteOutside()
	if p.manifest, err = p.readManifest(); err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	if p.manifest == nil {
		p.planByNames()
		p.checkViewsText()
		return p, nil
	}
	p.checkSettings()
	p.checkExtent()
	p.checkCounts()
	files := p.checkTables()
	p.checkFileList(files)
	p.checkViews(files)
	p.planShards(files)
	p.prepareDerived()
	p.prepareContactKeys()
	return p, nil
}

// Units is the number of units to check.
func (p *Plan) Units() int { return len(p.units) }

// Check checks one unit. It is safe for concurrent use. The error is that of ctx;
// anything else is a finding.
func (p *Plan) Check(ctx context.Context, unit int) error {
	u := p.units[unit]
	switch {
	case u.shard != nil:
		return p.checkShard(ctx, u.shard)
	case p.manifest == nil:
		return p.checkName(ctx, u.file)
	}
	return p.checkSmall(ctx, u.file)
}

// Report checks what only all units together show, and sums up. Every unit must
// have been checked.
func (p *Plan) Report(ctx context.Context) (*Report, error) {
	if err := p.checkUnique(ctx); err != nil {
		return nil, err
	}
	r := &Report{Snapshot: p.name, Findings: p.findings.sorted(), LeftOut: p.leftOut, Notes: p.notes}
	if p.manifest == nil {
		return r, nil
	}
	for _, t := range p.manifest.Tables {
		table := Table{Name: t.Name, Files: len(t.Files), Rows: t.Rows}
		for _, f := range t.Files {
			table.Bytes += f.Bytes
		}
		r.Tables = append(r.Tables, table)
	}
	return r, nil
}

// path returns where a file of the snapshot is.
func (p *Plan) path(file string) string {
	return filepath.Join(p.snapshot, filepath.FromSlash(file))
}

// planShards makes units of the files and checks how days are divided into shards.
func (p *Plan) planShards(files []*tableFile) {
	type shardKey struct {
		day             calendar.Day
		bucket, buckets int
	}
	shards := map[shardKey]*shard{}
	for _, f := range files {
		if !f.table.Day || f.Rows == 0 {
			p.units = append(p.units, unit{file: f})
			continue
		}
		key := shardKey{f.day, f.Bucket, f.Buckets}
		s := shards[key]
		if s == nil {
			s = &shard{f.day, f.Bucket, f.Buckets, map[string]*tableFile{}}
			shards[key] = s
		}
		if other := s.files[f.table.Name]; other != nil {
			p.findings.add(f.Path, CheckShards, "holds the same shard as %s", other.Path)
			p.units = append(p.units, unit{file: f})
			continue
		}
		s.files[f.table.Name] = f
	}
	days := map[calendar.Day][]*shard{}
	for _, s := range shards {
		p.units = append(p.units, unit{shard: s})
		days[s.day] = append(days[s.day], s)
		if f := s.files[schema.TableJobs]; f != nil {
			p.jobs = append(p.jobs, f)
		}
	}
	for _, day := range days {
		p.checkBuckets(day)
	}
	slices.SortFunc(p.units, compareUnits)
	slices.SortFunc(p.jobs, func(a, b *tableFile) int { return cmp.Compare(a.Path, b.Path) })
}

// compareUnits puts the shards of a day beside each other.
func compareUnits(a, b unit) int { return cmp.Compare(a.String(), b.String()) }

func (u unit) String() string {
	if u.file != nil {
		return u.file.Path
	}
	return u.shard.String()
}

// checkBuckets checks how a day is divided into shards.
func (p *Plan) checkBuckets(day []*shard) {
	slices.SortFunc(day, func(a, b *shard) int {
		return cmp.Or(cmp.Compare(a.buckets, b.buckets), cmp.Compare(a.bucket, b.bucket))
	})
	rows := map[string]int64{}
	for _, s := range day {
		file := s.anyFile().Path
		if s.buckets != day[0].buckets {
			p.findings.add(file, CheckShards, "its day is divided into %d buckets here and into %d in %s", s.buckets, day[0].buckets, day[0].anyFile().Path)
		}
		if s.buckets < 1 || s.buckets&(s.buckets-1) != 0 || s.bucket < 0 || s.bucket >= s.buckets {
			p.findings.add(file, CheckShards, "invalid bucket %d of %d: want one of a power of two", s.bucket, s.buckets)
		}
		if s.files[schema.TableJobs] == nil {
			p.findings.add(file, CheckReferences, "has rows of %s, of which jobs has no file", s)
		}
		for name, f := range s.files {
			rows[name] += f.Rows
		}
	}
	most := int64(0)
	for _, n := range rows {
		most = max(most, n)
	}
	if want := dataset.BucketsFor(most); day[0].buckets != want {
		p.findings.add(day[0].anyFile().Path, CheckShards, "its day is divided into %d buckets, but %d rows need %d", day[0].buckets, most, want)
	}
}
