package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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

func (p *Plan) noteMode(file string, mode fs.FileMode, private, group fs.FileMode) {
	if perm := mode.Perm(); perm != private && perm != group {
		p.note("%s has mode %04o, not %04o", path.Join("snapshots", p.name, file), perm, private)
	}
}

func (p *Plan) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
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

func (p *Plan) leaveOut(checks, why string) {
	p.leftOut = append(p.leftOut, checks+": "+why)
}

// noteOutside notes what lies in the dataset's folder and is not callmill's,
// or was left there by a run that was killed.
func (p *Plan) noteOutside() {
	p.noteLatestText()
	known := []string{"latest", "LATEST", "snapshots", "runs", "raw", "dict", "key", "lock"}
	for _, name := range namesIn(p.dir) {
		if !slices.Contains(known, name) {
			p.note("%s is not callmill's", name)
		}
	}
	for _, name := range namesIn(filepath.Join(p.dir, "snapshots")) {
		switch {
		case strings.HasPrefix(name, "."):
			p.note("%s was left by a run that did not end; the next one sweeps it", path.Join("snapshots", name))
		case !snapshotName.MatchString(name):
			p.note("%s is not callmill's", path.Join("snapshots", name))
		}
	}
	for _, name := range []string{"key", "raw", "lock"} {
		info, err := os.Lstat(filepath.Join(p.dir, name))
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			p.note("%s can be read by others: its mode is %04o", name, info.Mode().Perm())
		}
	}
}

// noteLatestText looks at LATEST, which is for those who cannot follow links:
// a run that was killed leaves it behind, and the next one mends it.
func (p *Plan) noteLatestText() {
	text, err := os.ReadFile(filepath.Join(p.dir, "LATEST"))
	switch named := strings.TrimSpace(string(text)); {
	case errors.Is(err, fs.ErrNotExist):
		p.note("LATEST is missing; the next run writes it")
	case err != nil:
		p.note("LATEST cannot be read: %v", err)
	case named != p.name:
		p.note("LATEST names %q and latest %s; the next run mends it", named, p.name)
	}
}

// namesIn lists a folder; one that cannot be read has no names.
func namesIn(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// wantedPath is where a file of a table must lie for its content and day.
func wantedPath(t *schema.Table, day int32, sum string) string {
	folder := t.Name
	if t.Day {
		folder = path.Join(folder, datePrefix+dataset.FormatDay(day))
	}
	return path.Join(folder, sum[:nameDigits]+dataSuffix)
}
