package schema

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The sources whose comments are the documentation of the tables.
//
//go:embed jobs.go tasks.go turns.go contacts.go small.go
var rowSources embed.FS

// rowDocs gives the comments on the row types under "TaskRow" and on their
// fields under "TaskRow.CallID", on one line each. What it cannot read it
// leaves out: it reads what the package was compiled from, and a test asks
// for every column's.
func rowDocs() map[string]string {
	docs := map[string]string{}
	entries, _ := rowSources.ReadDir(".")
	for _, e := range entries {
		source, err := rowSources.ReadFile(e.Name())
		if err != nil {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), source, parser.ParseComments)
		if err != nil {
			continue
		}
		for _, decl := range file.Decls {
			if types, ok := decl.(*ast.GenDecl); ok && types.Tok == token.TYPE {
				addDocs(docs, types)
			}
		}
	}
	return docs
}

// addDocs adds the comments of a declaration of types.
func addDocs(docs map[string]string, types *ast.GenDecl) {
	for _, spec := range types.Specs {
		spec := spec.(*ast.TypeSpec)
		row, ok := spec.Type.(*ast.StructType)
		if !ok {
			continue
		}
		docs[spec.Name.Name] = oneLine(types.Doc)
		for _, field := range row.Fields.List {
			for _, name := range field.Names {
				docs[spec.Name.Name+"."+name.Name] = oneLine(field.Doc)
			}
		}
	}
}

// oneLine joins the lines of a comment's first paragraph.
func oneLine(comment *ast.CommentGroup) string {
	paragraph, _, _ := strings.Cut(comment.Text(), "\n\n")
	return strings.Join(strings.Fields(paragraph), " ")
}

// rowDoc is the comment on a row's type as that of its table: "JobRow is a
// row of jobs: one person to reach." becomes "One person to reach."
func rowDoc(comment string) string {
	_, doc, ok := strings.Cut(comment, ": ")
	if !ok {
		return comment
	}
	first, size := utf8.DecodeRuneInString(doc)
	return string(unicode.ToUpper(first)) + doc[size:]
}
