package retain_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/flatten"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/schema"
)

// runes cuts a script into its characters.
type runes struct{}

func (runes) Cut(dst []int32, script string) []int32 {
	for _, r := range script {
		dst = append(dst, int32(utf8.RuneLen(r)))
	}
	return dst
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// january is noon of a day of January 2026.
func january(day int) time.Time { return time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC) }

func called(id string, says string, day int) *schema.Job {
	at := january(day).UnixMilli()
	return &schema.Job{
		InstanceID: "i", JobID: id, Status: "Succeeded", ObservedAt: january(day + 1).UnixMilli(),
		Tasks: []schema.Task{{
			TaskID: id + "-0", Status: "SucceededFinish", ActualTime: at, CalledNumber: "10020000001", ContactKey: strings.Repeat("a", 32),
			Turns: []schema.Turn{{Speaker: schema.SpeakerContact, Script: says, Timestamp: at}},
		}},
	}
}

// publish publishes jobs on a day.
func publish(t testing.TB, dir string, day int, jobs ...*schema.Job) {
	t.Helper()
	d, err := dataset.Open(t.Context(), dir, dataset.Options{Now: func() time.Time { return january(day) }})
	check(t, err)
	defer func() { check(t, d.Close()) }()
	run := d.NewRun()
	tx, err := commit.Begin(t.Context(), d, run, commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(time.UTC, runes{}) }, Unflatten: flatten.Job, Program: "test",
	})
	check(t, err)
	defer func() { check(t, tx.Close()) }()
	a := tx.Appender()
	for i, job := range jobs {
		check(t, a.Job(&schema.Raw{Origin: "x", Sequence: int64(i)}, 0, job))
	}
	check(t, a.Reject(&schema.Raw{Sequence: 99}, &schema.Reject{InstanceID: "i", JobID: "bad", Code: "json", Reason: "x", Raw: []byte("x"), ObservedAt: january(day).UnixMilli()}))
	check(t, a.Flush())
	published, err := tx.Commit(t.Context(), dataset.Extent{Settings: dataset.Settings{
		TimeZone: "UTC", Segmenter: "fast", Words: "runes", PII: "keep", Derivation: flatten.Version, Outcomes: schema.OutcomesVersion, KeyID: "0011223344556677",
	}})
	check(t, err)
	check(t, d.WriteRun(run, map[string]string{"snapshot": published.Snapshot}))
}

// kept is a dataset of two snapshots that keep all.
func kept(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	publish(t, dir, 10, called("old", "别再打了", 2), called("young", "好", 9))
	publish(t, dir, 11, called("another", "好", 10))
	return dir
}

// sweep sweeps a dataset on a day, and returns how many snapshots were replaced.
func sweep(t testing.TB, dir string, day int, fsys durable.FS) (int, error) {
	t.Helper()
	d, err := dataset.Open(t.Context(), dir, dataset.Options{FS: fsys, Now: func() time.Time { return january(day) }})
	if err != nil {
		return 0, err
	}
	limits, err := retain.Of(d.Erased(), 10, january(day), time.UTC)
	if err != nil {
		return 0, errors.Join(err, d.Close())
	}
	s := retain.Sweeper{Dataset: d, OptOuts: retain.NewOptOuts(d.Erased(), func(n string) string { return n }, time.UTC), Job: flatten.Job}
	n, err := limits.Finish(t.Context(), s)
	if err == nil {
		var more int
		more, err = limits.Sweep(t.Context(), s, "20260120T120000Z-abcdef", january(day))
		n += more
	}
	return n, errors.Join(err, d.Close())
}

// told says which jobs each snapshot has, what is pinned, and what opt-outs are kept.
func told(t testing.TB, dir string) string {
	t.Helper()
	list, err := dataset.List(dir)
	check(t, err)
	d, err := dataset.View(dir)
	check(t, err)
	var text strings.Builder
	for _, l := range list {
		at, err := d.At(l.Name)
		check(t, err)
		var jobs []string
		for row, err := range tables.Rows[schema.JobRow](at, schema.TableJobs) {
			check(t, err)
			jobs = append(jobs, row.JobID)
		}
		slices.Sort(jobs)
		fmt.Fprintln(&text, l.Name, l.Latest, l.Manifest.Edge, jobs, at.Manifest().Table(schema.TableRejects).Rows)
	}
	optOuts, err := d.Erased().OptOuts()
	check(t, err)
	open, err := d.Erased().Open()
	check(t, err)
	fmt.Fprintln(&text, len(optOuts), "opt-outs", len(open), "open")
	return text.String()
}

