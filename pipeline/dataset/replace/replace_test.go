package replace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/changes"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/replace"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/dataset/verify"
	"callmill/pipeline/flatten"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/schema"
)

const instance = "sales"

// runes cuts a script into its characters.
type runes struct{}

func (runes) Cut(dst []int32, script string) []int32 {
	for script != "" {
		_, n := utf8.DecodeRuneInString(script)
		dst, script = append(dst, int32(n)), script[n:]
	}
	return dst
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func noon(day int) int64 { return time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC).UnixMilli() }

func job(id string, day int, observed int64, status string) schema.Job {
	turn := schema.Turn{Speaker: schema.SpeakerRobot, Script: "您好，这里是" + id + "，请问是" + id + "先生吗？", Timestamp: noon(day)}
	return schema.Job{
		InstanceID: instance, JobID: id, Status: "Succeeded", RequestID: "r", ObservedAt: observed,
		Contacts: []schema.Contact{{Name: id + "先生", PhoneNumber: "10020000001", Key: strings.Repeat("a", 32)}},
		Extras:   []schema.Extra{{Key: "who", Value: id + "先生"}},
		Tasks: []schema.Task{{
			TaskID: id + "-1", Status: status, ActualTime: noon(day), CalledNumber: "10020000001", ContactKey: strings.Repeat("a", 32),
			Turns: []schema.Turn{turn, turn},
		}},
	}
}

// nights are what is delivered in each of them.
func nights() [][]schema.Job {
	return [][]schema.Job{
		{job("stays", 20, noon(21), "SucceededFinish"), job("goes", 20, noon(21), "SucceededFinish"), job("alone", 18, noon(21), "OddStatus")},
		{job("goes", 20, noon(22), "SucceededClientHangUp"), job("later", 21, noon(22), "SucceededFinish")},
		{job("stays", 20, noon(23), "SucceededClientHangUp"), job("comes", 22, noon(23), "SucceededFinish"), job("other", 22, noon(23), "Busy")},
	}
}

// leaves reports which jobs go.
func leaves(id string) bool { return id == "goes" || id == "alone" || id == "comes" }

// publish publishes a night of some jobs, with a reject and an entry of what is pending
// of each job that goes, and returns the snapshot.
func publish(t testing.TB, dir string, night int, list []schema.Job, but func(string) bool) string {
	t.Helper()
	d, err := dataset.Open(t.Context(), dir, dataset.Options{Now: clock(night)})
	check(t, err)
	defer func() { check(t, d.Close()) }()
	run := d.NewRun()
	tx, err := commit.Begin(t.Context(), d, run, commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(time.UTC, runes{}) }, Unflatten: flatten.Job, Program: "test",
	})
	check(t, err)
	defer func() { check(t, tx.Close()) }()
	a := tx.Appender()
	for i := range list {
		if but(list[i].JobID) {
			continue
		}
		raw := &schema.Raw{Origin: "resp.json", InstanceID: instance, Sequence: int64(i)}
		check(t, a.Job(raw, int64(i), &list[i]))
		check(t, a.Reject(raw, &schema.Reject{InstanceID: instance, JobID: "bad-" + list[i].JobID, Code: "json", Reason: "damaged", Raw: []byte(list[i].JobID), ObservedAt: noon(21)}))
		check(t, a.Expected(raw, &schema.Expected{InstanceID: instance, JobID: "due-" + list[i].JobID, ObservedAt: noon(21)}))
	}
	check(t, a.Flush())
	published, err := tx.Commit(t.Context(), dataset.Extent{Settings: dataset.Settings{
		TimeZone: "UTC", Segmenter: "fast", Words: "runes", PII: "keep",
		Derivation: flatten.Version, Outcomes: schema.OutcomesVersion, KeyID: "0011223344556677",
	}})
	check(t, err)
	check(t, d.WriteRun(run, map[string]string{"snapshot": published.Snapshot}))
	return published.Snapshot
}

func clock(night int) func() time.Time {
	return func() time.Time { return time.Date(2026, 1, 23+night, 1, 30, 0, 0, time.UTC) }
}

