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
	"strconv"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/pipeline/dataset/verify/arrowio"
	"callmill/pipeline/dataset/verify/finding"
)

// listFiles lists the files in the snapshot's folder. Links and the like are
// findings: only regular files are read.
func (p *plan) listFiles() error {
	if _, err := os.Stat(p.snapshot); err != nil {
		return &dataset.LatestError{Dir: p.dir, Err: fmt.Errorf("latest names snapshot %s: %w", p.name, err)}
	}
	return fs.WalkDir(os.DirFS(p.snapshot), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir():
			p.noteMode(file, info.Mode(), 0o700, 0o750)
		case !info.Mode().IsRegular():
			p.findings.Add(file, finding.Files, "is not a regular file")
		default:
			p.noteMode(file, info.Mode(), 0o600, 0o640)
			p.present[file] = info
		}
		return nil
	})
}

// checkFileList compares the files that are there with those of the manifest.
func (p *plan) checkFileList(files []*tableFile) {
	wanted := map[string]bool{dataset.ManifestFile: true, dataset.ViewsFile: true}
	for _, f := range files {
		wanted[f.Path] = true
		info := p.present[f.Path]
		switch {
		case info == nil:
			p.findings.Add(f.Path, finding.Files, "is missing")
		case info.Size() != f.Bytes:
			p.findings.Add(f.Path, finding.Bytes, "has %d bytes, the manifest says %d", info.Size(), f.Bytes)
		}
	}
	for file := range p.present {
		if !wanted[file] {
			p.findings.Add(file, finding.Files, "is not in the manifest")
		}
	}
}

// intact reports whether a file has the size and, unless Quick, the hash that the
// manifest says; only such a file is worth reading.
func (p *plan) intact(ctx context.Context, f *tableFile) (bool, error) {
	if info := p.present[f.Path]; info == nil || info.Size() != f.Bytes {
		return false, nil // a finding already
	}
	if p.o.Quick {
		return true, nil
	}
	sum, err := p.hash(ctx, f)
	if sum == "" || sum == f.SHA256 {
		return sum != "", err
	}
	other := ""
	if same, ok := p.content[sum]; ok {
		other = ": it has the content of " + same
	}
	p.findings.Add(f.Path, finding.Bytes, "its SHA-256 is %s, the manifest says %s%s", sum, f.SHA256, other)
	return false, nil
}

// hash returns the SHA-256 of a file, "" if it cannot be read, which is a
// finding. The error is that of ctx.
func (p *plan) hash(ctx context.Context, f *tableFile) (string, error) {
	h := sha256.New()
	file, err := os.Open(p.path(f.Path))
	if err == nil {
		defer file.Close()
	}
	for err == nil && ctx.Err() == nil {
		_, err = io.CopyN(h, file, 1<<22)
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if !errors.Is(err, io.EOF) {
		p.findings.Add(f.Path, finding.Bytes, "cannot be read: %v", err)
		return "", nil
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// shared finds the other snapshots that have the files of the findings. Files are
// named for their content, so that the same name stands for the same file.
func (p *plan) shared(list []finding.Finding) (shared []finding.Shared) {
	for i, f := range list {
		if path.Ext(f.File) != ".parquet" || i > 0 && list[i-1].File == f.File {
			continue
		}
		if others := dataset.SnapshotsWith(p.dir, f.File, p.name); len(others) > 0 {
			shared = append(shared, finding.Shared{File: f.File, Snapshots: others})
		}
	}
	return shared
}

// sound checks everything about a file except its rows, and reports whether they
// can be read as rows of its table.
func (p *plan) sound(ctx context.Context, f *tableFile) (bool, error) {
	intact, err := p.intact(ctx, f)
	return intact && p.checkFooter(f) && !p.o.Quick, err
}

// checkFooter checks the format, the columns and the numbers of rows of a file,
// and reports whether its rows can be read as rows of its table.
func (p *plan) checkFooter(f *tableFile) bool {
	footer, err := arrowio.ReadFooter(p.path(f.Path))
	if err != nil {
		p.findings.Add(f.Path, finding.Schema, "its footer cannot be read: %v", err)
		return false
	}
	if want := strconv.Itoa(p.manifest.Format); footer.Values[parquetio.FormatKey] != want {
		p.findings.Add(f.Path, finding.Schema, "its footer does not say %s %s", parquetio.FormatKey, want)
	}
	if footer.Rows != f.Rows || footer.GroupRows != f.Rows {
		p.findings.Add(f.Path, finding.Counts, "its footer says %d rows, its row groups %d, the manifest %d", footer.Rows, footer.GroupRows, f.Rows)
		return false
	}
	want := f.table.Columns
	ok := len(footer.Columns) == len(want)
	if !ok {
		p.findings.Add(f.Path, finding.Schema, "has %d columns, %s has %d", len(footer.Columns), f.table.Name, len(want))
	}
	for i := range min(len(footer.Columns), len(want)) {
		if got := footer.Columns[i]; !arrowio.Fits(got, want[i]) {
			p.findings.Add(f.Path, finding.Schema, "column %d is %s, not %s", i, got, arrowio.Describe(want[i]))
			ok = false
		}
	}
	return ok
}
