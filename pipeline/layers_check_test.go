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

// pkg is a package of the module with all its files, also those of tests, of
// cgo and of other platforms.
type pkg struct {
	path  string // below the module, such as "pipeline/decode"
	name  string
	files []file
}

type file struct {
	name  string
	test  bool
	lines int
	code  *ast.File
}

// lines counts those of the package's own files: no tests, nothing generated.
func (p pkg) lines() int {
	n := 0
	for _, f := range p.files {
		if !f.test && !ast.IsGenerated(f.code) {
			n += f.lines
		}
	}
	return n
}

// modulePackages lists the packages of the module with the go command and
// parses their files.
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
	files := token.NewFileSet()
	code, err := parser.ParseFile(files, name, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file{
		name: filepath.Base(name), test: strings.HasSuffix(name, "_test.go"),
		lines: files.File(code.FileStart).LineCount(), code: code,
	}
}

// importsOf returns the paths that a file imports.
func importsOf(f *ast.File) []string {
	var paths []string
	for _, spec := range f.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil { // the parser has seen to it
			paths = append(paths, imported)
		}
	}
	return paths
}

// within reports whether a path is that of a module or package, or below it.
func within(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

// check returns what is wrong with a package, a sentence for each.
func check(p pkg) []string {
	var wrong []string
	if w := checkComment(p); w != "" {
		wrong = append(wrong, w)
	}
	for _, f := range p.files {
		for _, imported := range importsOf(f.code) {
			if w := checkImport(p.path, f.test, imported); w != "" {
				wrong = append(wrong, fmt.Sprintf("%s/%s imports %s: %s", p.path, f.name, imported, w))
			}
		}
		if what := startOf(f.code); what != "" && !f.test && !slices.Contains(starters, p.path) {
			wrong = append(wrong, fmt.Sprintf("%s/%s starts a goroutine (%s): only %s do; leaves are synchronous (doc.go, Goroutines)",
				p.path, f.name, what, strings.Join(starters, ", ")))
		}
	}
	return wrong
}

// checkComment returns what is wrong with a package's comment: it begins as
// godoc wants it.
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

// checkImport returns why a file of a package may not import a path, "" if it
// may.
func checkImport(from string, test bool, imported string) string {
	switch first, _, _ := strings.Cut(imported, "/"); {
	case first == module:
		return checkArrow(from, test, strings.TrimPrefix(imported, module+"/"))
	case !strings.Contains(first, "."):
		return "" // the standard library
	}
	return checkLibrary(from, test, imported)
}

func checkArrow(from string, test bool, to string) string {
	listed := slices.ContainsFunc(arrows, func(a arrow) bool { return a.from == from && a.to == to })
	switch {
	case from == to:
		return "" // an external test
	case slices.Contains(forTests, to):
		if test || listed && slices.Contains(forTests, from) {
			return ""
		}
		return to + " is for tests"
	case commandOf(to) == shared && commandOf(from) != "":
		return ""
	case commandOf(to) != "" && commandOf(to) != commandOf(from):
		return "nothing imports a command"
	case !test && within(from, desk) && within(to, "pipeline/simulate") && !slices.Contains(forTests, from):
		return "what is true of simulated calls is for tests"
	case commandOf(from) != "" && (test || !within(from, desk+"/internal") || !within(to, desk+"/internal")), listed:
		return ""
	case !isAlone(from) && (test || to == "schema"):
		return ""
	}
	return fmt.Sprintf("no arrow leads from %s to %s; packages below pipeline import schema only and cmd wires them (doc.go, Layers; arrows in layers_test.go)", from, to)
}

// shared is what all commands have in common.
const shared = "cmd/internal"

// desk is the command whose packages import each other by arrows.
const desk = "cmd/callmill-review"

// commandOf returns the command that a package is or belongs to, "" for none:
// cmd/callmill of cmd/callmill/internal/glance.
func commandOf(p string) string {
	parts := strings.SplitN(p, "/", 3)
	if parts[0] != "cmd" || len(parts) < 2 {
		return ""
	}
	return "cmd/" + parts[1]
}

func isAlone(p string) bool {
	return slices.ContainsFunc(alone, func(pattern string) bool {
		root, deep := strings.CutSuffix(pattern, "/...")
		return p == root || deep && within(p, root)
	})
}

func checkLibrary(from string, test bool, imported string) string {
	is := func(lib string) bool { return within(imported, lib) }
	if slices.ContainsFunc(testLibraries, is) {
		if test {
			return ""
		}
		return "it is for tests"
	}
	i := slices.IndexFunc(libraries, func(l library) bool { return is(l.path) })
	if i < 0 {
		return "an unlisted library; if it is worth having, name it and its users in libraries (layers_test.go) and in doc.go"
	}
	wholeProgram := test && (from == "pipeline" || commandOf(from) != "")
	if wholeProgram || slices.Contains(libraries[i].users, from) {
		return ""
	}
	return fmt.Sprintf("only %s may import it, for %s (doc.go, Dependencies; libraries in layers_test.go)",
		strings.Join(libraries[i].users, ", "), libraries[i].purpose)
}

// unused returns the entries of the lists in layers_test.go that no import or
// goroutine of the packages stands behind.
func unused(packages []pkg) []string {
	type edge struct{ from, to string }
	imports, starting, exist := map[edge]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range packages {
		exist[p.path] = true
		for _, f := range p.files {
			starting[p.path] = starting[p.path] || !f.test && startOf(f.code) != ""
			for _, imported := range importsOf(f.code) {
				imports[edge{p.path, strings.TrimPrefix(imported, module+"/")}] = true
				for _, l := range libraries {
					if within(imported, l.path) {
						imports[edge{p.path, l.path}] = true
					}
				}
			}
		}
	}
	var wrong []string
	for _, a := range arrows {
		if !imports[edge{a.from, a.to}] {
			wrong = append(wrong, fmt.Sprintf("arrows: %s does not import %s", a.from, a.to))
		}
	}
	for _, l := range libraries {
		for _, user := range l.users {
			if !imports[edge{user, l.path}] {
				wrong = append(wrong, fmt.Sprintf("libraries: %s does not import %s", user, l.path))
			}
		}
	}
	for _, name := range slices.Concat(alone, forTests) {
		if !strings.HasSuffix(name, "/...") && !exist[name] {
			wrong = append(wrong, fmt.Sprintf("alone, forTests: no package %s", name))
		}
	}
	for _, name := range starters {
		if !starting[name] {
			wrong = append(wrong, fmt.Sprintf("starters: %s starts no goroutine", name))
		}
	}
	return wrong
}

// startOf names the first thing in a file that starts a goroutine, "" for none:
// a go statement, or a call of a function named like those that start one.
func startOf(f *ast.File) string {
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

// The checker refuses some packages and accepts others.
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
		{"segment/internal/zh/x.go", comment + `package x; import _ "callmill/segment/internal/trie"`, ""},
		{"segment/internal/trie/x.go", comment + `package x; import _ "callmill/segment/internal/zh"`, "no arrow leads from segment/internal/trie to segment/internal/zh"},
		{"segment/x.go", comment + `package x; import _ "callmill/schema"`, "no arrow leads from segment to schema"},
		{"pipeline/x.go", comment + `package x; import _ "callmill/schema"`, ""},
		{"pipeline/x.go", comment + `package x; import _ "callmill/pipeline/decode"`, "no arrow leads from pipeline to pipeline/decode"},
		{"pipeline/x.go", comment + `package x; import _ "github.com/go-ego/gse"`, "only segment, segment/internal/compile, pipeline/redact/people may import it"},
		{"pipeline/x.go", comment + `package x; import _ "github.com/parquet-go/parquet-go"`, "only pipeline/dataset/parquetio"},
		{"pipeline/x_test.go", comment + `package x; import _ "github.com/parquet-go/parquet-go"`, ""},
		{"pipeline/x_test.go", comment + `package x; import _ "callmill/pipeline/decode"`, ""},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/schema"`, ""},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/pipeline/flatten"`, "no arrow leads from pipeline/decode to pipeline/flatten"},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/pipeline"`, "no arrow leads from pipeline/decode to pipeline"},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/pipeline/decode/split"`, ""},
		{"pipeline/decode/split/x.go", comment + `package x; import _ "callmill/pipeline/decode"`, "no arrow leads from pipeline/decode/split to pipeline/decode"},
		{"pipeline/decode/markup/x.go", comment + `package x; import _ "callmill/pipeline/decode/split"`, "no arrow"},
		{"pipeline/decode/jsonscan/x.go", comment + `package x; import _ "callmill/schema"`, "no arrow leads from pipeline/decode/jsonscan to schema"},
		{"pipeline/outboundbot/client/x.go", comment + `package x; import _ "callmill/pipeline/outboundbot/discover"`, "no arrow"},
		{"pipeline/simulate/x.go", comment + `package x; import _ "callmill/pipeline/simulate/api"`, "no arrow"},
		{"pipeline/decode/x.go", comment + `package x; import _ "callmill/pipeline/internal/durable"`, "no arrow"},
		{"pipeline/decode/x.go", comment + `package x; import _ "github.com/apache/arrow-go/v18/arrow"`, "only pipeline/dataset/verify"},
		{"pipeline/decode/x.go", comment + `package x; import _ "github.com/apache/arrow/go/v15/arrow"`, "an unlisted library"},
		{"pipeline/decode/x_test.go", comment + `package x; import _ "callmill/pipeline/simulate"`, ""},
		{"pipeline/decode/x_test.go", comment + `package x; import _ "github.com/duckdb/duckdb-go/v2"`, "only cmd/callmill-review/internal/query"},
		{"pipeline/decode/x.go", comment + `package x; import _ "pgregory.net/rapid"`, "it is for tests"},
		{"pipeline/decode/x.go", comment + `package x; import _ "github.com/spf13/cobra"`, "only cmd/callmill, cmd/callmill-review, cmd/internal/commandline, cmd/callmill/internal/snapshots, cmd/callmill/internal/keys, cmd/callmill/internal/forget, cmd/callmill/internal/person, cmd/callmill/internal/worker, cmd/callmill-review/internal/serve, cmd/callmill-review/internal/user may import it"},
		{"pipeline/dataset/x.go", comment + `package x; import _ "callmill/pipeline/internal/durable"`, ""},
		{"pipeline/dataset/parquetio/x.go", comment + `package x; import _ "github.com/parquet-go/parquet-go/compress/zstd"`, ""},
		{"pipeline/dataset/x.go", comment + `package x; import _ "callmill/pipeline/dataset/commit"`, "no arrow leads from pipeline/dataset to pipeline/dataset/commit"},
		{"pipeline/dataset/parquetio/x.go", comment + `package x; import _ "callmill/pipeline/dataset"`, "no arrow"},
		{"pipeline/dataset/verify/x.go", comment + `package x; import _ "callmill/pipeline/dataset/commit"`, "no arrow"},
		{"pipeline/dataset/verify/x_test.go", comment + `package x; import _ "callmill/pipeline/dataset/commit"`, ""},
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
		{"cmd/callmill/internal/x/x.go", comment + `package x; import _ "callmill/pipeline/dataset"`, ""},
		{"cmd/callmill/x.go", "// Command callmill mills.\n" + `package main; import _ "callmill/cmd/callmill/internal/glance"`, ""},
		{"cmd/other/x.go", "// Command other mills.\n" + `package main; import _ "callmill/cmd/callmill/internal/glance"`, "nothing imports a command"},
		{"cmd/other/x.go", "// Command other mills.\n" + `package main; import _ "callmill/cmd/internal/exit"`, ""},
		{"cmd/callmill-review/internal/nodes/x.go", comment + `package x; import _ "callmill/cmd/callmill-review/internal/corpus"`, ""},
		{"cmd/callmill-review/internal/nodes/x.go", comment + `package x; import _ "callmill/cmd/callmill-review/internal/query"`, "no arrow"},
		{"cmd/callmill-review/internal/nodes/x_test.go", comment + `package x; import _ "callmill/cmd/callmill-review/internal/query"`, ""},
		{"cmd/callmill-review/internal/nodes/x.go", comment + `package x; import _ "callmill/cmd/callmill-review/internal/corpus/simulated"`, "is for tests"},
		{"cmd/callmill-review/internal/nodes/x.go", comment + `package x; import _ "callmill/pipeline/simulate"`, "for tests"},
		{"cmd/callmill-review/internal/corpus/simulated/x.go", comment + `package x; import _ "callmill/pipeline/simulate"`, ""},
		{"cmd/callmill-review/x.go", "// Command callmill-review shows.\n" + `package main; import _ "callmill/pipeline/simulate/api"`, "for tests"},
		{"cmd/callmill-review/x.go", "// Command callmill-review shows.\n" + `package main; import _ "callmill/cmd/callmill-review/internal/query"`, ""},
		{"cmd/internal/exit/x.go", comment + `package x; import _ "callmill/cmd/callmill/internal/glance"`, "nothing imports a command"},
		{"pipeline/x.go", comment + `package x; import _ "callmill/cmd/internal/exit"`, "nothing imports a command"},

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
			t.Errorf("%s: %s\nrefused: %q", tt.file, tt.source, wrong)
		case tt.want != "" && (len(wrong) != 1 || !strings.Contains(wrong[0], tt.want)):
			t.Errorf("%s: %s\nrefused: %q, want one reason with %q", tt.file, tt.source, wrong, tt.want)
		}
	}
}

// An entry of the lists without an import behind it is reported, and no other.
func TestUnusedCheck(t *testing.T) {
	const entry = "arrows: segment does not import segment/internal/trie"
	if wrong := unused(nil); !slices.Contains(wrong, entry) {
		t.Errorf("without packages: %q lacks %q", wrong, entry)
	}
	f := parse(t, "segment/x.go", `package x; import _ "callmill/segment/internal/trie"`)
	wrong := unused([]pkg{{path: "segment", files: []file{f}}})
	if slices.Contains(wrong, entry) || len(wrong) == 0 {
		t.Errorf("with the import: %q", wrong)
	}
}
