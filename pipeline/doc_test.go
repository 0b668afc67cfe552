package pipeline_test

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The maps show every package of the program and no other, and doc.go every
// library that is used.
func TestDocIsComplete(t *testing.T) {
	doc := parse(t, "doc.go", nil).code.Doc.Text()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dependencies := section(doc, "# Dependencies")

	exist := map[string]bool{}
	for _, p := range modulePackages(t) {
		if p.lines() == 0 || slices.Contains(forTests, p.path) {
			continue
		}
		exist[mapped(p.path)] = true
		for _, f := range p.files {
			for _, lib := range librariesOf(f.code) {
				if !strings.Contains(dependencies, lib) {
					t.Errorf("%s imports %s, which doc.go does not explain under Dependencies", p.path, lib)
				}
			}
		}
	}
	for name, listed := range map[string][]string{
		"doc.go, The packages": listing(section(doc, "# The packages")),
		"README.md, The code":  folders(section(string(readme), "## The code")),
	} {
		for path := range exist {
			if !slices.Contains(listed, path) {
				t.Errorf("%s: %s is missing", name, path)
			}
		}
		for _, path := range listed {
			if !exist[path] && path != "notebooks" { // tests alone
				t.Errorf("%s: %s does not exist", name, path)
			}
		}
	}
}

// mapped returns what maps name a package by: an internal one by the package it
// belongs to, but for those that several packages below pipeline share; what commands
// share by its folder.
func mapped(p string) string {
	owner, _, internal := strings.Cut(p, "/internal/")
	switch {
	case !internal || owner == "pipeline":
		return p
	case owner == "cmd":
		return shared
	}
	return owner
}

// section returns the part of a text under a heading, up to the next one of its
// level.
func section(text, heading string) string {
	_, rest, _ := strings.Cut(text, heading+"\n")
	level, _, _ := strings.Cut(heading, " ")
	part, _, _ := strings.Cut(rest, "\n"+level+" ")
	return part
}

// listing returns the first words of the indented lines.
func listing(text string) []string {
	var words []string
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "\t") && len(fields) > 0 {
			words = append(words, fields[0])
		}
	}
	return words
}

// folder matches the folder of a package as Markdown spells it.
var folder = regexp.MustCompile("`((?:cmd|notebooks|pipeline|schema|segment)(?:/[a-z-]+)*)/?`")

// folders returns the folders that a text of Markdown names.
func folders(text string) []string {
	var paths []string
	for _, match := range folder.FindAllStringSubmatch(text, -1) {
		paths = append(paths, match[1])
	}
	return paths
}

// librariesOf returns the modules a file imports, as layers_test.go names them.
func librariesOf(code *ast.File) []string {
	var used []string
	for _, imported := range importsOf(code) {
		for _, l := range libraries {
			if within(imported, l.path) {
				used = append(used, l.path)
			}
		}
		for _, path := range testLibraries {
			if within(imported, path) {
				used = append(used, path)
			}
		}
	}
	return used
}
