package main

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
)

// TestNamesDifferInMoreThanCase: in a dataset with all there may be in one, no two
// names in a folder are one file where case does not count.
func TestNamesDifferInMoreThanCase(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	words := filepath.Join(write(t, map[string]string{"words.txt": "云上催收台 100 n\n"}), "words.txt")
	runMain(t, exit.Done, "demo", data, "--people", "60", "--progress", "none")
	runMain(t, exit.Done, "rewrite", data, "--dict", words, "--progress", "none")

	seen, found := map[string]string{}, map[string]bool{}
	err := filepath.WalkDir(data, func(path string, _ fs.DirEntry, err error) error {
		folded := strings.ToLower(path)
		if other, twice := seen[folded]; twice {
			t.Errorf("%s and %s are one file where case does not count", path, other)
		}
		seen[folded] = path
		if inside, _ := filepath.Rel(data, path); !strings.Contains(inside, string(filepath.Separator)) {
			found[inside] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"latest", "CURRENT", "snapshots", "runs", "raw", "dict", "key", "lock"} {
		if !found[name] {
			t.Errorf("the dataset has no %s: this test is to see every name", name)
		}
	}
}
