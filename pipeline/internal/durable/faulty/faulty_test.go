package faulty_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

// commit fills a folder, syncs it and renames it.
func commit(fsys durable.FS, dir string, syncFile, syncDir bool) error {
	temp := filepath.Join(dir, "temp")
	if err := fsys.Mkdir(temp, 0o700); err != nil {
		return err
	}
	f, err := fsys.Create(filepath.Join(temp, "f"), 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write([]byte("content")); err != nil {
		return err
	}
	if syncFile {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if syncDir {
		if err := durable.SyncDir(fsys, temp); err != nil {
			return err
		}
	}
	if err := fsys.Rename(temp, filepath.Join(dir, "final")); err != nil {
		return err
	}
	return durable.SyncDir(fsys, dir)
}

func TestUnsyncedFindsWhatACommitForgets(t *testing.T) {
	tests := []struct {
		syncFile, syncDir bool
		want              []string
	}{
		{true, true, nil},
		{false, true, []string{"final/f"}},
		{true, false, []string{"final"}},
		{false, false, []string{"final", "final/f"}},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		fsys := faulty.New(durable.OS{}, nil)
		if err := commit(fsys, dir, tt.syncFile, tt.syncDir); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, p := range tt.want {
			want = append(want, filepath.Join(dir, p))
		}
		if got := fsys.Unsynced(dir); !slices.Equal(got, want) {
			t.Errorf("file synced %v, folder synced %v: %v, want %v", tt.syncFile, tt.syncDir, got, want)
		}
	}
}

func TestEffects(t *testing.T) {
	steps := func(fault faulty.Fault) (dir string, n int, err error) {
		dir = t.TempDir()
		fsys := faulty.New(durable.OS{}, fault)
		err = commit(fsys, dir, true, true)
		return dir, len(fsys.Steps()), err
	}
	size := func(dir, name string) int64 {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return -1
		}
		return info.Size()
	}

	if dir, n, err := steps(nil); n != 8 || err != nil || size(dir, "final/f") != 7 {
		t.Errorf("no fault: %d steps, %v", n, err)
	}
	for effect, want := range map[faulty.Effect]int64{faulty.Fail: 0, faulty.Half: 3, faulty.Done: 7} {
		dir, _, err := steps(faulty.Nth(2, effect))
		if !errors.Is(err, syscall.EIO) || size(dir, "temp/f") != want {
			t.Errorf("write, effect %d: %d bytes, %v; want %d", effect, size(dir, "temp/f"), err, want)
		}
	}
	if dir, _, err := steps(faulty.Nth(5, faulty.Fail)); err == nil || size(dir, "temp/f") != 7 {
		t.Errorf("rename without effect: %v", err)
	}
	if dir, _, err := steps(faulty.Nth(5, faulty.Done)); err == nil || size(dir, "final/f") != 7 {
		t.Errorf("rename with effect: %v", err)
	}
	if dir, _, err := steps(faulty.Full(6)); !errors.Is(err, syscall.ENOSPC) || size(dir, "temp/f") != 3 {
		t.Errorf("full disk: %v", err)
	}
}

func TestADeadDiskStaysDead(t *testing.T) {
	dir := t.TempDir()
	fsys := faulty.New(durable.OS{}, faulty.Dead(0, faulty.Done))
	if _, err := durable.ReadDir(fsys, dir); err != nil {
		t.Errorf("before: %v", err)
	}
	if err := fsys.Mkdir(filepath.Join(dir, "a"), 0o700); !errors.Is(err, syscall.EIO) {
		t.Errorf("the first step: %v", err)
	}
	if _, err := durable.ReadDir(fsys, dir); !errors.Is(err, syscall.EIO) {
		t.Errorf("reading after: %v", err)
	}
	if err := fsys.Mkdir(filepath.Join(dir, "b"), 0o700); !errors.Is(err, syscall.EIO) {
		t.Errorf("writing after: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "a" {
		t.Errorf("on disk: %v, %v", entries, err)
	}
}
