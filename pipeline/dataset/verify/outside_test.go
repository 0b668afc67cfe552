package verify_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/verify"
	"callmill/pipeline/dataset/verify/finding"
)

// What is outside the snapshot is noted, and is no damage.
func TestNotes(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes many snapshots")
	}
	original := newDataset(t)
	write := func(name string, mode os.FileMode) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			check(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
			check(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), mode))
			check(t, os.Chmod(filepath.Join(dir, name), mode))
		}
	}
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, dir string)
		note string
	}{
		{"a foreign file", write("notes.txt", 0o600), "notes.txt is not callmill's"},
		{"a foreign file among snapshots", write("snapshots/old.tar", 0o600), "snapshots/old.tar is not callmill's"},
		{"a snapshot in the making", write("snapshots/.build-20260124T013000Z-0a1b2c/jobs", 0o600), "0a1b2c belongs to a run in progress"},
		{"rows spilled", write("snapshots/.spill-123", 0o600), "snapshots/.spill-123 belongs to a run"},
		{"a foreign dot-file", write("snapshots/.build-x", 0o600), "snapshots/.build-x is not callmill's"},
		{"a file in the making", write(".CURRENT.ABCDEFGHIJKLMNOPQRSTUVWXYZ.tmp", 0o600), "TUVWXYZ.tmp belongs to a run in progress"},
		{"CURRENT names another", write("CURRENT", 0o600), `CURRENT names "x"`},
		{"CURRENT is gone", func(t *testing.T, dir string) { check(t, os.Remove(filepath.Join(dir, "CURRENT"))) }, "CURRENT is missing"},
		{"CURRENT is a folder", func(t *testing.T, dir string) {
			check(t, os.RemoveAll(filepath.Join(dir, "CURRENT")))
			check(t, os.Mkdir(filepath.Join(dir, "CURRENT"), 0o700))
		}, "CURRENT cannot be read"},
		{"the text of format 1 names another", func(t *testing.T, dir string) {
			check(t, os.Remove(filepath.Join(dir, "CURRENT")))
			write("LATEST", 0o600)(t, dir)
		}, `LATEST names "x"`},
		{"the text of format 1 as well", write("LATEST", 0o600), "LATEST is of format 1, and CURRENT counts"},
		{"the key is not private", func(t *testing.T, dir string) { check(t, os.Chmod(filepath.Join(dir, "key"), 0o644)) }, "key can be read by others"},
		{"a file for everybody", func(t *testing.T, dir string) {
			check(t, os.Chmod(filepath.Join(snapshotDir(t, dir), "views.sql"), 0o644))
		}, "views.sql has mode 0644, not 0600"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := copyOf(t, original)
			tt.do(t, dir)
			r := inspect(t, dir, options(dir))
			if r.Damaged() {
				t.Errorf("findings %+v", r.Findings)
			}
			if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, tt.note) }) {
				t.Errorf("notes %q, want %q", r.Notes, tt.note)
			}
		})
	}
}

// If there is nothing to check, the error says what to do.
func TestNothingToCheck(t *testing.T) {
	original := newDataset(t)
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, dir string)
		is   error
		want string
	}{
		{"no folder", func(t *testing.T, dir string) { check(t, os.RemoveAll(dir)) }, nil, "no such file"},
		{"nothing published", func(t *testing.T, dir string) {
			check(t, os.RemoveAll(dir))
			check(t, os.Mkdir(dir, 0o700))
		}, dataset.ErrEmpty, "no published snapshot"},
		{"latest leads nowhere", func(t *testing.T, dir string) { check(t, os.RemoveAll(snapshotDir(t, dir))) }, os.ErrNotExist, "latest names snapshot"},
		{"latest leads elsewhere", func(t *testing.T, dir string) {
			check(t, os.Remove(filepath.Join(dir, "latest")))
			check(t, os.Symlink("/", filepath.Join(dir, "latest")))
		}, nil, "which is not a snapshot"},
		{"a newer callmill", func(t *testing.T, dir string) {
			forge(t, dir, func(f *forgery) { f.manifest.Format = dataset.FormatVersion + 1 })
		}, dataset.ErrNewerFormat, fmt.Sprintf("format %d, this one knows %d", dataset.FormatVersion+1, dataset.FormatVersion)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := copyOf(t, original)
			tt.do(t, dir)
			r, err := verify.Snapshot(t.Context(), dir, options(dir))
			if err == nil {
				t.Fatalf("no error, but %+v", r)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), dir) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %v, want …%s…", err, tt.want)
			}
			if latest, ok := errors.AsType[*dataset.LatestError](err); ok != strings.HasPrefix(tt.name, "latest ") || ok && latest.Dir != dir {
				t.Errorf("error %#v", err)
			}
		})
	}
}

