package pipeline_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "callmill"

type arrow struct{ from, to, reason string }

type library struct {
	path, purpose string
	users         []string
}

func units(names ...string) []string { return names }

// pkg is a package of the module with everything written in it: the files of
// other platforms and of cgo, and those of its tests.
type pkg struct {
	path  string // below the module, such as "pipeline/decode"
	name  string
	files []file
}

type file struct {
	name string
	test bool
	code *ast.File
}

// modulePackages asks the go command for the packages and reads their files.
func modulePackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var listed struct {
			ImportPath, Name, Dir                                        string
			GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
		}
		if err := d.Decode(&listed); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		p := pkg{path: strings.TrimPrefix(listed.ImportPath, module+"/"), name: listed.Name}
		for _, name := range slices.Concat(listed.GoFiles, listed.CgoFiles, listed.IgnoredGoFiles, listed.TestGoFiles, listed.XTestGoFiles) {
			p.files = append(p.files, parse(t, filepath.Join(listed.Dir, name), nil))
		}
		packages = append(packages, p)
	}
}

func parse(t *testing.T, name string, source any) file {
	t.Helper()
	code, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file{name: filepath.Base(name), test: strings.HasSuffix(name, "_test.go"), code: code}
}

// check says what is wrong with a package, a sentence for each.
func check(p pkg) []string {
	var wrong []string
	if w := checkComment(p); w != "" {
		wrong = append(wrong, w)
	}
	for _, f := range p.files {
		for _, spec := range f.code.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser has seen to it
			}
			if w := checkImport(p.path, f.test, imported); w != "" {
				wrong = append(wrong, fmt.Sprintf("%s/%s imports %s: %s", p.path, f.name, imported, w))
			}
		}
		if what := starts(f.code); what != "" && !f.test && !slices.Contains(starters, unitOf(p.path)) {
			wrong = append(wrong, fmt.Sprintf("%s/%s starts a goroutine (%s): only %s do; leaves are synchronous (doc.go, Goroutines)",
				p.path, f.name, what, strings.Join(starters, ", ")))
		}
	}
	return wrong
}

// checkComment wants a package comment in the form godoc knows.
func checkComment(p pkg) string {
	wanted := []string{"Package " + p.name + " "}
	if p.name == "main" {
		command := path.Base(p.path)
		wanted = []string{"Command " + command + " ", strings.ToUpper(command[:1]) + command[1:] + " "}
	}
	code := false
	for _, f := range p.files {
		if f.test {
			continue
		}
		code = true
		for _, w := range wanted {
			if f.code.Doc != nil && strings.HasPrefix(f.code.Doc.Text(), w) {
				return ""
			}
		}
	}
	if !code {
		return "" // tests alone
	}
	return fmt.Sprintf("%s has no package comment that begins %q", p.path, wanted[0])
}

// checkImport says why a file of a package may not import a path, "" if it may.
func checkImport(from string, test bool, imported string) string {
	switch first, _, _ := strings.Cut(imported, "/"); {
	case first == module:
		return checkArrow(unitOf(from), test, unitOf(strings.TrimPrefix(imported, module+"/")))
	case !strings.Contains(first, "."):
		return "" // the standard library
	}
	return checkLibrary(unitOf(from), test, imported)
}

func checkArrow(from string, test bool, to string) string {
	isAlone := slices.ContainsFunc(alone, func(pattern string) bool {
		prefix, deep := strings.CutSuffix(pattern, "/...")
		return from == prefix || deep && strings.HasPrefix(from, prefix+"/")
	})
	switch {
	case from == to:
		return ""
	case slices.Contains(forTests, to):
		if test {
			return ""
		}
		return to + " is for tests"
	case strings.HasPrefix(to, "cmd/"):
		return "nothing imports a command"
	case strings.HasPrefix(from, "cmd/"), test && !isAlone:
		return ""
	case to == "schema" && !isAlone:
		return ""
	case slices.ContainsFunc(arrows, func(a arrow) bool { return a.from == from && a.to == to }):
		return ""
	}
	return fmt.Sprintf("no arrow leads from %s to %s; leaves import schema only and cmd wires them (doc.go, Layers; arrows in layers_test.go)", from, to)
}

