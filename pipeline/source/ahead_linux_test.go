package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"callmill/pipeline/source"
	"callmill/schema"
)

// TestManyFiles reads more files than are prefetched. One of them is, for a while, a
// pipe without a writer.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for i := range 50 {
		name := fmt.Sprintf("%02d.json", i)
		want = append(want, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := source.Open([]string{dir}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(dir, want[20])
	if err := os.Remove(pipe); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		if string(raw.Body) != raw.Origin {
			t.Errorf("%s has the content %q", raw.Origin, raw.Body)
		}
		got = append(got, raw.Origin)
		raw.Release()
		if len(got) != 20 {
			return nil
		}
		if err := os.Remove(pipe); err != nil {
			return err
		}
		return os.WriteFile(pipe, []byte(want[20]), 0o600)
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, read %q", err, got)
	}
}