// history publishes the nights and returns the names of the snapshots. A bookmark is on
// the first, a pin on the second.
func history(t testing.TB, but func(string) bool) (dir string, names []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	for i, list := range nights() {
		names = append(names, publish(t, dir, i, list, but))
	}
	d, err := dataset.Open(t.Context(), dir, dataset.Options{Now: clock(5)})
	check(t, err)
	_, err = d.Pin(names[0], "mart")
	check(t, err)
	_, err = d.Pin(names[1], "")
	check(t, err)
	check(t, d.Close())
	return dir, names
}

func everybody(string) bool { return false }

// change takes out the jobs that leave.
func change() replace.Change {
	return replace.Change{
		Job:     func(r *schema.Rows) bool { return !leaves(r.Job.JobID) },
		Reject:  func(r *schema.RejectRow) bool { return !leaves(strings.TrimPrefix(r.JobID, "bad-")) },
		Pending: func(r *schema.PendingRow) bool { return !leaves(strings.TrimPrefix(r.JobID, "due-")) },
		Tell:    true,
	}
}

var began = time.Date(2026, 1, 28, 1, 0, 0, 0, time.UTC)

func run(ctx context.Context, dir string, fsys durable.FS) (one *erased.Replacement, err error) {
	d, err := dataset.Open(ctx, dir, dataset.Options{FS: fsys, Now: clock(5)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return replace.Snapshots(ctx, d, "e1", began, change())
}

// verified checks every snapshot, each in a copy in which it is the latest.
func verified(t testing.TB, dir string) {
	t.Helper()
	list, err := dataset.List(dir)
	check(t, err)
	for _, l := range list {
		copied := filepath.Join(t.TempDir(), "copy")
		check(t, os.CopyFS(copied, os.DirFS(dir)))
		check(t, dataset.Rollback(t.Context(), copied, l.Name, dataset.Options{}))
		r, err := verify.Snapshot(t.Context(), copied, verify.Options{
			Workers: 1, Job: flatten.Job,
			Rows: func(dataset.Settings) (func() verify.Rows, error) {
				return func() verify.Rows { return flatten.New(time.UTC, runes{}).Add }, nil
			},
		})
		check(t, err)
		for _, f := range r.Findings {
			t.Errorf("%s: %s: %s", l.Name, f.File, f.Detail)
		}
	}
}

// content returns the files of the tables of the snapshots, by their order.
func content(t testing.TB, dir string) (list []map[string]string) {
	t.Helper()
	snapshots, err := dataset.List(dir)
	check(t, err)
	for _, s := range snapshots {
		files := map[string]string{}
		for f := range s.Manifest.Files() {
			if !strings.HasPrefix(f.Path, schema.TableRejects) { // they name the run
				files[f.Path] = f.SHA256
			}
		}
		list = append(list, files)
	}
	return list
}

// TestAsIfTheyHadNeverBeen: afterwards each snapshot has the very files that it would
// have had without the jobs that went, and passes verify; names, pins, the comparison
// with a bookmark and rollback lead where they did.
func TestAsIfTheyHadNeverBeen(t *testing.T) {
	dir, names := history(t, everybody)
	without, _ := history(t, leaves)
	before := stat(t, filepath.Join(dir, "snapshots", names[2]), "jobs/job_date=2026-01-21")
	one, err := run(t.Context(), dir, nil)
	check(t, err)
	if len(one.Snapshots) != 3 {
		t.Fatalf("replaced %v", one.Snapshots)
	}
	got, want := content(t, dir), content(t, without)
	for i := range want {
		for path, hash := range want[i] {
			if got[i][path] != hash {
				t.Errorf("snapshot %d: %s is missing", i, path)
			}
		}
		if len(got[i]) != len(want[i]) {
			t.Errorf("snapshot %d has %d files, want %d", i, len(got[i]), len(want[i]))
		}
	}
	verified(t, dir)
	for old, now := range one.Snapshots {
		if old[:16] != now[:16] {
			t.Errorf("%s is replaced by %s, of another time", old, now)
		}
		if _, err := os.Lstat(filepath.Join(dir, "snapshots", old)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", old, err)
		}
	}
	if after := stat(t, filepath.Join(dir, "snapshots", one.Snapshots[names[2]]), "jobs/job_date=2026-01-21"); !os.SameFile(before, after) {
		t.Error("the file of a shard without them is not linked")
	}
	holdsNone(t, dir)

	d, err := dataset.View(dir)
	check(t, err)
	if d.Name() != one.Snapshots[names[2]] || d.Manifest().Parent != one.Snapshots[names[1]] {
		t.Errorf("latest is %s on %s", d.Name(), d.Manifest().Parent)
	}
	pins, err := d.Pins()
	check(t, err)
	if want := []dataset.Pin{{Snapshot: one.Snapshots[names[0]], Bookmark: "mart"}, {Snapshot: one.Snapshots[names[1]]}}; !slices.Equal(pins, want) {
		t.Errorf("pins %v, want %v", pins, want)
	}
	for name, want := range map[string]string{
		"mart": "alone gone, comes -, goes gone", names[0]: "alone gone, comes -, goes gone",
		names[2]: "alone gone, comes gone, goes gone", d.Name(): "alone -, comes -, goes -",
	} {
		if got := kinds(t, d, name); got != want {
			t.Errorf("since %s: %s, want %s", name, got, want)
		}
	}
	check(t, dataset.Rollback(t.Context(), dir, names[1], dataset.Options{}))
	if now, _ := dataset.Latest(dir); now != one.Snapshots[names[1]] {
		t.Errorf("rolled back to %s", now)
	}
	// The next run goes on from it, and sweeps nothing that was replaced.
	publish(t, dir, 6, nights()[2], leaves)
	verified(t, dir)
	if list, _ := dataset.List(dir); len(list) != 4 {
		t.Errorf("%d snapshots, want 4", len(list))
	}
	again, err := run(t.Context(), dir, nil)
	if check(t, err); len(again.Snapshots) != 3 {
		t.Errorf("again: %v", again.Snapshots)
	}
}

// kinds returns what became of the jobs that went since a snapshot.
func kinds(t *testing.T, d *dataset.Dataset, name string) string {
	t.Helper()
	since, err := d.At(name)
	check(t, err)
	replaced, err := d.Erased().Replaced()
	check(t, err)
	c, err := changes.Between(t.Context(), since, d, changes.Options{Gone: replaced.Gone(name)})
	check(t, err)
	defer c.Close()
	found := map[string]changes.Kind{"alone": "-", "comes": "-", "goes": "-"}
	for change, err := range c.All() {
		check(t, err)
		if found[change.JobID] != "" {
			found[change.JobID] = change.Kind
		}
	}
	return fmt.Sprintf("alone %s, comes %s, goes %s", found["alone"], found["comes"], found["goes"])
}

func stat(t *testing.T, snapshot, folder string) fs.FileInfo {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(snapshot, folder, "*.parquet"))
	check(t, err)
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	info, err := os.Stat(files[0])
	check(t, err)
	return info
}

// holdsNone fails where a row, a reject or an entry of what is pending is of a job that
// went, in any snapshot.
func holdsNone(t testing.TB, dir string) {
	t.Helper()
	d, err := dataset.View(dir)
	check(t, err)
	list, err := dataset.List(dir)
	check(t, err)
	for _, l := range list {
		at, err := d.At(l.Name)
		check(t, err)
		for _, p := range shard.List(at) {
			r, err := shard.Open([]*shard.Published{p}, p.Shard)
			check(t, err)
			for {
				rows, _, err := r.Next()
				check(t, err)
				if rows == nil {
					break
				}
				if leaves(rows.Job.JobID) {
					t.Errorf("%s holds %s", l.Name, rows.Job.JobID)
				}
			}
			check(t, r.Close())
		}
		for r, err := range tables.Rejects(at) {
			if check(t, err); leaves(string(r.Raw)) {
				t.Errorf("%s holds the reject of %s", l.Name, r.Raw)
			}
		}
		for r, err := range tables.Pending(at) {
			if check(t, err); leaves(strings.TrimPrefix(r.JobID, "due-")) {
				t.Errorf("%s waits for %s", l.Name, r.JobID)
			}
		}
	}
}

// TestADamagedSnapshotGoesWhole: an earlier snapshot that cannot be written again, and may
// hold what goes, goes whole, with its pins; of the published one nothing is begun.
func TestADamagedSnapshotGoesWhole(t *testing.T) {
	dir, names := history(t, everybody)
	damage := func(name, pattern string) {
		files, err := filepath.Glob(filepath.Join(dir, "snapshots", name, pattern))
		check(t, err)
		if len(files) == 0 {
			t.Fatalf("no file %s", pattern)
		}
		text, err := os.ReadFile(files[0])
		check(t, err)
		text[len(text)/2] ^= 1
		check(t, os.Remove(files[0])) // it is linked
		check(t, os.WriteFile(files[0], text, 0o600))
	}
	damage(names[0], "turns/job_date=2026-01-20/*.parquet")
	one, err := run(t.Context(), dir, nil)
	check(t, err)
	if len(one.Snapshots) != 2 || !slices.Equal(one.Removed, names[:1]) {
		t.Errorf("replaced %v, removed %v", one.Snapshots, one.Removed)
	}
	holdsNone(t, dir)
	verified(t, dir)
	d, err := dataset.View(dir)
	check(t, err)
	if pins, _ := d.Pins(); len(pins) != 1 || pins[0].Bookmark != "" {
		t.Errorf("pins %v", pins)
	}

	dir, names = history(t, everybody)
	damage(names[2], "turns/job_date=2026-01-20/*.parquet")
	d, err = dataset.View(dir)
	check(t, err)
	if err := replace.CheckFiles(t.Context(), d, change()); err == nil {
		t.Error("the damage is not found")
	}
	if _, err := run(t.Context(), dir, nil); err == nil {
		t.Error("a damaged file was written again")
	}
	if now, err := dataset.Latest(dir); now != names[2] || err != nil {
		t.Errorf("latest is %s, %v", now, err)
	}
}

// TestNothingToReplace: nothing changes where nothing goes.
func TestNothingToReplace(t *testing.T) {
	dir, _ := history(t, leaves)
	before := tree(t, dir)
	one, err := run(t.Context(), dir, nil)
	check(t, err)
	if after := tree(t, dir); len(one.Snapshots) > 0 || after != before {
		t.Errorf("replaced %v:\n%s\nbefore:\n%s", one.Snapshots, after, before)
	}
}

// tree lists the files of a folder with their sizes, the lock excepted.
func tree(t testing.TB, dir string) string {
	t.Helper()
	var text bytes.Buffer
	check(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		inside, _ := filepath.Rel(dir, path)
		if err != nil || e.IsDir() || inside == "lock" {
			return err
		}
		info, err := e.Info()
		fmt.Fprintln(&text, inside, info.Size())
		return err
	}))
	return text.String()
}

