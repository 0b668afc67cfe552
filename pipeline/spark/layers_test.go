package spark

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLayersOfPython holds the modules of callmill_lake to the map in its __init__.py:
// each is named there, and imports only from those above it.
func TestLayersOfPython(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("callmill_lake/__init__.py")
	if err != nil {
		t.Fatal(err)
	}
	_, listed, found := strings.Cut(string(text), "each imports only from those above it:\n\n")
	if !found {
		t.Fatal("no map of the modules in __init__.py")
	}
	var order []string
	for _, line := range regexp.MustCompile(`(?m)^    (\w+)  +\S`).FindAllStringSubmatch(listed, -1) {
		order = append(order, line[1])
	}
	files, err := filepath.Glob("callmill_lake/*.py")
	if err != nil || len(files) != len(order)+1 {
		t.Errorf("%v: the map names %d modules: %s; there are %d files", err, len(order), strings.Join(order, " "), len(files))
	}
	imported := regexp.MustCompile(`(?m)^\s*from \.(\w*) import`)
	for place, name := range order {
		text, err := os.ReadFile(filepath.Join("callmill_lake", name+".py"))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.HasPrefix(string(text), `"""`) {
			t.Errorf("%s does not say what it is", name)
		}
		for _, other := range imported.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(order[:place], other[1]) {
				t.Errorf("%s imports from %q, which is not above it in the map", name, other[1])
			}
		}
	}
}
