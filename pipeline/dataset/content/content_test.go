package content_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/pipeline/dataset/content"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

// TestFile: a file is named for its content, and nothing is left of one that is given up.
func TestFile(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "turns"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := content.Create(durable.OS{}, root, "turns", ".0", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	given, err := content.Create(durable.OS{}, root, "turns", ".1", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("rows", 50_000)
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	got, err := f.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), given.Abandon()); err != nil {
		t.Error(err)
	}
	sum := sha256.Sum256([]byte(text))
	if hash := hex.EncodeToString(sum[:]); got.SHA256 != hash || got.Bytes != int64(len(text)) || !strings.Contains(got.Path, hash[:20]) {
		t.Errorf("finished as %+v, want %d bytes with hash %s", got, len(text), hash)
	}
	if b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(got.Path))); err != nil || string(b) != text {
		t.Errorf("the file has %d bytes, want %d: %v", len(b), len(text), err)
	}
	if list, _ := os.ReadDir(filepath.Join(root, "turns")); len(list) != 1 {
		t.Errorf("the folder has %v, want one file", list)
	}
}

// TestFileFails: an error at any operation is returned, and Abandon leaves nothing.
func TestFileFails(t *testing.T) {
	for n := 1; ; n++ {
		root := t.TempDir()
		broken := faulty.New(durable.OS{}, faulty.Nth(n, faulty.Fail))
		f, err := content.Create(broken, root, ".", ".0", 0o600)
		if err == nil {
			_, _ = io.WriteString(f, "rows")
			_, err = f.Finish()
		}
		if err == nil {
			if n < 4 {
				t.Errorf("only %d operations can fail", n-1)
			}
			return
		}
		if f != nil {
			_ = f.Abandon()
		}
		if list, _ := os.ReadDir(root); len(list) > 0 {
			t.Errorf("operation %d fails: %v is left", n, list)
		}
	}
}
