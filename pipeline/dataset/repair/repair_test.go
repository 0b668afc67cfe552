package repair_test

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/repair"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/dataset/verify"
	"callmill/pipeline/flatten"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// runes cuts a script into its characters.
type runes struct{}

func (runes) Cut(dst []int32, script string) []int32 {
	for script != "" {
		_, n := utf8.DecodeRuneInString(script)
		dst, script = append(dst, int32(n)), script[n:]
	}
	return dst
}

// noon is an instant of a day of January 2026, in ms.
func noon(day int) int64 { return time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC).UnixMilli() }

// jobs are of two days, with rows in every table.
func jobs(observed int64, status string) []schema.Job {
	turn := schema.Turn{Speaker: schema.SpeakerRobot, Script: "您好，请问是张三先生吗？", Timestamp: noon(20), Summaries: []schema.Summary{{Name: "mood", Content: "good"}}}
	list := []schema.Job{
		{JobID: "a", Status: status, Extras: []schema.Extra{{Key: "due", Value: "2026-01-31"}}, Contacts: []schema.Contact{{Name: "张三", PhoneNumber: "13581588888"}},
			Tasks: []schema.Task{{TaskID: "a1", Status: "SucceededFinish", ActualTime: noon(20), Turns: []schema.Turn{turn, turn}, Facts: schema.Facts{JobGroupName: "January", ObservedAt: observed}}}},
		{JobID: "b", Status: "Failed", Tasks: []schema.Task{{TaskID: "b1", Status: "NoAnswer", ActualTime: noon(20)}}},
		{JobID: "c", Status: "Succeeded", Tasks: []schema.Task{{TaskID: "c1", Status: "SucceededFinish", ActualTime: noon(21), Turns: []schema.Turn{turn}}}},
	}
	for i := range list {
		list[i].InstanceID, list[i].RequestID, list[i].ObservedAt = "sales", "r", observed
	}
	return list
}

// publish publishes jobs, facts of whose tasks come apart, as SearchTask's do.
func publish(ctx context.Context, t testing.TB, dir string, o dataset.Options, list []schema.Job) {
	t.Helper()
	d, err := dataset.Open(ctx, dir, o)
	check(t, err)
	defer func() { check(t, d.Close()) }()
	key, err := secret.ForRun(d, "")
	check(t, err)
	run := d.NewRun()
	tx, err := commit.Begin(ctx, d, run, commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(time.UTC, runes{}) }, Unflatten: flatten.Job, Program: "test",
	})
	check(t, err)
	defer func() { check(t, tx.Close()) }()
	raw := &schema.Raw{Origin: "resp-1.json", InstanceID: "sales"}
	a, redactor := tx.Appender(), redact.New(redact.Options{Key: key})
	for i := range list {
		job := list[i]
		job.Tasks = slices.Clone(job.Tasks)
		for k := range job.Tasks {
			facts := schema.TaskFacts{InstanceID: job.InstanceID, JobID: job.JobID, TaskID: job.Tasks[k].TaskID, Facts: job.Tasks[k].Facts}
			job.Tasks[k].Facts = schema.Facts{}
			check(t, a.Facts(raw, &facts))
		}
		redactor.Job(&job)
		check(t, a.Job(raw, int64(i), &job))
	}
	check(t, a.Flush())
	published, err := tx.Commit(ctx, dataset.Extent{Settings: dataset.Settings{
		TimeZone: "UTC", Segmenter: "fast", Words: "runes", PII: "keep",
		Derivation: flatten.Version, Outcomes: schema.OutcomesVersion, KeyID: dataset.KeyID(key),
	}})
	check(t, err)
	check(t, d.WriteRun(run, map[string]string{"snapshot": published.Snapshot}))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// night is when a night's run begins.
func night(n int) func() time.Time {
	return func() time.Time { return time.Date(2026, 1, 21+n, 1, 30, 0, 0, time.UTC) }
}

