package verify

import (
	"os"
	"path"
	"regexp"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// view is a view of views.sql: its name, and the pattern of files it reads.
var view = regexp.MustCompile(`(?m)^CREATE OR REPLACE VIEW "?(\w+)"? AS .*'([^']*\.parquet)'`)

// checkViews checks views.sql: that it is the one the manifest has the hash
// of, and that its views are the tables, each reading the table's files and no
// others. A text other than this program's is only noted: another version may
// have written it.
func (p *Plan) checkViews(files []*tableFile) {
	if p.present[viewsFile] == nil {
		return // a finding already
	}
	text, err := os.ReadFile(p.path(viewsFile))
	if err != nil {
		p.findings.add(viewsFile, CheckBytes, "cannot be read: %v", err)
		return
	}
	if sum := hashOf(text); sum != p.manifest.ViewsSHA256 {
		p.findings.add(viewsFile, CheckBytes, "its SHA-256 is %s, the manifest says %s", sum, p.manifest.ViewsSHA256)
		return
	}
	var names []string
	for _, match := range view.FindAllSubmatch(text, -1) {
		name, pattern := string(match[1]), string(match[2])
		names = append(names, name)
		for _, f := range files {
			reads, err := path.Match(pattern, f.Path)
			if err != nil || reads != (f.table.Name == name) {
				p.findings.add(viewsFile, CheckViews, "view %s reads %s: wrong for %s", name, pattern, f.Path)
			}
		}
	}
	if want := schema.TableNames(); !slices.Equal(names, want) {
		p.findings.add(viewsFile, CheckViews, "has the views %q, the tables are %q", names, want)
	}
	if string(text) != dataset.Views("") {
		p.note("%s is not as this version of callmill writes it", viewsFile)
	}
}

// checkViewsText is for a snapshot without manifest to compare with.
func (p *Plan) checkViewsText() {
	if p.present[viewsFile] == nil {
		p.findings.add(viewsFile, CheckFiles, "is missing")
		return
	}
	if text, err := os.ReadFile(p.path(viewsFile)); err != nil || string(text) != dataset.Views("") {
		p.findings.add(viewsFile, CheckViews, "is not as this version of callmill writes it")
	}
}
