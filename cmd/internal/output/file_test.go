package output_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"callmill/cmd/internal/output"
)

// TestWriteNew: a file is written whole, for its owner alone, and never over another; a
// failure leaves nothing behind.
func TestWriteNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "receipt.json")
	if err := output.WriteNew(path, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := output.WriteNew(path, []byte("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: %v", err)
	}
	if err := output.WriteNew(filepath.Join(dir, "none", "receipt.json"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "one" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	if entries, err := os.ReadDir(dir); len(entries) != 1 || err != nil {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
