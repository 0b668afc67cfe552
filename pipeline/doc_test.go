package pipeline_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// The map must show the land: every package of the program, no other, and
// every library that is used.
func TestDocIsComplete(t *testing.T) {
	doc := parse(t, "doc.go", nil).code.Doc.Text()
	listed := listing(section(doc, "The packages"))
	dependencies := section(doc, "Dependencies")

	var exist []string
	for _, p := range modulePackages(t) {
		unit := unitOf(p.path)
		isCode := func(f file) bool { return !f.test }
		if !slices.ContainsFunc(p.files, isCode) || slices.Contains(forTests, unit) {
			continue
		}
		exist = append(exist, unit)
		for _, f := range p.files {
			for _, lib := range librariesOf(f.code) {
				if !strings.Contains(dependencies, lib) {
					t.Errorf("%s imports %s, which doc.go does not explain under Dependencies", p.path, lib)
				}
			}
		}
	}
	for _, unit := range slices.Compact(slices.Sorted(slices.Values(exist))) {
		if !slices.Contains(listed, unit) {
			t.Errorf("doc.go does not list %s under The packages", unit)
		}
	}
	for _, unit := range listed {
		if !slices.Contains(exist, unit) {
			t.Errorf("doc.go lists %s, which does not exist", unit)
		}
	}
}

// section is the part of a package comment under a heading.
func section(doc, heading string) string {
	_, rest, _ := strings.Cut(doc, "# "+heading+"\n")
	text, _, _ := strings.Cut(rest, "\n# ")
	return text
}

// listing gives the first words of the lines that are set off.
func listing(text string) []string {
	var words []string
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "\t") && len(fields) > 0 {
			words = append(words, fields[0])
		}
	}
	return words
}

// librariesOf gives the modules a file imports, as layers_test.go names them.
func librariesOf(code *ast.File) []string {
	var used []string
	for _, spec := range code.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		for _, l := range libraries {
			if strings.HasPrefix(imported+"/", l.path+"/") {
				used = append(used, l.path)
			}
		}
		for _, path := range testLibraries {
			if strings.HasPrefix(imported+"/", path+"/") {
				used = append(used, path)
			}
		}
	}
	return used
}