func TestSweep(t *testing.T) {
	dir := kept(t)
	before := told(t, dir)
	if n, err := sweep(t, dir, 19, nil); n != 0 || err != nil || told(t, dir) != before { // the edge is the ninth, the job of the second within the grace
		t.Errorf("within the grace %d snapshots were replaced (%v)", n, err)
	}
	n, err := sweep(t, dir, 20, nil)
	check(t, err)
	after := told(t, dir)
	if n != 2 || strings.Contains(after, "old") || strings.Contains(after, "young") || !strings.Contains(after, "[another]") || !strings.Contains(after, "1 opt-outs 0 open") {
		t.Errorf("%d snapshots were replaced:\n%s", n, after)
	}
	if n, err := sweep(t, dir, 20, nil); n != 0 || err != nil || told(t, dir) != after {
		t.Errorf("again: %d snapshots were replaced (%v)", n, err)
	}
}

// A job that was called again stays where its later call is, and goes from the snapshots
// before, where it is overdue: there it is new now, as the counts say.
func TestSweepOfOneThatIsCalledAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	publish(t, dir, 10, called("old", "喂", 2), called("young", "好", 9))
	publish(t, dir, 11, called("old", "好", 10))
	n, err := sweep(t, dir, 20, nil)
	check(t, err)
	if after := told(t, dir); n != 2 || !strings.Contains(after, "[old]") || strings.Contains(after, "young") {
		t.Fatalf("%d snapshots were replaced:\n%s", n, after)
	}
	d, err := dataset.View(dir)
	check(t, err)
	list, err := dataset.List(dir)
	check(t, err)
	jobs := map[string]int64{"": 0}
	for _, l := range list { // the oldest first
		at, err := d.At(l.Name)
		check(t, err)
		m := at.Manifest()
		jobs[l.Name] = m.Table(schema.TableJobs).Rows
		parent, known := jobs[m.Parent]
		if text := m.Counts.WrongJobs(jobs[l.Name], parent); !known || text != "" || len(m.Counts.Wrong()) > 0 {
			t.Errorf("snapshot %s upon %q (known: %t): %s %q", l.Name, m.Parent, known, text, m.Counts.Wrong())
		}
	}
}

func TestSweepLeavesHolds(t *testing.T) {
	dir := kept(t)
	store := erased.In(durable.OS{}, dir)
	check(t, store.WriteHolds([]erased.Hold{{Job: erased.Job{InstanceID: "i", JobID: "old"}, Reason: "x", Day: "2026-01-12"}}))
	if n, err := sweep(t, dir, 19, nil); n != 0 || err != nil {
		t.Errorf("%d snapshots were replaced (%v)", n, err)
	}
	if _, err := sweep(t, dir, 30, nil); err != nil || !strings.Contains(told(t, dir), "[old]") {
		t.Errorf("the job on hold went (%v):\n%s", err, told(t, dir))
	}
}

// Killed at any step and run again, the end is the same.
func TestSweepKilled(t *testing.T) {
	original := kept(t)
	whole := copyOf(t, original)
	learn := faulty.New(durable.OS{}, nil)
	_, err := sweep(t, whole, 20, learn)
	check(t, err)
	want, steps := told(t, whole), learn.Steps()
	stride := len(steps)/12 + 1
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		stride = 1
	}
	for n := stride / 3; n < len(steps); n += stride {
		dir := copyOf(t, original)
		if _, err := sweep(t, dir, 20, faulty.New(durable.OS{}, faulty.Dead(n, faulty.Fail))); err == nil {
			t.Fatalf("step %d %s: no error", n, steps[n])
		}
		if _, err := sweep(t, dir, 20, nil); err != nil {
			t.Fatalf("step %d %s: again: %v", n, steps[n], err)
		}
		if got := told(t, dir); got != want {
			t.Fatalf("step %d %s: another end:\n%s\nwant:\n%s", n, steps[n], got, want)
		}
	}
}

func copyOf(t testing.TB, dir string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "data")
	check(t, os.CopyFS(copied, os.DirFS(dir)))
	return copied
}
