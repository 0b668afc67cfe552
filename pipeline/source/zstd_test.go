package source_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/source"
	"callmill/schema"
)

// contentOf reads an input that is a single piece.
func contentOf(t *testing.T, stored []byte) (content, fault string) {
	t.Helper()
	files, err := source.Open([]string{"-"}, source.Options{Stdin: bytes.NewReader(stored)})
	if err != nil {
		t.Fatal(err)
	}
	err = files.Raws(context.Background(), func(raw *schema.Raw) error {
		content, fault = string(raw.Body), raw.Fault
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return content, fault
}

// TestFrames: an archive may be several frames, and skippable ones may stand
// anywhere: pzstd begins each part with one.
func TestFrames(t *testing.T) {
	skippable := []byte("\x5f\x2a\x4d\x18\x03\x00\x00\x00abc")
	a, b := compressed(t, ".zst", []byte("one\n")), compressed(t, ".zst", []byte("two\n"))
	for name, parts := range map[string][][]byte{
		"two frames":      {a, b},
		"skippable first": {skippable, skippable, a, b},
		"between":         {a, skippable, b},
		"last":            {a, b, skippable},
	} {
		if content, fault := contentOf(t, slices.Concat(parts...)); content != "one\ntwo\n" || fault != "" {
			t.Errorf("%s: %q, %s", name, content, fault)
		}
	}
	gz := slices.Concat(compressed(t, ".gz", []byte("one\n")), compressed(t, ".gz", []byte("two\n")))
	if content, fault := contentOf(t, gz); content != "one\ntwo\n" || fault != "" {
		t.Errorf("two members: %q, %s", content, fault)
	}
	stored, err := os.ReadFile("testdata/pzstd.jsonl.zst")
	if err != nil {
		t.Fatal(err)
	}
	if content, fault := contentOf(t, stored); strings.Count(content, "\n") != 20 || fault != "" {
		t.Errorf("pzstd: %d lines, %s", strings.Count(content, "\n"), fault)
	}
}

// TestWindow: a zstd window that is too large is named, with the way out.
func TestWindow(t *testing.T) {
	stored, err := os.ReadFile("testdata/long31.jsonl.zst")
	if err != nil {
		t.Fatal(err)
	}
	skippable := []byte("\x50\x2a\x4d\x18\x00\x00\x00\x00")
	// One segment, which is its own window, of 200 MB.
	single := []byte("\x28\xb5\x2f\xfd\xa0\x00\xc2\xeb\x0b\x01\x00\x00")
	for want, stored := range map[string][]byte{
		"the archive's zstd window of 2 GiB is larger than 128 MiB; decompress it with `zstd -dc --long=31 FILE | callmill convert -`":   stored,
		"the archive's zstd window of 191 MiB is larger than 128 MiB; decompress it with `zstd -dc --long=31 FILE | callmill convert -`": slices.Concat(skippable, single),
	} {
		if content, fault := contentOf(t, stored); content != "" || fault != want {
			t.Errorf("got  %s\nwant %s", fault, want)
		}
	}
	// A later frame: how large its window is was not looked for.
	if content, fault := contentOf(t, slices.Concat(compressed(t, ".zst", []byte("one\n")), stored)); content != "one\n" ||
		!strings.HasPrefix(fault, "the archive's zstd window is larger than 128 MiB; ") {
		t.Errorf("%q, %s", content, fault)
	}
}
