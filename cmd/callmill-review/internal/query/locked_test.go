//go:build cgo

package query_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Nothing outside the snapshot can be read, nor the configuration changed, even by
// statements that there are not.
func TestLocked(t *testing.T) {
	dir := fresh(t)
	outside := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(outside, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir)
	for _, statement := range []string{
		"SELECT * FROM read_csv('" + outside + "')",
		"SELECT * FROM read_text('" + dir + "/key')",
		"SELECT * FROM read_text('" + dir + "/latest/../../key')",
		"COPY (SELECT 1) TO '" + outside + "'",
		"ATTACH '" + outside + ".db'",
		"INSTALL httpfs",
		"LOAD httpfs",
		"SET enable_external_access = true",
		"SET threads = 4",
		"SET allowed_directories = ['/']",
		"RESET memory_limit",
		"SELECT * FROM read_csv('https://example.com/a.csv')",
	} {
		if err := db.Try(t.Context(), statement); err == nil {
			t.Errorf("%s: it works", statement)
		}
	}
}
