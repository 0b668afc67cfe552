package verify

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/optout"
	"callmill/pipeline/dataset/pending"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

// planByNames plans the check of a snapshot whose manifest is damaged: its files
// are named for their hashes.
func (p *plan) planByNames() {
	for file := range p.present {
		table, _, _ := strings.Cut(file, "/")
		t := p.tables[table]
		for _, beside := range []*schema.Table{pending.Table(), optout.Table()} {
			if table == beside.Name {
				t = beside
			}
		}
		switch {
		case file == dataset.ManifestFile || file == dataset.ViewsFile:
		case t == nil || path.Ext(file) != ".parquet":
			p.findings.Add(file, finding.Files, "is not a file of a snapshot")
		default:
			p.units = append(p.units, fileUnit(&tableFile{File: dataset.File{Path: file}, table: t}, p.checkName))
		}
	}
	p.sortUnits()
	p.leaveOut("which files there must be, rows, columns and counts", "the manifest is damaged")
}

// checkName checks that a file has the hash in its name.
func (p *plan) checkName(ctx context.Context, f *tableFile) error {
	if p.o.Quick {
		return nil
	}
	sum, err := p.hash(ctx, f)
	if sum != "" && dataset.FilePath(path.Dir(f.Path), sum) != f.Path {
		p.findings.Add(f.Path, finding.Bytes, "its SHA-256 is %s, not that of its name", sum)
	}
	return err
}

// checkViewsText checks views.sql of a snapshot whose manifest is damaged.
func (p *plan) checkViewsText() {
	if text, ok := p.readViews(); ok && string(text) != views.SQL("", schema.English, false) && string(text) != views.SQL("", schema.English, true) {
		p.findings.Add(dataset.ViewsFile, finding.Views, "is not as this version of callmill writes it")
	}
}

// view matches a view of views.sql: its name, and the pattern of files it reads.
var view = regexp.MustCompile(`(?m)^CREATE OR REPLACE VIEW "?(\w+)"? AS .*'([^']*\.parquet)'`)

// checkViews checks views.sql: that it has the hash in the manifest, and that its
// views are the tables, each reading the table's files and no others. A text other
// than that of this version is only noted: another version may have written it.
func (p *plan) checkViews(files []*tableFile) {
	text, ok := p.readViews()
	if !ok {
		return
	}
	if sum := hashOf(text); sum != p.manifest.ViewsSHA256 {
		p.findings.Add(dataset.ViewsFile, finding.Bytes, "its SHA-256 is %s, the manifest says %s", sum, p.manifest.ViewsSHA256)
		return
	}
	var names []string
	for _, match := range view.FindAllSubmatch(text, -1) {
		name, pattern := string(match[1]), string(match[2])
		names = append(names, name)
		for _, f := range files {
			reads, err := path.Match(pattern, f.Path)
			if err != nil || reads != (f.table.Name == name) {
				p.findings.Add(dataset.ViewsFile, finding.Views, "view %s reads %s: wrong for %s", name, pattern, f.Path)
			}
		}
	}
	if want := schema.TableNames(); !slices.Equal(names, want) {
		p.findings.Add(dataset.ViewsFile, finding.Views, "has the views %q, the tables are %q", names, want)
	}
	if string(text) != views.SQL("", schema.English, p.manifest.OptOuts.Path != "") {
		p.note("%s is not as this version of callmill writes it", dataset.ViewsFile)
	}
}

// readViews reads views.sql. That it cannot be read is a finding.
func (p *plan) readViews() (text []byte, ok bool) {
	text, wrong := readText(p.path(dataset.ViewsFile))
	switch wrong {
	case "":
		return text, true
	case isMissing:
		p.findings.Add(dataset.ViewsFile, finding.Files, "%s", wrong)
	default:
		p.findings.Add(dataset.ViewsFile, finding.Bytes, "%s", wrong)
	}
	return nil, false
}
