package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/calendar"
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
			file, wrong := checkFile(f, p.tables[t.Name])
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
		p.findings.add(dataset.ManifestFile, CheckCounts, "%s has %d rows, its files have %d", t.Name, t.Rows, rows)
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
func checkFile(f dataset.File, t *schema.Table) (file *tableFile, wrong string) {
	if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != sha256.Size || strings.ToLower(f.SHA256) != f.SHA256 {
		return nil, fmt.Sprintf("invalid SHA-256 %q", f.SHA256)
	}
	if f.Rows < 0 || f.Bytes <= 0 {
		return nil, fmt.Sprintf("it has %d rows in %d bytes", f.Rows, f.Bytes)
	}
	folder, day := t.Name, noDay
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
	case t.Day && f.Rows == 0 && (day != noDay || f.Bucket != 0 || f.Buckets != 1):
		return nil, "without rows it must be in " + dataset.DateDir(schema.NoDate) + " as the only bucket"
	case !t.Day && (f.Bucket != 0 || f.Buckets != 0):
		return nil, "its table is not divided into buckets"
	case t.Name != schema.TableTasks && len(f.Statuses) > 0:
		return nil, "it has statuses, which only tasks have"
	}
	return &tableFile{f, t, day}, ""
}
