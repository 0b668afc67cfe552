package source_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/pipeline/source"
	"callmill/schema"
)

// contents are inputs of every kind.
func contents(t *testing.T) map[string][]byte {
	t.Helper()
	lines := bytes.Repeat([]byte("a line\n"), 50)
	frames, begins := manyFrames(t, 5, 20)
	gap := slices.Clone(frames)
	gap[begins[2]+20] ^= 0xff
	var kept []byte
	for _, raw := range []schema.Raw{
		{Origin: "was.json", Position: 3, InstanceID: "i", ObservedAt: 1_500, Undated: true, Body: []byte("{}")},
		{Origin: "was.xml", ObservedAt: 2_500, Fault: "torn", Archive: &schema.Archive{Head: []byte("x"), Bytes: 7, SHA256: "s"}, Body: []byte("\xff")},
	} {
		line, err := schema.AppendInputLine(nil, &raw)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(append(kept, line...), '\n')
	}
	return map[string][]byte{
		"empty": {}, "short": []byte("{}"), "lines": lines, "kept": kept, "kept, torn": kept[:len(kept)-9],
		"lines.gz": compressed(t, ".gz", lines), "lines.zst": compressed(t, ".zst", lines), "kept.zst": compressed(t, ".zst", kept),
		"frames": frames, "gap": gap, "torn": frames[:len(frames)-7],
	}
}

// piecesOf returns the pieces that read yields, with copies of their bodies.
func piecesOf(t rapid.TB, read func(yield func(*schema.Raw) error) error) (pieces []schema.Raw) {
	t.Helper()
	err := read(func(raw *schema.Raw) error {
		piece := *raw
		piece.Body, piece.Release = slices.Clone(raw.Body), nil
		pieces = append(pieces, piece)
		if raw.Release != nil {
			raw.Release()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pieces
}

// TestHeldAsFile: an input in memory has the pieces of a file of this content, whole
// or damaged, whether it is too large or not, and is left as it is.
func TestHeldAsFile(t *testing.T) {
	all := contents(t)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	path := filepath.Join(t.TempDir(), "x.json")
	readers := map[int64]*source.Held{}
	for _, maxWhole := range []int64{0, 16} {
		readers[maxWhole] = source.NewHeld(source.Options{MaxWhole: maxWhole, Cut: cutLines})
	}
	rapid.Check(t, func(rt *rapid.T) {
		content := slices.Clone(all[rapid.SampledFrom(names).Draw(rt, "content")])
		if len(content) > 0 && rapid.Bool().Draw(rt, "damaged") {
			content[rapid.IntRange(0, len(content)-1).Draw(rt, "at")] ^= 0x55
			content = content[:rapid.IntRange(0, len(content)).Draw(rt, "length")]
		}
		maxWhole := rapid.SampledFrom([]int64{0, 16}).Draw(rt, "most")
		before := slices.Clone(content)
		write(t, path, content)
		o := source.Options{Instance: "i", ObservedAt: 17, Undated: true, MaxWhole: maxWhole, Cut: cutLines}
		want := piecesOf(rt, func(yield func(*schema.Raw) error) error {
			files, err := source.Open([]string{path}, o)
			if err != nil {
				return err
			}
			return files.Raws(t.Context(), yield)
		})
		got := piecesOf(rt, func(yield func(*schema.Raw) error) error {
			return readers[maxWhole].Raws(t.Context(), source.Stored{Origin: "x.json", InstanceID: "i", ObservedAt: 17, Undated: true, Body: content}, yield)
		})
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Errorf("pieces (-file +held):\n%s", diff)
		}
		if !bytes.Equal(content, before) {
			rt.Error("the input was modified")
		}
	})
}

// TestHeldIsNotCopied: the body of an input that is not compressed is the input, and
// no file is written, however large it is.
func TestHeldIsNotCopied(t *testing.T) {
	dir := t.TempDir()
	stored := source.Stored{Origin: "x", Position: 5, Body: bytes.Repeat([]byte("line\n"), 100)}
	for _, maxWhole := range []int64{0, 16} {
		held := source.NewHeld(source.Options{MaxWhole: maxWhole, TempDir: dir, Cut: cutLines})
		err := held.Raws(t.Context(), stored, func(raw *schema.Raw) error {
			if maxWhole == 0 && (unsafe.SliceData(raw.Body) != unsafe.SliceData(stored.Body) || raw.Position != 5) {
				t.Errorf("a piece at %d, want the input itself at 5", raw.Position)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("temporary files %v, %v", entries, err)
	}
}