func checkLibrary(from string, test bool, imported string) string {
	is := func(lib string) bool { return imported == lib || strings.HasPrefix(imported, lib+"/") }
	if slices.ContainsFunc(testLibraries, is) {
		if test {
			return ""
		}
		return "it is for tests"
	}
	i := slices.IndexFunc(libraries, func(l library) bool { return is(l.path) })
	if i < 0 {
		return "a library nobody may know; if it is worth having, name it and its user in libraries (layers_test.go) and in doc.go"
	}
	wholeProgram := test && (from == "pipeline" || strings.HasPrefix(from, "cmd/"))
	if wholeProgram || slices.Contains(libraries[i].users, from) {
		return ""
	}
	return fmt.Sprintf("only %s may know it, for %s (doc.go, Dependencies; libraries in layers_test.go)",
		strings.Join(libraries[i].users, ", "), libraries[i].purpose)
}

// unitOf gives the unit of a package: the first folder, below pipeline and
// cmd the first two, below pipeline/internal all.
func unitOf(p string) string {
	parts := strings.Split(p, "/")
	switch {
	case strings.HasPrefix(p, "pipeline/internal/"):
		return p
	case parts[0] == "pipeline" || parts[0] == "cmd":
		return strings.Join(parts[:min(2, len(parts))], "/")
	}
	return parts[0]
}

// starts names the first thing in a file that starts a goroutine: a go
// statement or a call of what is named like those that do.
func starts(f *ast.File) string {
	var what string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			what = "go statement"
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Go", "TryGo", "AfterFunc"}, sel.Sel.Name) {
				what = sel.Sel.Name
			}
		}
		return what == ""
	})
	return what
}