// TestKilledAtEveryStep kills the replacing before each of its file operations: run
// again it reaches the same end; and until then every snapshot that is there is whole.
func TestKilledAtEveryStep(t *testing.T) {
	original, _ := history(t, everybody)
	whole := copyOf(t, original)
	learn := faulty.New(durable.OS{}, nil)
	_, err := run(t.Context(), whole, learn)
	check(t, err)
	want := tree(t, whole)
	steps := learn.Steps()
	if len(steps) < 200 {
		t.Fatalf("only %d steps", len(steps))
	}
	stride := len(steps)/8 + 1
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		stride = 1
	}
	t.Logf("%d steps", len(steps))
	for n := stride / 2; n < len(steps); n += stride {
		dir := copyOf(t, original)
		if _, err := run(t.Context(), dir, faulty.New(durable.OS{}, faulty.Dead(n, faulty.Fail))); err == nil {
			t.Fatalf("step %d %s: no error", n, steps[n])
		}
		if name, err := dataset.Latest(dir); err != nil || name == "" {
			t.Fatalf("step %d %s: latest %q, %v", n, steps[n], name, err)
		} else if _, err := dataset.View(dir); err != nil {
			t.Fatalf("step %d %s: %v", n, steps[n], err)
		}
		if _, err := run(t.Context(), dir, nil); err != nil {
			t.Fatalf("step %d %s: again: %v", n, steps[n], err)
		}
		if got := tree(t, dir); got != want {
			t.Fatalf("step %d %s: another end:\n%s\nwant:\n%s", n, steps[n], got, want)
		}
	}
}

// copyOf copies a dataset, links as links.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "data")
	check(t, os.CopyFS(copied, os.DirFS(dir)))
	return copied
}