// Without links CURRENT names the snapshot, in format 1 LATEST.
func TestWithoutLinks(t *testing.T) {
	dir := newDataset(t)
	name := filepath.Base(snapshotDir(t, dir))
	check(t, os.Remove(filepath.Join(dir, "latest")))
	for _, text := range []string{"CURRENT", "LATEST"} {
		if r := inspect(t, dir, options(dir)); r.Damaged() || r.Snapshot != name || len(r.Notes) > 0 {
			t.Errorf("%s: snapshot %s: %+v, notes %q", text, r.Snapshot, r.Findings, r.Notes)
		}
		if text == "CURRENT" {
			check(t, os.Rename(filepath.Join(dir, text), filepath.Join(dir, "LATEST")))
		}
	}
}

// The jobs are those of the parent and the new ones, as long as the parent exists.
func TestParent(t *testing.T) {
	original := newDataset(t)
	parent := filepath.Base(snapshotDir(t, original))
	more := someJobs()[:1]
	more[0].JobID, more[0].Tasks = "e", nil
	publish(t, original, time.Date(2026, 1, 24, 1, 30, 0, 0, time.UTC), more, nil)
	if r := inspect(t, original, options(original)); r.Damaged() || len(r.LeftOut) > 0 {
		t.Fatalf("findings %+v, left out %q", r.Findings, r.LeftOut)
	}

	dir := copyOf(t, original)
	forge(t, dir, func(f *forgery) { f.manifest.Counts.Left++ })
	want(t, inspect(t, dir, options(dir)), "manifest.json", finding.Counts, "5 jobs, but 4 of the parent + 1 new - 1 left")

	for what, harm := range map[string]func(string) error{
		"is gone":    os.RemoveAll,
		"is damaged": func(path string) error { return os.Truncate(filepath.Join(path, "manifest.json"), 10) },
	} {
		dir := copyOf(t, original)
		check(t, harm(filepath.Join(dir, "snapshots", parent)))
		r := inspect(t, dir, options(dir))
		if r.Damaged() || len(r.LeftOut) != 1 || !strings.HasSuffix(r.LeftOut[0], what) {
			t.Errorf("%s: findings %+v, left out %q", what, r.Findings, r.LeftOut)
		}
	}
}

// Checks for which nothing was passed in are left out, and the report says so.
func TestLeftOut(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: publishes many snapshots")
	}
	original := newDataset(t)
	full := options(original)
	for _, tt := range []struct {
		name  string
		o     verify.Options
		forge func(*forgery)
		want  string
	}{
		{"quick", verify.Options{Quick: true}, nil, "rows: quick"},
		{"no jobs", verify.Options{}, nil, "content hashes and derived columns: nothing was given to make jobs of rows"},
		{"no rows", verify.Options{Job: full.Job}, nil, "derived columns: nothing was given to compute them"},
		{"no way to rows", verify.Options{Job: full.Job, Rows: func(dataset.Settings) (func() verify.Rows, error) {
			return nil, errors.New("the words are those of another version")
		}}, nil, "derived columns: the words are those of another version"},
		{"no keys", verify.Options{Job: full.Job, Rows: full.Rows}, nil, "contact keys: their key was not given, or is another"},
		{"statuses meant something else", full, func(f *forgery) { f.manifest.Settings.Outcomes++ }, "derived columns and statuses: statuses meant something else when the snapshot was made"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := copyOf(t, original)
			if tt.forge != nil {
				forge(t, dir, tt.forge)
			}
			r := inspect(t, dir, tt.o)
			if r.Damaged() || !slices.Contains(r.LeftOut, tt.want) {
				t.Errorf("findings %+v, left out %q", r.Findings, r.LeftOut)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	dir := newDataset(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := verify.Snapshot(ctx, dir, options(dir)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, report %+v", err, r)
	}
}
