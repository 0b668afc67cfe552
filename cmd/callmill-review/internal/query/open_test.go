//go:build cgo

package query_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/dataset"
)

// What cannot be opened is said in words.
func TestOpenRefuses(t *testing.T) {
	tests := map[string]struct {
		spoil func(t *testing.T, dir string)
		want  error  // in the chain
		says  string // in the text
	}{
		"no folder":      {func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, os.ErrNotExist, "no such file"},
		"an empty one":   {func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)); must(t, os.Mkdir(dir, 0o700)) }, dataset.ErrEmpty, "no published snapshot"},
		"a newer format": {func(t *testing.T, dir string) { reformat(t, dir, 99) }, dataset.ErrNewerFormat, "written by a newer callmill"},
		"no manifest":    {func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "latest", "manifest.json"))) }, nil, "manifest.json"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := fresh(t)
			test.spoil(t, dir)
			db, err := query.Open(t.Context(), dir, query.Options{})
			if err == nil {
				t.Fatal("opened", db.Close())
			}
			if test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %q, want one that says %q", err, test.says)
			}
		})
	}
}

// A dataset of an older format is answered with what brings it up to date.
func TestOpenOlder(t *testing.T) {
	_, err := query.Open(t.Context(), filepath.Join("..", "..", "..", "..", "pipeline", "dataset", "testdata", "v1"), query.Options{})
	older, ok := errors.AsType[*query.OlderError](err)
	if !ok || older.Format != 1 || !strings.Contains(older.Hint(), "callmill rewrite") {
		t.Errorf("error %v, want an OlderError of format 1", err)
	}
}

// A snapshot stays what it is while others are published, and when it is removed while
// it is read the error says so.
func TestRemovedWhileRead(t *testing.T) {
	dir := fresh(t)
	db := open(t, dir)
	before := search(t, db, query.SearchOptions{}).Total
	worlds.Run(t, "rewrite", dir, "--hmm", "--progress", "none")
	if now := search(t, db, query.SearchOptions{}).Total; now != before {
		t.Errorf("%d lines, %d before another snapshot was published", now, before)
	}
	for _, remove := range []string{"turns", ""} { // its tables, one after the other, then the folder
		must(t, os.RemoveAll(filepath.Join(dir, "snapshots", db.Snapshot(), remove)))
		_, err := db.Search(t.Context(), query.SearchOptions{})
		if gone, ok := errors.AsType[*query.GoneError](err); !ok || gone.Snapshot != db.Snapshot() {
			t.Errorf("without %q: error %v, want a GoneError", remove, err)
		}
	}
}

// A damaged file is named.
func TestDamagedFile(t *testing.T) {
	dir := fresh(t)
	db := open(t, dir)
	files, err := filepath.Glob(filepath.Join(dir, "latest", "turns", "*", "*.parquet"))
	must(t, err)
	must(t, os.Truncate(files[0], 100))
	_, err = db.Search(t.Context(), query.SearchOptions{})
	damaged, ok := errors.AsType[*query.FileError](err)
	if !ok || !strings.Contains(err.Error(), filepath.Base(files[0])) || !strings.Contains(damaged.Hint(), "callmill verify") {
		t.Errorf("error %v, want a FileError that names %s", err, files[0])
	}
	must(t, os.RemoveAll(filepath.Join(dir, "latest", "turns")))
	_, err = query.Open(t.Context(), dir, query.Options{})
	if _, ok := errors.AsType[*query.FileError](err); !ok || strings.Contains(err.Error(), "LINE") {
		t.Errorf("error %v, want a FileError", err)
	}
}

// A folder may be called anything.
func TestFolderNames(t *testing.T) {
	for _, name := range []string{"data [2026]", "a*b?", "it's", "{x}", "备份"} {
		dir := filepath.Join(t.TempDir(), name)
		must(t, os.Rename(fresh(t), dir))
		if n := len(load(t, open(t, dir), query.LoadOptions{}).Calls); n == 0 {
			t.Errorf("%s: no calls", name)
		}
	}
}

// More memory than DuckDB may have is said with what helps.
func TestMemory(t *testing.T) {
	dir := sources["pulled"].published(t)
	db, err := query.Open(t.Context(), dir, query.Options{Memory: 3 << 20, Threads: 1})
	if err == nil {
		defer db.Close()
		_, err = db.Load(t.Context(), query.LoadOptions{})
	}
	short, ok := errors.AsType[*query.MemoryError](err)
	if !ok || !strings.Contains(short.Hint(), "--memory") {
		t.Errorf("error %v, want a MemoryError", err)
	}
}

// reformat publishes a snapshot like the one there is, of another format.
func reformat(t *testing.T, dir string, format int) {
	t.Helper()
	old, err := os.Readlink(filepath.Join(dir, "latest"))
	must(t, err)
	text, err := os.ReadFile(filepath.Join(dir, old, "manifest.json"))
	must(t, err)
	var manifest map[string]any
	must(t, json.Unmarshal(text, &manifest))
	manifest["format"] = format
	text, err = json.Marshal(manifest)
	must(t, err)
	// The name of a snapshot ends with digits of its manifest's hash.
	renamed := fmt.Sprintf("%s-%.3x", old[:strings.LastIndex(old, "-")], sha256.Sum256(text))
	must(t, os.Rename(filepath.Join(dir, old), filepath.Join(dir, renamed)))
	must(t, os.WriteFile(filepath.Join(dir, renamed, "manifest.json"), text, 0o600))
	must(t, os.Remove(filepath.Join(dir, "latest")))
	must(t, os.Symlink(renamed, filepath.Join(dir, "latest")))
	must(t, os.WriteFile(filepath.Join(dir, "CURRENT"), []byte(filepath.Base(renamed)+"\n"), 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
