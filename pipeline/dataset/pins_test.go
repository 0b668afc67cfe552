package dataset_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// snapshots makes a dataset of empty snapshots, published a day apart, of which
// the last is the latest, and opens it.
func snapshots(t *testing.T, n int) (d *dataset.Dataset, names []string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	day := time.Date(2026, 1, 15, 1, 30, 0, 0, time.UTC)
	parent := ""
	for i := range n {
		m := &dataset.Manifest{Format: dataset.FormatVersion, Parent: parent, Published: day.AddDate(0, 0, i)}
		for _, table := range schema.TableNames() {
			m.Tables = append(m.Tables, dataset.Table{Name: table})
		}
		text, hash, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		parent = dataset.NameSnapshot(m.Published, hash)
		folder := filepath.Join(dir, dataset.SnapshotsDir, parent)
		if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(filepath.Join(folder, dataset.ManifestFile), text, 0o600)); err != nil {
			t.Fatal(err)
		}
		names = append(names, parent)
	}
	if err := os.Symlink(filepath.Join(dataset.SnapshotsDir, parent), filepath.Join(dir, "latest")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "runs"), 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open(t.Context(), dir, dataset.Options{Keep: 1, KeepFor: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, names
}

func checkPins(t *testing.T, d *dataset.Dataset, want ...dataset.Pin) {
	t.Helper()
	got, err := d.Pins()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pins (-want +got):\n%s", diff)
	}
}

func pin(t *testing.T, d *dataset.Dataset, name, bookmark string) {
	t.Helper()
	if _, err := d.Pin(name, bookmark); err != nil {
		t.Fatal(err)
	}
}

// TestPins: pins without a bookmark, as earlier versions made them, and several
// bookmarks stand beside each other; a bookmark is on one snapshot at a time.
func TestPins(t *testing.T) {
	d, s := snapshots(t, 4)
	if err := os.WriteFile(d.Path("runs", "pinned"), []byte(s[0]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	checkPins(t, d, dataset.Pin{Snapshot: s[0]})
	pin(t, d, s[0], "warehouse")
	pin(t, d, s[0], "分析")
	pin(t, d, s[0], "")
	checkPins(t, d, dataset.Pin{Snapshot: s[0]}, dataset.Pin{Snapshot: s[0], Bookmark: "warehouse"}, dataset.Pin{Snapshot: s[0], Bookmark: "分析"})
	pin(t, d, s[1], "warehouse")
	pin(t, d, "warehouse", "分析")
	checkPins(t, d, dataset.Pin{Snapshot: s[0]}, dataset.Pin{Snapshot: s[1], Bookmark: "warehouse"}, dataset.Pin{Snapshot: s[1], Bookmark: "分析"})
	at, err := d.At("warehouse")
	if err != nil || at.Name() != s[1] || at.Manifest().Parent != s[0] {
		t.Errorf("the bookmark is on %v, %v", at, err)
	}

	// s[2] is the parent of the latest; nothing else is kept without a pin.
	removed, err := d.Prune()
	if err != nil || removed != nil {
		t.Errorf("removed %q, %v", removed, err)
	}
	if err := d.Unpin(s[1]); err == nil || !strings.Contains(err.Error(), "warehouse") {
		t.Errorf("unpin a snapshot with bookmarks: %v", err)
	}
	for _, name := range []string{s[0], "warehouse", "分析", s[2]} {
		if err := d.Unpin(name); err != nil {
			t.Errorf("unpin %s: %v", name, err)
		}
	}
	checkPins(t, d)
	if removed, err = d.Prune(); err != nil || cmp.Diff(s[:2], removed) != "" {
		t.Errorf("removed %q, %v", removed, err)
	}
}

// TestPinnedNames: what cannot be a bookmark, or is not there, changes nothing.
func TestPinnedNames(t *testing.T) {
	d, s := snapshots(t, 1)
	pin(t, d, s[0], "warehouse")
	for _, name := range []string{
		"../x", "a/b", "a b", "a\nb", "-x", ".x", "latest", s[0], strings.Repeat("x", 65), "a\x00b", "x\t",
	} {
		if _, err := d.Pin(s[0], name); !errors.Is(err, dataset.ErrBookmarkName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"", "other", "..", "../snapshots/" + s[0], "latest"} {
		if _, err := d.At(name); !errors.Is(err, dataset.ErrNoBookmark) {
			t.Errorf("at %q: %v", name, err)
		}
		if err := d.Unpin(name); !errors.Is(err, dataset.ErrNoBookmark) {
			t.Errorf("unpin %q: %v", name, err)
		}
	}
	const gone = "20260101T000000Z-000000"
	if _, err := d.Pin(gone, "warehouse"); err == nil {
		t.Error("a snapshot that is not there is pinned")
	}
	checkPins(t, d, dataset.Pin{Snapshot: s[0], Bookmark: "warehouse"})

	// A bookmark on a snapshot that someone removed.
	if err := os.RemoveAll(d.Path(dataset.SnapshotsDir, s[0])); err != nil {
		t.Fatal(err)
	}
	_, err := d.At("warehouse")
	if missing, ok := errors.AsType[*dataset.MissingError](err); !ok || missing.Snapshot != s[0] {
		t.Errorf("at a bookmark on nothing: %v", err)
	}
}
