package verify

import (
	"context"
	"path"
	"strings"

	"callmill/pipeline/dataset"
)

// planByNames plans the check of a snapshot whose manifest is damaged: its files
// are named for their hashes.
func (p *Plan) planByNames() {
	for file := range p.present {
		table, _, _ := strings.Cut(file, "/")
		switch t := p.tables[table]; {
		case file == dataset.ManifestFile || file == dataset.ViewsFile:
		case t == nil || path.Ext(file) != ".parquet":
			p.findings.add(file, CheckFiles, "is not a file of a snapshot")
		default:
			p.units = append(p.units, fileUnit(&tableFile{File: dataset.File{Path: file}, table: t}, p.checkName))
		}
	}
	p.sortUnits()
	p.leaveOut("which files there must be, rows, columns and counts", "the manifest is damaged")
}

// checkName checks that a file has the hash in its name.
func (p *Plan) checkName(ctx context.Context, f *tableFile) error {
	if p.o.Quick {
		return nil
	}
	sum, err := p.hash(ctx, f)
	if sum != "" && dataset.FilePath(path.Dir(f.Path), sum) != f.Path {
		p.findings.add(f.Path, CheckBytes, "its SHA-256 is %s, not that of its name", sum)
	}
	return err
}

// checkViewsText checks views.sql of a snapshot whose manifest is damaged.
func (p *Plan) checkViewsText() {
	if text, ok := p.readViews(); ok && string(text) != dataset.Views("") {
		p.findings.add(dataset.ViewsFile, CheckViews, "is not as this version of callmill writes it")
	}
}