// newDataset publishes two nights, of which the second changes a job of one day.
func newDataset(t testing.TB) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	publish(t.Context(), t, dir, dataset.Options{Now: night(1)}, jobs(noon(22), "Executing"))
	publish(t.Context(), t, dir, dataset.Options{Now: night(2)}, jobs(noon(23), "Succeeded")[:1])
	return dir
}

// kept is how much of what was received is kept.
type kept int

const (
	nothing kept = iota
	lastNight
	everything
)

// mend repairs a dataset of which some of the input is kept.
func mend(t testing.TB, dir string, fsys durable.FS, k kept) (report *repair.Report, err error) {
	t.Helper()
	ctx := context.Background()
	if _, err := dataset.RestoreManifest(ctx, dir, dataset.Options{FS: fsys, Now: night(3)}); err != nil {
		return nil, err
	}
	d, err := dataset.Open(ctx, dir, dataset.Options{FS: fsys, Now: night(3)})
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := d.Close(); err == nil {
			err = e
		}
	}()
	o := repair.Options{
		Job:  flatten.Job,
		Rows: func() func(*schema.Job, schema.ContentHash) *schema.Rows { return flatten.New(time.UTC, runes{}).Rows },
	}
	if k != nothing {
		o.Replay = func(ctx context.Context, into string) (*dataset.Dataset, error) {
			check(t, os.MkdirAll(into, 0o700))
			key, err := os.ReadFile(filepath.Join(dir, "key"))
			check(t, err)
			check(t, os.WriteFile(filepath.Join(into, "key"), key, 0o600))
			check(t, os.WriteFile(filepath.Join(into, "lock"), nil, 0o600))
			check(t, os.MkdirAll(filepath.Join(into, "snapshots"), 0o700))
			if k == everything {
				publish(ctx, t, into, dataset.Options{Now: night(1)}, jobs(noon(22), "Executing"))
			}
			publish(ctx, t, into, dataset.Options{Now: night(2)}, jobs(noon(23), "Succeeded")[:1])
			return dataset.View(into)
		}
	}
	return repair.Snapshot(ctx, d, o)
}

// files reads the files of the latest snapshot.
func files(t testing.TB, dir string) (at string, texts map[string]string) {
	t.Helper()
	at, err := filepath.EvalSymlinks(filepath.Join(dir, "latest"))
	check(t, err)
	texts = map[string]string{}
	check(t, filepath.WalkDir(at, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(at, path)
		texts[filepath.ToSlash(name)] = string(text)
		return err
	}))
	return at, texts
}

// flip flips a bit of a file in its place.
func flip(t testing.TB, path string, at, bit int) {
	t.Helper()
	text, err := os.ReadFile(path)
	check(t, err)
	text[at%len(text)] ^= 1 << bit
	check(t, os.WriteFile(path, text, 0o600))
}

func whole(t testing.TB, dir string) {
	t.Helper()
	r, err := verify.Snapshot(context.Background(), dir, verify.Options{Job: flatten.Job})
	check(t, err)
	if r.Damaged() {
		t.Errorf("verify finds %+v", r.Findings)
	}
}

// TestFlippedBits: whichever bits of one or two files are flipped, with all input
// kept the very bytes are put back.
func TestFlippedBits(t *testing.T) {
	dir := newDataset(t)
	folder, want := files(t, dir)
	random := rand.New(rand.NewPCG(rand.Uint64(), 0))
	names := slices.Sorted(maps.Keys(want))
	checks := 60
	if testing.Short() {
		checks = 8
	}
	for range checks {
		for range 1 + random.IntN(2) {
			name := names[random.IntN(len(names))]
			at, bit := random.IntN(1<<20), random.IntN(8)
			t.Logf("%s: bit %d of byte %d", name, bit, at%len(want[name]))
			flip(t, filepath.Join(folder, filepath.FromSlash(name)), at, bit)
		}
		if _, err := mend(t, dir, nil, everything); err != nil {
			t.Fatal(err)
		}
		if _, got := files(t, dir); !maps.Equal(got, want) {
			t.Fatal("the files are not as they were")
		}
	}
	whole(t, dir)
}

