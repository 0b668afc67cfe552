package verify

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// Plan is a check cut into units that can be made at the same time: NewPlan,
// Check for every unit, Report.
type Plan struct {
	o        Options
	dir      string // of the dataset
	name     string // of the snapshot
	snapshot string // its folder
	tables   []schema.Table

	manifest *dataset.Manifest // nil where it cannot be trusted
	location *time.Location    // nil where the settings name none
	// What makes rows and contact keys again; nil where they are left out.
	rows       func() Rows
	contactKey func() func(number string) string
	// sameOutcomes: statuses mean what they meant when the snapshot was made.
	sameOutcomes bool

	present map[string]fs.FileInfo // files in the snapshot's folder
	units   []unit
	jobs    []*tableFile // the files of jobs that hold rows

	findings findings
	notes    []string
	leftOut  []string

	mu   sync.Mutex
	keys []schema.Key // of all jobs
}

// unit is what is checked in one go: the files of a shard, which belong
// together, or one file by itself.
type unit struct {
	shard *shard
	file  *tableFile
}

// tableFile is a file as the manifest has it.
type tableFile struct {
	dataset.File
	table *schema.Table
	day   int32 // schema.NoDate for small tables, too
}

// shard is the part of a day's jobs that lies in one file per table.
type shard struct {
	day             int32
	bucket, buckets int
	files           map[string]*tableFile // by table
}

func (s *shard) String() string {
	return fmt.Sprintf("job_date=%s bucket %d of %d", dataset.FormatDay(s.day), s.bucket, s.buckets)
}

// NewPlan looks at the manifest and at what files there are, and plans the
// rest. The error means that there is nothing to check.
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
		tables: schema.Tables(), present: map[string]fs.FileInfo{},
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

// Check checks one unit. Units may be checked at the same time. The error is
// that of ctx, everything else is a finding.
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

// Report looks at what only all units together show, and sums up.
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

// path is where a file of the snapshot lies.
func (p *Plan) path(file string) string {
	return filepath.Join(p.snapshot, filepath.FromSlash(file))
}

// planShards makes units of the files and checks how days are cut into
// shards.
func (p *Plan) planShards(files []*tableFile) {
	type place struct {
		day             int32
		bucket, buckets int
	}
	shards := map[place]*shard{}
	for _, f := range files {
		if !f.table.Day || f.Rows == 0 {
			p.units = append(p.units, unit{file: f})
			continue
		}
		at := place{f.day, f.Bucket, f.Buckets}
		if shards[at] == nil {
			shards[at] = &shard{f.day, f.Bucket, f.Buckets, map[string]*tableFile{}}
		}
		if other := shards[at].files[f.table.Name]; other != nil {
			p.findings.add(f.Path, CheckShards, "holds the same shard as %s", other.Path)
			p.units = append(p.units, unit{file: f})
			continue
		}
		shards[at].files[f.table.Name] = f
	}
	days := map[int32][]*shard{}
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
	// Reading goes by day, so that what is found has an order.
	slices.SortFunc(p.units, func(a, b unit) int { return cmp.Compare(a.firstPath(), b.firstPath()) })
	slices.SortFunc(p.jobs, func(a, b *tableFile) int { return cmp.Compare(a.Path, b.Path) })
}

func (u unit) firstPath() string {
	if u.file != nil {
		return u.file.Path
	}
	return u.shard.String()
}

// checkBuckets checks how one day is cut into shards.
func (p *Plan) checkBuckets(day []*shard) {
	slices.SortFunc(day, func(a, b *shard) int {
		return cmp.Or(cmp.Compare(a.buckets, b.buckets), cmp.Compare(a.bucket, b.bucket))
	})
	rows := map[string]int64{}
	for _, s := range day {
		where := s.anyFile().Path
		if s.buckets != day[0].buckets {
			p.findings.add(where, CheckShards, "its day is cut into %d buckets here and into %d in %s", s.buckets, day[0].buckets, day[0].anyFile().Path)
		}
		if s.buckets < 1 || s.buckets&(s.buckets-1) != 0 || s.bucket < 0 || s.bucket >= s.buckets {
			p.findings.add(where, CheckShards, "bucket %d of %d, which is no bucket of a power of two", s.bucket, s.buckets)
		}
		if s.files[schema.TableJobs] == nil {
			p.findings.add(where, CheckReferences, "rows of %s, of which jobs has no file", s)
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
		p.findings.add(day[0].anyFile().Path, CheckShards, "its day is cut into %d buckets, %d rows ask for %d", day[0].buckets, most, want)
	}
}

// anyFile is the file to name where something is wrong with the whole shard:
// that of the first table that has one.
func (s *shard) anyFile() *tableFile {
	for _, name := range schema.DayTables() {
		if f := s.files[name]; f != nil {
			return f
		}
	}
	return nil
}

// tableOf finds the table a path inside the snapshot belongs to.
func (p *Plan) tableOf(file string) *schema.Table {
	for i := range p.tables {
		if first := firstElement(file); first == p.tables[i].Name {
			return &p.tables[i]
		}
	}
	return nil
}

func firstElement(file string) string {
	for dir := path.Dir(file); dir != "."; dir = path.Dir(file) {
		file = dir
	}
	return file
}
