package verify

import (
	"context"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/pending"
	"callmill/schema"
)

// planPending checks what the manifest says of the file of what is pending, and makes
// a unit of it. It returns the files of the snapshot with that one.
func (p *plan) planPending(files []*tableFile) []*tableFile {
	f := &tableFile{File: p.manifest.Pending}
	if f.Path == "" {
		return files
	}
	if _, wrong := p.checkFile(f.File, &schema.Table{Name: dataset.PendingDir}); wrong != "" || f.Rows == 0 {
		p.addManifest("file %q of what is pending, with %d rows: %s", f.Path, f.Rows, wrong)
		return files
	}
	p.units = append(p.units, fileUnit(f, p.checkPending))
	return append(files, f)
}

// checkPending checks the entries of what is pending: their number, their order, and
// whether they have a reason that there is.
func (p *plan) checkPending(ctx context.Context, f *tableFile) error {
	intact, err := p.intact(ctx, f)
	if err != nil || !intact || p.o.Quick {
		return err
	}
	rows, err := pending.Check(ctx, p.path(f.Path), func(wrong string) { p.findings.Add(f.Path, CheckPending, "%s", wrong) })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		p.findings.Add(f.Path, CheckRead, "%v", err)
	case rows != f.Rows:
		p.findings.Add(f.Path, CheckCounts, "has %d rows, the manifest says %d", rows, f.Rows)
	}
	return nil
}
