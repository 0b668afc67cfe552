package verify

import (
	"path"
	"regexp"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// view matches a view of views.sql: its name, and the pattern of files it reads.
var view = regexp.MustCompile(`(?m)^CREATE OR REPLACE VIEW "?(\w+)"? AS .*'([^']*\.parquet)'`)

// checkViews checks views.sql: that it has the hash in the manifest, and that its
// views are the tables, each reading the table's files and no others. A text other
// than that of this version is only noted: another version may have written it.
func (p *Plan) checkViews(files []*tableFile) {
	text, ok := p.readViews()
	if !ok {
		return
	}
	if sum := hashOf(text); sum != p.manifest.ViewsSHA256 {
		p.findings.add(dataset.ViewsFile, CheckBytes, "its SHA-256 is %s, the manifest says %s", sum, p.manifest.ViewsSHA256)
		return
	}
	var names []string
	for _, match := range view.FindAllSubmatch(text, -1) {
		name, pattern := string(match[1]), string(match[2])
		names = append(names, name)
		for _, f := range files {
			reads, err := path.Match(pattern, f.Path)
			if err != nil || reads != (f.table.Name == name) {
				p.findings.add(dataset.ViewsFile, CheckViews, "view %s reads %s: wrong for %s", name, pattern, f.Path)
			}
		}
	}
	if want := schema.TableNames(); !slices.Equal(names, want) {
		p.findings.add(dataset.ViewsFile, CheckViews, "has the views %q, the tables are %q", names, want)
	}
	if string(text) != dataset.Views("") {
		p.note("%s is not as this version of callmill writes it", dataset.ViewsFile)
	}
}

// readViews reads views.sql. That it cannot be read is a finding.
func (p *Plan) readViews() (text []byte, ok bool) {
	text, wrong := readText(p.path(dataset.ViewsFile))
	switch wrong {
	case "":
		return text, true
	case isMissing:
		p.findings.add(dataset.ViewsFile, CheckFiles, "%s", wrong)
	default:
		p.findings.add(dataset.ViewsFile, CheckBytes, "%s", wrong)
	}
	return nil, false
}
