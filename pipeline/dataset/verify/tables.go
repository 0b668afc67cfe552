package verify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/verify/consistency"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// checkTables checks what the manifest says of tables and files, and returns the
// files whose entries are valid.
func (p *plan) checkTables() []*tableFile {
	var names []string
	for _, t := range p.manifest.Tables {
		names = append(names, t.Name)
	}
	if want := schema.TableNames(); !slices.Equal(names, want) {
		p.addManifest("has the tables %s, not %s", strings.Join(names, " "), strings.Join(want, " "))
	}
	var files []*tableFile
	seen := map[string]bool{}
	for i := range p.manifest.Tables {
		t := &p.manifest.Tables[i]
		if slices.Contains(names[:i], t.Name) || p.tables[t.Name] == nil {
			continue // a finding already
		}
		p.checkTable(t)
		for _, f := range t.Files {
			p.content[f.SHA256] = f.Path
			file, wrong := p.checkFile(f, p.tables[t.Name])
			if seen[f.Path] {
				wrong = "is there twice"
			}
			seen[f.Path] = true
			if wrong != "" {
				p.addManifest("file %q of %s: %s", f.Path, t.Name, wrong)
				continue
			}
			files = append(files, file)
		}
	}
	return files
}

// checkTable checks the sums over a table's files, and its emptiness.
func (p *plan) checkTable(t *dataset.Table) {
	rows, empty := int64(0), 0
	for _, f := range t.Files {
		rows += f.Rows
		if f.Rows == 0 {
			empty++
		}
	}
	if rows != t.Rows {
		p.findings.Add(dataset.ManifestFile, finding.Counts, "%s has %d rows, its files have %d", t.Name, t.Rows, rows)
	}
	if sum := dataset.HashFiles(t.Files); sum != t.ContentHash {
		p.addManifest("the content hash of %s is %s, that of its files is %s", t.Name, t.ContentHash, sum)
	}
	if !slices.IsSortedFunc(t.Files, func(a, b dataset.File) int { return strings.Compare(a.Path, b.Path) }) {
		p.addManifest("the files of %s are not in the order of their paths", t.Name)
	}
	switch {
	case len(t.Files) == 0:
		p.addManifest("%s has no file: without rows it has one file of zero rows", t.Name)
	case empty > 0 && len(t.Files) > 1:
		p.addManifest("%s has %d files, %d of them without rows", t.Name, len(t.Files), empty)
	case !p.tables[t.Name].Day && len(t.Files) > 1:
		p.addManifest("%s has %d files, not one", t.Name, len(t.Files))
	}
}

// checkFile checks the entry of a file in the manifest, whose day is in its path.
// wrong says what is wrong with it.
func (p *plan) checkFile(f dataset.File, t *schema.Table) (file *tableFile, wrong string) {
	if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != sha256.Size || strings.ToLower(f.SHA256) != f.SHA256 {
		return nil, fmt.Sprintf("invalid SHA-256 %q", f.SHA256)
	}
	if f.Rows < 0 || f.Bytes <= 0 {
		return nil, fmt.Sprintf("it has %d rows in %d bytes", f.Rows, f.Bytes)
	}
	folder, day := t.Name, p.noDay
	if t.Day {
		date, ok := dataset.DayOf(f.Path)
		if !ok {
			return nil, "it is in the folder of no day"
		}
		folder, day = path.Join(folder, dataset.DateDir(date)), calendar.Day(date)
	}
	switch want := dataset.FilePath(folder, f.SHA256); {
	case f.Path != want:
		return nil, "by its hash and day it must be " + want
	case t.Day && f.Rows == 0 && (day != p.noDay || f.Bucket != 0 || f.Buckets != 1):
		return nil, "without rows it must be in " + dataset.DateDir(int32(p.noDay)) + " as the only bucket"
	case !t.Day && (f.Bucket != 0 || f.Buckets != 0):
		return nil, "its table is not divided into buckets"
	case t.Name != schema.TableTasks && len(f.Statuses) > 0:
		return nil, "it has statuses, which only tasks have"
	}
	return &tableFile{f, t, day}, ""
}

// shard is the part of a day's jobs that is in one file per table.
type shard struct {
	consistency.Shard
	files map[string]*tableFile // by table
	first *tableFile            // the one to name if something is wrong with the whole shard
}

// pathOf returns the file of a table, that of jobs if there is none.
func (s *shard) pathOf(table string) string {
	return cmp.Or(s.files[table], s.files[schema.TableJobs]).Path
}

// planShards makes units of the files and checks how days are divided into shards.
func (p *plan) planShards(files []*tableFile) {
	shards := map[consistency.Shard]*shard{}
	for _, f := range files {
		if !f.table.Day || f.Rows == 0 {
			p.units = append(p.units, fileUnit(f, p.checkSmall))
			continue
		}
		id := consistency.Shard{Day: f.day, Bucket: f.Bucket, Buckets: f.Buckets}
		s := shards[id]
		if s == nil {
			s = &shard{id, map[string]*tableFile{}, f}
			shards[id] = s
		}
		if other := s.files[f.table.Name]; other != nil {
			p.findings.Add(f.Path, finding.Shards, "holds the same shard as %s", other.Path)
			p.units = append(p.units, fileUnit(f, p.checkSmall))
			continue
		}
		s.files[f.table.Name] = f
	}
	days := map[calendar.Day][]*shard{}
	for _, s := range shards {
		p.units = append(p.units, unit{s.String(), func(ctx context.Context, w *worker) error { return p.checkShard(ctx, w, s) }})
		days[s.Day] = append(days[s.Day], s)
	}
	for _, day := range days {
		p.checkBuckets(day)
	}
	p.sortUnits()
}

// checkBuckets checks how a day is divided into shards.
func (p *plan) checkBuckets(day []*shard) {
	slices.SortFunc(day, func(a, b *shard) int {
		return cmp.Or(cmp.Compare(a.Buckets, b.Buckets), cmp.Compare(a.Bucket, b.Bucket))
	})
	rows := map[string]int64{}
	for _, s := range day {
		file := s.first.Path
		if s.Buckets != day[0].Buckets {
			p.findings.Add(file, finding.Shards, "its day is divided into %d buckets here and into %d in %s", s.Buckets, day[0].Buckets, day[0].first.Path)
		}
		if s.Buckets < 1 || s.Buckets&(s.Buckets-1) != 0 || s.Bucket < 0 || s.Bucket >= s.Buckets {
			p.findings.Add(file, finding.Shards, "invalid bucket %d of %d: want one of a power of two", s.Bucket, s.Buckets)
		}
		if s.files[schema.TableJobs] == nil {
			p.findings.Add(file, finding.References, "has rows of %s, of which jobs has no file", s)
		}
		for name, f := range s.files {
			rows[name] += f.Rows
		}
	}
	most := slices.Max(slices.Collect(maps.Values(rows)))
	if want := dataset.BucketsFor(most); day[0].Buckets != want {
		p.findings.Add(day[0].first.Path, finding.Shards, "its day is divided into %d buckets, but %d rows need %d", day[0].Buckets, most, want)
	}
}
