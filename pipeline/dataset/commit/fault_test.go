package commit_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/schema"
)

// The night before, and the night that will be broken in every way: a changed
// job, one that moves to another day, a new one, a reject.
func nightBefore() []delivery {
	return jobs(call("a", 100, "v1", 0), call("b", 100, "v1"), call("c", 100, "v1", 0))
}

func night() []delivery {
	return append(jobs(call("a", 200, "v2", 0), call("b", 200, "v2", 1), call("d", 200, "v1", 2)),
		delivery{reject: &schema.Reject{InstanceID: "default", Code: schema.RejectSyntax, Origin: "x.json", Reason: "x", Raw: []byte("x"), ObservedAt: 200}})
}

// nights are the tables before and after, but for rejects, whose rows name
// the run.
func nights(t *testing.T) (before, after map[string]string) {
	l := newLine(t)
	l.run(nightBefore()...)
	before = l.tables()
	l.run(night()...)
	return withoutRejects(before), withoutRejects(l.tables())
}

func withoutRejects(tables map[string]string) map[string]string {
	maps.DeleteFunc(tables, func(path, _ string) bool { return strings.HasPrefix(path, "rejects/") })
	return tables
}

// breakNight publishes the night before, runs the night with a fault, and
// checks what the fault may leave: the tables of before or after, whole; after
// where the run said it succeeded; and that the next run puts all right.
func breakNight(t *testing.T, fault faulty.Fault, before, after map[string]string) (steps []faulty.Step) {
	t.Helper()
	l := newLine(t)
	l.run(nightBefore()...)
	broken := faulty.New(durable.OS{}, fault)
	l.options.FS = broken
	_, err := l.try(context.Background(), night()...)
	l.options.FS = nil

	now := withoutRejects(l.tables())
	switch {
	case maps.Equal(now, after):
	case err == nil:
		t.Error("the run succeeded, but its tables are not the published ones")
		sameTables(t, now, after)
	case !maps.Equal(now, before):
		t.Errorf("after %v the tables are neither those of before nor of after", err)
		sameTables(t, now, before)
	}
	l.run(night()...)
	sameTables(t, withoutRejects(l.tables()), after)
	if left := leftovers(t, l.dir); len(left) > 0 {
		t.Errorf("left over after the next run: %q", left)
	}
	if n := len(l.snapshots()); n != 2 {
		t.Errorf("there are %d snapshots, want the two nights: %q", n, l.snapshots())
	}
	return broken.Steps()
}

func leftovers(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), ".") {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestEveryStepFails breaks each operation of a run in turn: without effect,
// half done, done but reported as failed, and as the last one before the
// machine dies.
func TestEveryStepFails(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: fails every step of a run")
	}
	before, after := nights(t)
	steps := breakNight(t, nil, before, after)
	stride := 11 // a sample; CALLMILL_THOROUGH=1, as in CI, is for every step
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		stride = 1
	}
	for n := 0; n < len(steps); n += stride {
		faults := map[string]faulty.Fault{
			"without-effect": faulty.Nth(n, faulty.Fail),
			"with-effect":    faulty.Nth(n, faulty.Done),
			"dies-before":    faulty.Dead(n, faulty.Fail),
			"dies-after":     faulty.Dead(n, faulty.Done),
		}
		if steps[n].Op == faulty.Write {
			faults["half"] = faulty.Dead(n, faulty.Half)
		}
		for name, fault := range faults {
			t.Run(steps[n].String()+"/"+name, func(t *testing.T) { breakNight(t, fault, before, after) })
		}
	}
}

// TestNothingUnsyncedAtTheCommit: when latest is about to be renamed, all that
// it will lead to is on disk.
func TestNothingUnsyncedAtTheCommit(t *testing.T) {
	l := newLine(t)
	l.run(nightBefore()...)
	committed := false
	var unsynced []string
	disk := faulty.New(durable.OS{}, nil)
	l.options.FS = &watch{FS: disk, rename: func(path string) {
		if filepath.Base(path) == "latest" {
			committed, unsynced = true, disk.Unsynced(filepath.Join(l.dir, "snapshots"))
		}
	}}
	l.run(night()...)
	if !committed || len(unsynced) > 0 {
		t.Errorf("committed %v with %q not on disk", committed, unsynced)
	}
}

// watch is told of every rename before it happens.
type watch struct {
	durable.FS
	rename func(path string)
}

func (w *watch) Rename(old, path string) error {
	w.rename(path)
	return w.FS.Rename(old, path)
}

func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: fails every step of a run")
	}
	before, after := nights(t)
	for _, room := range []int{0, 1, 1000, 5000, 20_000, 40_000, 60_000} {
		breakNight(t, faulty.Full(room), before, after)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	l := newLine(t)
	l.run(nightBefore()...)
	before := l.tables()
	l.options.FS = faulty.New(durable.OS{}, faulty.Every(syscall.EROFS,
		faulty.Create, faulty.Mkdir, faulty.Link, faulty.Symlink, faulty.Rename, faulty.Remove))
	if _, err := l.try(context.Background(), night()...); !errors.Is(err, syscall.EROFS) {
		t.Errorf("error %v, want one that says read-only file system", err)
	}
	sameTables(t, l.tables(), before)
}

// TestWithoutLinks: hard links are copied, and CURRENT is the commit.
func TestWithoutLinks(t *testing.T) {
	_, after := nights(t)
	l := newLine(t)
	l.options.FS = faulty.New(durable.OS{}, faulty.Every(syscall.EPERM, faulty.Link, faulty.Symlink))
	l.run(nightBefore()...)
	l.run(night()...)
	if _, err := os.Lstat(filepath.Join(l.dir, "latest")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("latest: %v, want none", err)
	}
	d, err := dataset.View(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(d.SnapshotDir(), filepath.Join(l.dir, "latest")); err != nil {
		t.Fatal(err)
	}
	sameTables(t, withoutRejects(l.tables()), after)
}
