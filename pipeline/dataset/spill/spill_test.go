package spill_test

import (
	"os"
	"testing"

	"callmill/pipeline/dataset/spill"
)

// What is appended is read back from where it was put, and nothing is left in
// the folder, neither before nor after Close.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	f := spill.File{Dir: dir}
	if err := f.Close(); err != nil {
		t.Errorf("closed before anything was appended: %v", err)
	}
	for i, text := range []string{"one", "", "three"} {
		offset, err := f.Append([]byte(text))
		if want := []int64{0, 3, 3}[i]; err != nil || offset != want {
			t.Fatalf("%q is at %d, want %d: %v", text, offset, want, err)
		}
	}
	got := make([]byte, f.Size())
	if _, err := f.ReadAt(got, 0); err != nil || string(got) != "onethree" {
		t.Errorf("read %q, %v", got, err)
	}
	for range 2 {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left in the folder: %v, %v", left, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := f.ReadAt(got, 0); err == nil {
		t.Error("read after Close")
	}
}

func TestFileThatCannotBeCreated(t *testing.T) {
	f := spill.File{Dir: t.TempDir() + "/none"}
	if _, err := f.Append([]byte("x")); err == nil {
		t.Error("appended in a folder that does not exist")
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
