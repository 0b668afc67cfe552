package commit_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
)

// copies lists the second copies of manifests in runs/.
func (l *line) copies() (names []string) {
	l.t.Helper()
	paths, err := filepath.Glob(l.path("runs", "*.manifest"))
	l.must(err)
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return names
}

// TestManifestCopies: each snapshot has a second copy of its manifest for as long as
// it is there; the next run writes what is missing of the latest one, and sweeps
// what belongs to none.
func TestManifestCopies(t *testing.T) {
	l, first, second := twoNights(t)
	same := func(snapshot string) bool {
		text, err := os.ReadFile(l.path("snapshots", snapshot, "manifest.json"))
		l.must(err)
		kept, err := os.ReadFile(l.path("runs", snapshot+".manifest"))
		return err == nil && bytes.Equal(text, kept)
	}
	if got := l.copies(); len(got) != 2 || !same(first) || !same(second) {
		t.Fatalf("there are the copies %q", got)
	}
	l.must(os.Remove(l.path("runs", first+".manifest")))
	l.must(os.Remove(l.path("runs", second+".manifest")))
	l.must(os.WriteFile(l.path("runs", "20200101T000000Z-abcdef.manifest"), []byte("x"), 0o600))
	l.must(os.WriteFile(l.path("runs", "mine.manifest"), []byte("x"), 0o600))
	l.run(night()...)
	if got := l.copies(); len(got) != 2 || !same(second) || got[1] != "mine.manifest" {
		t.Errorf("there are the copies %q, want that of %s and mine", got, second)
	}
	l.must(os.WriteFile(l.path("runs", second+".manifest"), []byte("damaged"), 0o600))
	l.options.Keep, l.options.KeepFor = 1, -1
	at := &clock{time.Date(2026, 1, 17, 1, 0, 0, 0, time.UTC)}
	l.options.Now = at.now
	third := l.run(jobs(call("e", 300, "v1", 0))...).Snapshot
	at.Time = at.Add(time.Hour)
	l.run(jobs(call("f", 300, "v1", 0))...)
	d, err := dataset.Open(t.Context(), l.dir, l.options)
	l.must(err)
	_, err = d.Prune()
	l.must(errors.Join(err, d.Close()))
	if got := l.copies(); len(got) != 3 || !same(third) || !same(d.Name()) {
		t.Errorf("after pruning there are the copies %q of %q", got, l.snapshots())
	}
}

// TestRestoreManifest: a manifest with any flipped byte, or none at all, is restored
// from its second copy, on a disk that fails at any step, too: then it is the same
// as before or whole, and the next try mends it. A damaged copy restores nothing.
func TestRestoreManifest(t *testing.T) {
	l := newLine(t)
	name := l.run(night()...).Snapshot
	path := l.path("snapshots", name, "manifest.json")
	whole, err := os.ReadFile(path)
	l.must(err)
	ctx := context.Background()
	if restored, err := dataset.RestoreManifest(ctx, l.dir, dataset.Options{}); restored || err != nil {
		t.Fatalf("whole: restored %v, %v", restored, err)
	}
	flip := func(at int) []byte {
		text := bytes.Clone(whole)
		text[at] ^= 0x20
		return text
	}
	for at := 0; at < len(whole); at += len(whole)/7 + 1 {
		l.must(os.WriteFile(path, flip(at), 0o600))
		if restored, err := dataset.RestoreManifest(ctx, l.dir, dataset.Options{}); !restored || err != nil {
			t.Errorf("flipped at %d: restored %v, %v", at, restored, err)
		}
		if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, whole) {
			t.Errorf("flipped at %d: it is not as it was: %v", at, err)
		}
	}
	l.must(os.Remove(path))
	if restored, err := dataset.RestoreManifest(ctx, l.dir, dataset.Options{}); !restored || err != nil {
		t.Errorf("missing: restored %v, %v", restored, err)
	}
	for step := 0; ; step++ {
		l.must(os.WriteFile(path, flip(9), 0o600))
		broken := faulty.New(durable.OS{}, faulty.Dead(step, faulty.Half))
		_, err := dataset.RestoreManifest(ctx, l.dir, dataset.Options{FS: broken})
		if text, e := os.ReadFile(path); e != nil || !bytes.Equal(text, whole) && (err == nil || !bytes.Equal(text, flip(9))) {
			t.Errorf("step %d failed: %v; the manifest is neither: %v", step, err, e)
		}
		l.run(repaired(l)...)
		if left := leftovers(t, l.dir); len(left) > 0 {
			t.Errorf("step %d failed: left over %q", step, left)
		}
		if err == nil {
			break
		}
	}
	l.must(os.WriteFile(path, flip(9), 0o600))
	l.must(os.WriteFile(l.path("runs", name+".manifest"), flip(10), 0o600))
	var latest *dataset.LatestError
	if restored, err := dataset.RestoreManifest(ctx, l.dir, dataset.Options{}); restored || !errors.As(err, &latest) {
		t.Errorf("damaged copy: restored %v, %v", restored, err)
	}
}

// repaired restores the manifest and returns the night that changes nothing then.
func repaired(l *line) []delivery {
	_, err := dataset.RestoreManifest(context.Background(), l.dir, dataset.Options{})
	l.must(err)
	return night()
}
