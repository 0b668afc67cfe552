package rawlog_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/pipeline/rawlog"
)

// TestDamagedFrame: a byte that is flipped anywhere in a file costs the lines of one
// frame, and Check says where; a torn end costs what is torn and is named as such.
func TestDamagedFrame(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "raw")
	keep(t, rawlog.Options{Dir: dir, Run: monday}, line(0, "0"), line(1, "1"), line(2, "2"), line(3, "3"))
	path := filepath.Join(dir, monday, "00001.jsonl.zst")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := func() (n int) {
		err := rawlog.Texts(t.Context(), filepath.Join(dir, monday), func(_ string, text []byte) error {
			n += bytes.Count(text, []byte("\n"))
			return nil
		}, func(string, int, int, bool) {})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	notes := func() string {
		list, err := rawlog.Check(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(list, "\n")
	}
	if n, said := lines(), notes(); n != 4 || said != "" {
		t.Fatalf("%d lines; %s", n, said)
	}
	const windowByte = 5 // of a frame, which are of the same length here
	step := 1
	if testing.Short() {
		step = 7
	}
	for at := 0; at < len(whole); at += step {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x41
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		n, said := lines(), notes()
		if n == 4 && said == "" && at%(len(whole)/4) == windowByte {
			continue // a frame that only asks for a larger window
		}
		if n != 3 || strings.Count(said, "\n") != 0 || !strings.Contains(said, "raw/"+monday+"/00001.jsonl.zst") {
			t.Errorf("flipped at %d of %d: %d lines; %q", at, len(whole), n, said)
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	if n, said := lines(), notes(); n != 3 || !strings.Contains(said, "a run was killed there") {
		t.Errorf("torn: %d lines; %q", n, said)
	}
}

// TestTextsStops: reading ends with the error of its caller, and when it is cancelled.
func TestTextsStops(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "raw")
	keep(t, rawlog.Options{Dir: dir, Run: monday}, line(0, "0"), line(1, "1"))
	stop := errors.New("enough")
	lost := func(string, int, int, bool) { t.Error("something is lost") }
	if err := rawlog.Texts(t.Context(), filepath.Join(dir, monday), func(string, []byte) error { return stop }, lost); !errors.Is(err, stop) {
		t.Errorf("%v, want %v", err, stop)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := rawlog.Texts(ctx, filepath.Join(dir, monday), func(string, []byte) error { return nil }, lost); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	if list, err := rawlog.Check(t.Context(), filepath.Join(dir, "none")); len(list) != 0 || err != nil {
		t.Errorf("%q, %v", list, err)
	}
}
