package schema

import (
	"strings"
	"testing"
	"unicode"
)

// Every table and column has its Chinese, and nothing has that does not exist.
func TestEveryColumnIsInChinese(t *testing.T) {
	docs := docsZH()
	used := map[string]bool{"." + PartitionColumn: true}
	chinese := func(name string) bool {
		doc := docs[name]
		return strings.HasSuffix(doc, "。") && strings.IndexFunc(doc, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
	}
	for _, table := range Tables() {
		used[table.Name] = true
		if !chinese(table.Name) {
			t.Errorf("%s: %q", table.Name, docs[table.Name])
		}
		for _, c := range table.Columns {
			own, shared := table.Name+"."+c.Name, "."+c.Name
			if _, ok := docs[own]; ok {
				used[own] = true
				shared = own
			}
			used[shared] = true
			// Some meanings are a name of the API and where it is from.
			if doc := docs[shared]; !strings.HasSuffix(doc, "。") {
				t.Errorf("%s: %q", own, doc)
			}
		}
	}
	for name := range docs {
		if !used[name] {
			t.Errorf("there is no %s", name)
		}
	}
}
