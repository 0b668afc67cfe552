package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

const (
	manifestFile = "manifest.json"
	viewsFile    = "views.sql"
	dataSuffix   = ".parquet"
	// nameDigits is how much of the SHA-256 of its content names a file.
	nameDigits = 20
)

// listFiles lists what lies in the snapshot's folder. Links and the like are
// findings: nothing that is not a file is read.
func (p *Plan) listFiles() error {
	if _, err := os.Stat(p.snapshot); err != nil {
		return fmt.Errorf("latest names snapshot %s: %w: go back to another with `callmill snapshots %s rollback NAME`", p.name, err, p.dir)
	}
	return filepath.WalkDir(p.snapshot, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file, err := filepath.Rel(p.snapshot, name)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			p.noteMode(file, info.Mode(), 0o700, 0o750)
		case !info.Mode().IsRegular():
			p.findings.add(file, CheckFiles, "is no regular file")
		default:
			p.noteMode(file, info.Mode(), 0o600, 0o640)
			p.present[file] = info
		}
		return nil
	})
}

// checkFileList compares the files that are there with those of the manifest.
func (p *Plan) checkFileList(files []*tableFile) {
	wanted := map[string]bool{manifestFile: true, viewsFile: true}
	if p.present[viewsFile] == nil {
		p.findings.add(viewsFile, CheckFiles, "is missing")
	}
	for _, f := range files {
		wanted[f.Path] = true
		info := p.present[f.Path]
		switch {
		case info == nil:
			p.findings.add(f.Path, CheckFiles, "is missing")
		case info.Size() == 0:
			p.findings.add(f.Path, CheckBytes, "is empty, the manifest says %d bytes", f.Bytes)
		case info.Size() != f.Bytes:
			p.findings.add(f.Path, CheckBytes, "has %d bytes, the manifest says %d", info.Size(), f.Bytes)
		}
	}
	for file := range p.present {
		if !wanted[file] {
			p.findings.add(file, CheckFiles, "is not in the manifest")
		}
	}
}

// intact reports whether a file has the size, and unless in a hurry the hash,
// that the manifest says; only such a file is worth reading.
func (p *Plan) intact(ctx context.Context, f *tableFile) (bool, error) {
	if info := p.present[f.Path]; info == nil || info.Size() != f.Bytes {
		return false, nil // a finding already
	}
	if p.o.Quick {
		return true, nil
	}
	sum, err := hashFile(ctx, p.path(f.Path))
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	switch {
	case err != nil:
		p.findings.add(f.Path, CheckBytes, "cannot be read: %v", err)
	case sum != f.SHA256:
		p.findings.add(f.Path, CheckBytes, "its SHA-256 is %s, the manifest says %s%s", sum, f.SHA256, p.contentOf(sum))
	default:
		return true, nil
	}
	return false, nil
}

// contentOf names the file whose content lies under another name.
func (p *Plan) contentOf(sum string) string {
	for _, t := range p.manifest.Tables {
		for _, f := range t.Files {
			if f.SHA256 == sum {
				return ": it has the content of " + f.Path
			}
		}
	}
	return ""
}

func hashFile(ctx context.Context, name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, &cancelled{ctx, file}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cancelled is a reader that ends with its context.
type cancelled struct {
	ctx    context.Context
	reader io.Reader
}

func (c *cancelled) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.reader.Read(b)
}

// planByNames is for a snapshot whose manifest cannot be trusted: its files
// still bear their hashes as names.
func (p *Plan) planByNames() {
	for file := range p.present {
		switch t := p.tableOf(file); {
		case file == manifestFile || file == viewsFile:
		case t == nil || path.Ext(file) != dataSuffix:
			p.findings.add(file, CheckFiles, "is no file of a snapshot")
		default:
			p.units = append(p.units, unit{file: &tableFile{File: dataset.File{Path: file}, table: t}})
		}
	}
	slices.SortFunc(p.units, func(a, b unit) int { return strings.Compare(a.file.Path, b.file.Path) })
	p.leaveOut("which files there must be, rows, columns and counts", "the manifest is damaged")
}

// checkName compares a file with its name.
func (p *Plan) checkName(ctx context.Context, f *tableFile) error {
	if p.o.Quick {
		return nil
	}
	sum, err := hashFile(ctx, p.path(f.Path))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.findings.add(f.Path, CheckBytes, "cannot be read: %v", err)
		return nil
	}
	if name := strings.TrimSuffix(path.Base(f.Path), dataSuffix); name != sum[:nameDigits] {
		p.findings.add(f.Path, CheckBytes, "its SHA-256 is %s, not that of its name", sum)
	}
	return nil
}

// wantedPath is where a file of a table must lie for its content and day.
func wantedPath(t *schema.Table, day int32, sum string) string {
	folder := t.Name
	if t.Day {
		folder = path.Join(folder, datePrefix+dataset.FormatDay(day))
	}
	return path.Join(folder, sum[:nameDigits]+dataSuffix)
}
