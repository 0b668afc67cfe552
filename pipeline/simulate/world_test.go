package simulate_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"callmill/pipeline/simulate"
)

// The same options give the same bytes, and writing again over one's own
// files changes nothing.
func TestSameOptionsSameBytes(t *testing.T) {
	dir := t.TempDir()
	first := writeAndHash(t, dir, 400, 7)
	if again := writeAndHash(t, dir, 400, 7); again != first {
		t.Errorf("second writing gave %s, first %s", again, first)
	}
	if other := writeAndHash(t, t.TempDir(), 400, 8); other == first {
		t.Error("another seed gave the same bytes")
	}
}

func writeAndHash(t *testing.T, dir string, jobs int, seed uint64) string {
	t.Helper()
	w, err := simulate.New(simulate.Options{Jobs: jobs, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteFiles(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	return hashFolder(t, dir)
}

// hashFolder hashes names and contents of the responses in a folder.
func hashFolder(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no responses in %s: %v", dir, err)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(sum, filepath.Base(name)+"\n")
		sum.Write(body)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