// TestPartOfTheInput: of a file that has a job whose input is not kept, nothing is
// put back; one whose jobs are all kept, or in the other tables, is.
func TestPartOfTheInput(t *testing.T) {
	dir := newDataset(t)
	at, want := files(t, dir)
	for name := range want {
		table, day, _ := strings.Cut(name, "/")
		if name == dataset.ManifestFile || name == dataset.ViewsFile || table == schema.TableRejects || table == schema.TableStatuses || table == schema.TableJobGroups {
			continue
		}
		flip(t, filepath.Join(at, filepath.FromSlash(name)), 40, 3)
		report, err := mend(t, dir, nil, lastNight)
		check(t, err)
		// Last night brought job a alone. Of the 20th, b has no turns, extras and
		// contacts: the other tables have all of it.
		made := strings.HasPrefix(day, "job_date=2026-01-20") && table != schema.TableJobs && table != schema.TableTasks
		if made = made || strings.Count(day, "2100-01-01") > 0; made != (len(report.Lost()) == 0) {
			t.Errorf("%s: %+v", name, report.Files)
		}
		check(t, os.WriteFile(filepath.Join(at, filepath.FromSlash(name)), []byte(want[name]), 0o600))
	}
	whole(t, dir)
}

// TestDiskDies: a disk that dies at any step leaves each file damaged or whole, and
// the next repair makes all of them whole.
func TestDiskDies(t *testing.T) {
	dir := newDataset(t)
	at, want := files(t, dir)
	random := rand.New(rand.NewPCG(1, 2))
	spoil := func() map[string]string {
		for name := range want {
			if strings.HasPrefix(name, "turns/") || strings.HasPrefix(name, "statuses/") || name == dataset.ViewsFile || name == dataset.ManifestFile {
				flip(t, filepath.Join(at, filepath.FromSlash(name)), random.IntN(1<<20), 5)
			}
		}
		_, now := files(t, dir)
		return now
	}
	spoil()
	counting := faulty.New(durable.OS{}, nil)
	_, err := mend(t, dir, counting, everything)
	check(t, err)
	steps, stride := len(counting.Steps()), 1
	if testing.Short() {
		stride = 5
	}
	for step := 0; step < steps; step += stride {
		damaged := spoil()
		// How many steps there are depends on where the damage is.
		broken := faulty.New(durable.OS{}, faulty.Dead(step, faulty.Half))
		if _, err := mend(t, dir, broken, everything); err == nil && len(broken.Steps()) > step {
			t.Errorf("step %d of %d failed, the repair did not", step, len(broken.Steps()))
		}
		_, now := files(t, dir)
		for name, text := range now {
			if text != want[name] && text != damaged[name] {
				t.Errorf("step %d: %s is neither whole nor as it was", step, name)
			}
		}
		_, err := mend(t, dir, nil, everything)
		check(t, err)
		if _, now := files(t, dir); !maps.Equal(now, want) {
			t.Errorf("step %d: not all is whole after the next repair", step)
		}
		left, _ := filepath.Glob(filepath.Join(dir, "snapshots", ".*"))
		if len(left) > 0 {
			t.Errorf("step %d: left over %q", step, left)
		}
	}
	whole(t, dir)
}