// What the checker must find, and what it must let pass.
func TestLayersCheck(t *testing.T) {
	const comment = "// Package x does.\n"
	tests := []struct {
		file, source string
		want         string // part of the message; "" for none
	}{
		{"schema/x.go", comment + `package x; import "strings"; var _ = strings.Cut`, ""},
		{"schema/x.go", comment + `package x; import _ "golang.org/x/text/unicode/norm"`, "only pipeline/redact"},
		{"schema/x.go", comment + `package x; import _ "callmill/segment"`, "no arrow leads from schema to segment"},
		{"schema/x_test.go", comment + `package x; import _ "callmill/segment"`, "no arrow leads from schema to segment"},
		{"schema/x_test.go", comment + `package x; import _ "pgregory.net/rapid"`, ""},
		{"segment/x.go", comment + `package x; import _ "github.com/go-ego/gse/hmm"`, ""},
		{"segment/internal/y/x.go", comment + `package x; import _ "callmill/segment/internal/z"`, ""},
		{"segment/x.go", comment + `package x; import _ "callmill/schema"`, "no arrow leads from segment to schema"},
		{"pipeline/x.go", comment + `package x; import _ "callmill/schema"`, ""},
		{"pipeline/x.go", comment + `package x; import _ "callmill/pipeline/decode"`, "no arrow leads from pipeline to pipeline/decode"},
		{"pipeline/x.go", comment + `package x; import _ "github.com/go-ego/gse"`, "only segment may know it"},
		{"pipeline/x.go", comment + `package x; import _ "github.com/parquet-go/parquet-go"`, "only pipeline/dataset, pipeline/worker may know it"},
		{"pipeline/x_test.go", comment + `package x; import _ "github.com/parquet-go/parquet-go"`, ""},
		{"pipeline/x_test.go", comment + `package x; import _ "callmill/pipeline/decode"`, ""},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/schema"`, ""},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/pipeline/flatten"`, "no arrow leads from pipeline/decode to pipeline/flatten"},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/pipeline"`, "no arrow leads from pipeline/decode to pipeline"},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/pipeline/internal/durable"`, "no arrow"},
		{"pipeline/decode/x.go", comment + `package x; import _ "github.com/apache/arrow-go/v18/arrow"`, "only pipeline/dataset"},
		{"pipeline/decode/x.go", comment + `package x; import _ "github.com/apache/arrow/go/v15/arrow"`, "a library nobody may know"},
		{"pipeline/decode/x_test.go", comment + `package x; import _ "callmill/pipeline/simulate"`, ""},
		{"pipeline/decode/x_test.go", comment + `package x; import _ "github.com/duckdb/duckdb-go/v2"`, "only cmd/callmill-review"},
		{"pipeline/decode/x.go", comment + `package x; import _ "pgregory.net/rapid"`, "it is for tests"},
		{"pipeline/decode/x.go", comment + `package x; import _ "github.com/spf13/cobra"`, "only cmd/callmill, cmd/callmill-review may know it"},
		{"pipeline/dataset/x.go", comment + `package x; import _ "callmill/pipeline/internal/durable"`, ""},
		{"pipeline/dataset/parquetio/x.go", comment + `package x; import _ "github.com/parquet-go/parquet-go/compress/zstd"`, ""},
		{"pipeline/dataset/x.go", comment + `package x; import _ "callmill/pipeline/internal/durable/faulty"`, "is for tests"},
		{"pipeline/dataset/x_test.go", comment + `package x; import _ "callmill/pipeline/internal/durable/faulty"`, ""},
		{"pipeline/dataset/x_test.go", comment + `package x; import _ "callmill/cmd/callmill"`, "nothing imports a command"},
		{"pipeline/internal/durable/x_test.go", comment + `package x; import _ "callmill/pipeline/dataset"`, "no arrow"},
		{"pipeline/progress/x.go", comment + `package x; import _ "github.com/vbauerster/mpb/v8/decor"`, ""},

		{"pipeline/decode/x.go", comment + `package x; func f() { go f() }`, "starts a goroutine (go statement)"},
		{"pipeline/decode/x.go", comment + `package x; import "sync"; func f() { var wg sync.WaitGroup; wg.Go(f) }`, "starts a goroutine (Go)"},
		{"pipeline/decode/x.go", comment + `package x; import "time"; var _ = time.AfterFunc(0, nil)`, "starts a goroutine (AfterFunc)"},
		{"pipeline/decode/x_test.go", comment + `package x; func f() { go f() }`, ""},
		{"pipeline/x.go", comment + `package x; func f() { go f() }`, ""},
		{"cmd/callmill/x.go", "// Command callmill mills.\n" + `package main; func f() { go f() }`, ""},

		{"pipeline/decode/x.go", `package x`, `no package comment that begins "Package x "`},
		{"pipeline/decode/x.go", "// Decode does.\npackage x", `no package comment that begins "Package x "`},
		{"pipeline/decode/x.go", comment + "\npackage x", `no package comment that begins "Package x "`},
		{"cmd/callmill/x.go", "// Callmill mills.\npackage main", ""},
		{"cmd/callmill/x.go", "// Package main mills.\npackage main", `no package comment that begins "Command callmill "`},
	}
	for _, tt := range tests {
		f := parse(t, tt.file, tt.source)
		wrong := check(pkg{path: path.Dir(tt.file), name: f.code.Name.Name, files: []file{f}})
		switch {
		case tt.want == "" && len(wrong) > 0:
			t.Errorf("%s: %s\nis found wrong: %q", tt.file, tt.source, wrong)
		case tt.want != "" && (len(wrong) != 1 || !strings.Contains(wrong[0], tt.want)):
			t.Errorf("%s: %s\nfound %q, want one with %q", tt.file, tt.source, wrong, tt.want)
		}
	}
}
