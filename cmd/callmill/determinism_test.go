package main

import (
	"crypto/sha256"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
)

// TestSameContentSameBytes publishes the same jobs in different ways: the
// tables are the same to the last byte.
func TestSameContentSameBytes(t *testing.T) {
	const files = 8
	content := rushHour(t, files, 60)
	inputs := write(t, content)
	key := filepath.Join(write(t, map[string]string{"key": "a secret of the tests"}), "key")
	fixed := []string{"--observed-at", "2026-02-01T00:00:00Z", "--key", key}

	var names, whole []string
	for _, name := range slices.Sorted(maps.Keys(content)) {
		names = append(names, filepath.Join(inputs, name))
		whole = append(whole, content[name])
	}
	reversed := slices.Clone(names)
	slices.Reverse(reversed)
	lines := filepath.Join(write(t, map[string]string{"all.jsonl": strings.Join(whole, "\n")}), "all.jsonl")

	want := convert(t, exit.Done, append(fixed, "--workers", "1", inputs)...)
	wantFiles, wantTables := snapshotFiles(t, want), manifestTables(t, want)
	if len(wantFiles) < 6*5+3+1 {
		t.Fatalf("%d files, want six day tables of five days, three small ones and views.sql at least", len(wantFiles))
	}
	ways := map[string]func() string{
		"once more":            func() string { return convert(t, exit.Done, append(fixed, "--workers", "1", inputs)...) },
		"sixteen workers":      func() string { return convert(t, exit.Done, append(fixed, "--workers", "16", inputs)...) },
		"in another order":     func() string { return convert(t, exit.Done, append(fixed, reversed...)...) },
		"in one file of lines": func() string { return convert(t, exit.Done, append(fixed, lines)...) },
		"little memory":        func() string { return convert(t, exit.Done, append(fixed, "--memory", "64MB", inputs)...) },
		"in two runs": func() string {
			data := convert(t, exit.Done, append(fixed, names[:files/2]...)...)
			rest := append([]string{"convert", "--progress", "none", "--out", data}, fixed...)
			runMain(t, exit.Done, append(rest, names[files/2:]...)...)
			return data
		},
	}
	for name, publish := range ways {
		t.Run(name, func(t *testing.T) {
			got := publish()
			if diff := cmp.Diff(wantFiles, snapshotFiles(t, got)); diff != "" {
				t.Errorf("files and their hashes (-one worker +%s):\n%s", name, diff)
			}
			if diff := cmp.Diff(wantTables, manifestTables(t, got)); diff != "" {
				t.Errorf("tables in the manifest (-one worker +%s):\n%s", name, diff)
			}
		})
	}
}

// snapshotFiles are the files of the published snapshot but the manifest, with
// the hashes of their bytes.
func snapshotFiles(t *testing.T, data string) map[string][sha256.Size]byte {
	t.Helper()
	root, err := filepath.EvalSymlinks(filepath.Join(data, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][sha256.Size]byte{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "manifest.json" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		files[filepath.ToSlash(name)] = sha256.Sum256(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// manifestTables is what the published snapshot's manifest says of its tables.
func manifestTables(t *testing.T, data string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "latest", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Tables []object }
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Tables) != 9 {
		t.Fatalf("%d tables in the manifest, want 9", len(manifest.Tables))
	}
	return manifest.Tables
}