// TestCopies: where files could not be linked, the copy of another snapshot that is
// whole is taken, and one that is damaged there is repaired, too.
func TestCopies(t *testing.T) {
	dir := newDataset(t)
	at, want := files(t, dir)
	list, err := dataset.List(dir)
	check(t, err)
	var file string
	for name := range want {
		if strings.HasPrefix(name, "turns/job_date=2026-01-21") {
			file = filepath.FromSlash(name) // of the job that did not change
		}
	}
	other := filepath.Join(dir, "snapshots", list[0].Name, file)
	check(t, os.Remove(other))
	check(t, os.WriteFile(other, []byte(want[filepath.ToSlash(file)]), 0o600))
	flip(t, filepath.Join(at, file), 50, 1)
	report, err := mend(t, dir, nil, nothing)
	check(t, err)
	if len(report.Files) != 1 || report.Files[0].From != "snapshot "+list[0].Name {
		t.Errorf("%+v", report.Files)
	}
	flip(t, filepath.Join(at, file), 50, 1)
	flip(t, other, 70, 1)
	_, err = mend(t, dir, nil, everything)
	check(t, err)
	for _, path := range []string{other, filepath.Join(at, file)} {
		if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, []byte(want[filepath.ToSlash(file)])) {
			t.Errorf("%s is not whole: %v", path, err)
		}
	}
}

// TestScripts: damage to the words of turns, which the scripts tell, needs no input.
// Damage to the scripts does.
func TestScripts(t *testing.T) {
	dir := newDataset(t)
	folder, want := files(t, dir)
	for name, text := range want {
		if !strings.HasPrefix(name, "turns/") || strings.Contains(name, "2100-01-01") {
			continue
		}
		made, tries, stride := 0, 0, 37
		if testing.Short() {
			stride = 211
		}
		for at := 4; at < len(text)-8; at += stride {
			tries++
			flip(t, filepath.Join(folder, filepath.FromSlash(name)), at, 2)
			report, err := mend(t, dir, nil, nothing)
			check(t, err)
			if _, now := files(t, dir); len(report.Lost()) == 0 {
				made++
				if report.Files[0].From != "its scripts" || !maps.Equal(now, want) {
					t.Errorf("byte %d of %s: %+v, not as it was", at, name, report.Files)
				}
			} else {
				check(t, os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(text), 0o600))
			}
		}
		t.Logf("%s: %d of %d were made of the scripts", name, made, tries)
		if made == 0 || made == tries {
			t.Errorf("%s: %d of %d were made of the scripts", name, made, tries)
		}
	}
}

// noting is an Appender that notes what is expected, and why.
type noting map[string]string

func (noting) Job(*schema.Raw, int64, *schema.Job) error    { return nil }
func (noting) Facts(*schema.Raw, *schema.TaskFacts) error   { return nil }
func (noting) Group(*schema.Raw, *schema.JobGroupRow) error { return nil }
func (noting) Reject(*schema.Raw, *schema.Reject) error     { return nil }
func (n noting) Expected(_ *schema.Raw, e *schema.Expected) error {
	n[e.JobID] = e.Trouble
	return nil
}

// TestPendingLost: where both copies of what was pending are damaged, the jobs that may
// have been pending are asked for again: those that are not final, and those that were
// called a short time ago.
func TestPendingLost(t *testing.T) {
	dir, list := filepath.Join(t.TempDir(), "data"), jobs(noon(22), "Executing")
	for i := range list {
		list[i].Asked = true
	}
	publish(t.Context(), t, dir, dataset.Options{Now: night(1)}, list)
	d, err := dataset.Open(t.Context(), dir, dataset.Options{Now: night(3)})
	check(t, err)
	defer func() { check(t, d.Close()) }()
	flip(t, filepath.Join(d.SnapshotDir(), filepath.FromSlash(d.Manifest().Pending.Path)), 100, 0)
	flip(t, d.PendingCopy(d.Name()), 200, 0)
	expected := noting{}
	report, err := repair.Snapshot(t.Context(), d, repair.Options{
		Job: flatten.Job,
		Publish: func(_ context.Context, _ int64, add func(repair.Appender) error) (string, error) {
			return "new", add(expected)
		},
	})
	check(t, err)
	if want := (noting{"a": schema.PendingNotFinal, "c": schema.PendingSettling}); !report.Salvage.Pending || !maps.Equal(expected, want) {
		t.Errorf("expected are %v, want %v; %+v", expected, want, report.Salvage)
	}
}
