package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// checkTables checks what the manifest says of tables and files, and gives
// the files that make sense.
func (p *Plan) checkTables() []*tableFile {
	var names []string
	for _, t := range p.manifest.Tables {
		names = append(names, t.Name)
	}
	if want := schema.TableNames(); !slices.Equal(names, want) {
		p.findings.add(manifestFile, CheckManifest, "has the tables %s, not %s", strings.Join(names, " "), strings.Join(want, " "))
	}
	var files []*tableFile
	seen := map[string]bool{}
	for i := range p.manifest.Tables {
		t := &p.manifest.Tables[i]
		if slices.Contains(names[:i], t.Name) || !slices.Contains(schema.TableNames(), t.Name) {
			continue // said already
		}
		p.checkTable(t)
		for _, f := range t.Files {
			file, wrong := p.place(f, t.Name)
			if seen[f.Path] {
				wrong = "is there twice"
			}
			seen[f.Path] = true
			if wrong != "" {
				p.findings.add(manifestFile, CheckManifest, "file %q of %s: %s", f.Path, t.Name, wrong)
				continue
			}
			files = append(files, file)
		}
	}
	return files
}

// checkTable checks the sums over a table's files, and its emptiness.
func (p *Plan) checkTable(t *dataset.Table) {
	rows, empty := int64(0), 0
	for _, f := range t.Files {
		rows += f.Rows
		if f.Rows == 0 {
			empty++
		}
	}
	if rows != t.Rows {
		p.findings.add(manifestFile, CheckCounts, "%s has %d rows, its files have %d", t.Name, t.Rows, rows)
	}
	if sum := hashFiles(t.Files); sum != t.ContentHash {
		p.findings.add(manifestFile, CheckManifest, "the content hash of %s is %s, its files give %s", t.Name, t.ContentHash, sum)
	}
	if !slices.IsSortedFunc(t.Files, func(a, b dataset.File) int { return strings.Compare(a.Path, b.Path) }) {
		p.findings.add(manifestFile, CheckManifest, "the files of %s are not in the order of their paths", t.Name)
	}
	day := slices.Contains(schema.DayTables(), t.Name)
	switch {
	case len(t.Files) == 0:
		p.findings.add(manifestFile, CheckManifest, "%s has no file; without rows it has one of zero rows", t.Name)
	case empty > 0 && len(t.Files) > 1:
		p.findings.add(manifestFile, CheckManifest, "%s has %d files, %d of them without rows", t.Name, len(t.Files), empty)
	case !day && len(t.Files) > 1:
		p.findings.add(manifestFile, CheckManifest, "%s has %d files, not one", t.Name, len(t.Files))
	}
}

// hashFiles is the content hash of a table: the SHA-256 of a line for each
// file, its hash and its path, in the order of the paths.
func hashFiles(files []dataset.File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %s\n", f.SHA256, f.Path)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// place finds the day of a file from its path, or says why the entry makes no
// sense.
func (p *Plan) place(f dataset.File, name string) (file *tableFile, wrong string) {
	file = &tableFile{File: f, day: schema.NoDate}
	for i := range p.tables {
		if p.tables[i].Name == name {
			file.table = &p.tables[i]
		}
	}
	if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != sha256.Size || strings.ToLower(f.SHA256) != f.SHA256 {
		return nil, fmt.Sprintf("%q is no SHA-256", f.SHA256)
	}
	if f.Rows < 0 || f.Bytes <= 0 {
		return nil, fmt.Sprintf("it has %d rows in %d bytes", f.Rows, f.Bytes)
	}
	if file.table.Day {
		text, ok := strings.CutPrefix(path.Base(path.Dir(f.Path)), datePrefix)
		day, err := dataset.ParseDay(text)
		if !ok || err != nil {
			return nil, "it lies in the folder of no day"
		}
		file.day = day
	}
	if want := wantedPath(file.table, file.day, f.SHA256); f.Path != want {
		return nil, "by its hash and day it must be " + want
	}
	if file.table.Day && f.Rows == 0 && (file.day != schema.NoDate || f.Bucket != 0 || f.Buckets != 1) {
		return nil, "without rows it must lie in " + datePrefix + dataset.FormatDay(schema.NoDate) + " as the only bucket"
	}
	if !file.table.Day && (f.Bucket != 0 || f.Buckets != 0) {
		return nil, "its table is not cut into buckets"
	}
	if name != schema.TableTasks && len(f.Statuses) > 0 {
		return nil, "it has statuses, which only tasks have"
	}
	return file, ""
}
