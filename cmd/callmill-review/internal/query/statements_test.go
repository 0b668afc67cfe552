//go:build cgo

package query

import (
	"context"
	"database/sql/driver"
	"regexp"
	"strings"
	"testing"
)

// Try asks a statement that is in no file, for tests.
func (d *DB) Try(ctx context.Context, statement string) error {
	return d.ask(ctx, "try", statement, nil, func([]driver.Value) error { return nil })
}

// DuckDB permits writing where it permits reading: no statement may write.
func TestStatementsOnlyRead(t *testing.T) {
	files, err := sources.ReadDir("sql")
	if err != nil {
		t.Fatal(err)
	}
	writes := regexp.MustCompile(`\b(COPY|EXPORT|ATTACH|INSTALL|LOAD|INSERT|UPDATE|DELETE|DROP|ALTER|CALL|PRAGMA|SET|read_\w+|glob)\b`)
	comment := regexp.MustCompile(`(?m)^--.*$`)
	for _, file := range files {
		text, err := source(strings.TrimSuffix(file.Name(), ".sql"))
		if err != nil {
			t.Fatal(err)
		}
		text = comment.ReplaceAllString(text, "")
		if found := writes.FindString(text); found != "" {
			t.Errorf("%s has %s", file.Name(), found)
		}
		if creates := strings.Contains(text, "CREATE"); creates && file.Name() != "setup.sql" {
			t.Errorf("%s creates something", file.Name())
		}
	}
}
