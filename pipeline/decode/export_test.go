package decode

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
)

// KindNames are the kinds Counts can tell.
func KindNames() (names []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "fields/tally.go", nil, 0)
	if err != nil {
		panic(err)
	}
	for _, decl := range file.Decls {
		if consts, is := decl.(*ast.GenDecl); is && consts.Tok == token.CONST {
			for _, spec := range consts.Specs {
				name, _ := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
				names = append(names, name)
			}
		}
	}
	return names
}
