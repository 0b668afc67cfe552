package decode_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLayers: the parts of decode stand alone. Each imports of this module what
// is listed here, and nothing else.
func TestLayers(t *testing.T) {
	const decode = "callmill/pipeline/decode"
	for part, allowed := range map[string][]string{
		"jsonscan": nil,
		"charset":  nil,
		"markup":   {decode + "/jsonscan"},
		"split":    {decode + "/jsonscan", "callmill/schema"},
		"fields":   {decode + "/jsonscan", decode + "/markup", "callmill/schema"},
		".":        {decode + "/jsonscan", decode + "/charset", decode + "/markup", decode + "/split", decode + "/fields", "callmill/schema"},
	} {
		files, err := filepath.Glob(filepath.Join(part, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", part, len(files), err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				if strings.HasPrefix(imported, "callmill/") && !slices.Contains(allowed, imported) {
					t.Errorf("%s imports %s", path, imported)
				}
			}
		}
	}
}
