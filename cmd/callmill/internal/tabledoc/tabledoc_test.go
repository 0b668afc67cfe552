package tabledoc_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill/internal/tabledoc"
	"callmill/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestPrint(t *testing.T) {
	prints := map[string]func(io.Writer) error{
		"schema.md":    func(w io.Writer) error { return tabledoc.Markdown(w, schema.English) },
		"schema.zh.md": func(w io.Writer) error { return tabledoc.Markdown(w, schema.Chinese) },
		"schema.json":  func(w io.Writer) error { return tabledoc.JSON(w, schema.English) },
		"schema.sql":   func(w io.Writer) error { return tabledoc.SQL(w, schema.English) },
	}
	for name, print := range prints {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := print(&got); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got; go test -update rewrites it):\n%s", path, diff)
			}
			if err := print(brokenPipe{}); !errors.Is(err, os.ErrClosed) {
				t.Errorf("onto a closed stream: %v", err)
			}
		})
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }

// DuckDB takes the statements, and afterwards has what they say.
func TestSQLInDuckDB(t *testing.T) {
	python := os.Getenv("CALLMILL_PYTHON")
	if python == "" {
		t.Skip("needs CALLMILL_PYTHON, a Python with duckdb (pipeline/dataset/testdata/requirements.txt)")
	}
	script, err := filepath.Abs("testdata/duckdb_schema.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []schema.Language{schema.English, schema.Chinese} {
		var sql, doc bytes.Buffer
		if err := errors.Join(tabledoc.SQL(&sql, lang), tabledoc.JSON(&doc, lang)); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for name, content := range map[string][]byte{"schema.sql": sql.Bytes(), "schema.json": doc.Bytes()} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(python, script)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", lang, err, out)
		}
	}
}
