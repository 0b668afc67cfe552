package verify_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/dataset/verify"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
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

var shanghai = func() *time.Location {
	location, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return location
}()

// noon is an instant of a day of January 2026, in ms.
func noon(day int) int64 {
	return time.Date(2026, 1, day, 12, 0, 0, 0, shanghai).UnixMilli()
}

// someJobs have rows in every table, on two days and without a call.
func someJobs() []schema.Job {
	turns := func(day int) []schema.Turn {
		return []schema.Turn{
			{Speaker: schema.SpeakerRobot, Script: "您好，请问是张三先生吗？", Timestamp: noon(day) + 1000},
			{Speaker: schema.SpeakerContact, Script: "是的", Timestamp: noon(day) + 3000, Summaries: []schema.Summary{{Category: "tag", Name: "confirmed", Content: "yes"}, {Name: "mood"}}},
			{Speaker: schema.SpeakerRobot, Script: "", Timestamp: noon(day) + 3000},
			{Speaker: schema.SpeakerUnknown, Script: "喂"},
		}
	}
	contact := schema.Contact{ContactID: "c1", Name: "张三", Honorific: "先生", PhoneNumber: "13581588888"}
	priority := int32(0)
	duration := int64(41)
	jobs := []schema.Job{
		{
			JobID: "a", JobGroupID: "g1", Status: schema.JobSucceeded, Priority: &priority, CallingNumbers: []string{"057126883106", "057126883107"},
			Contacts: []schema.Contact{contact, {Name: "李四"}}, Extras: []schema.Extra{{Key: "due", Value: "2026-01-31"}, {Key: "empty"}},
			Summaries: []schema.Summary{{Category: "score", Content: "5"}},
			Tasks: []schema.Task{
				{TaskID: "a1", Status: "NoAnswer", PlannedTime: noon(20), CalledNumber: "13581588888", Contact: contact},
				{TaskID: "a2", Status: "SucceededFinish", ActualTime: noon(21), Duration: &duration, Contact: contact, Turns: turns(21),
					Facts: schema.Facts{JobGroupName: "January", DialExceptions: []string{"x", "y"}}},
				{TaskID: "a3", Status: "Executing"},
			},
		},
		{JobID: "b", JobGroupID: "g1", Status: schema.JobFailed, Tasks: []schema.Task{
			{TaskID: "b1", Status: "SucceededByMagic", ActualTime: noon(20), CalledNumber: "13581580002", Turns: turns(20)},
			{TaskID: "b2", Status: "SucceededClientHangUp", ActualTime: noon(22), Turns: turns(22)[:2]},
		}},
		{JobID: "c", Status: schema.JobScheduling, Extras: []schema.Extra{{Key: "due"}}},
		{JobID: "d", Status: schema.JobSucceeded, Tasks: []schema.Task{
			{TaskID: "d1", Status: "SucceededFinish", ActualTime: noon(22), Contact: contact, Turns: turns(22)},
		}},
	}
	for i := range jobs {
		jobs[i].InstanceID, jobs[i].RequestID, jobs[i].ObservedAt = instance, "r1", noon(23)
	}
	return jobs
}

func someRejects() []schema.Reject {
	return []schema.Reject{
		{InstanceID: instance, JobID: "x", Origin: "resp-1.json", Position: 3, Code: schema.RejectShape, Reason: "tasks is a number", Raw: []byte(`{"Tasks":7}`), ObservedAt: noon(23)},
		{InstanceID: instance, Origin: "resp-2.json", Code: schema.RejectEmpty, Reason: "no bytes", ObservedAt: noon(23)},
		{InstanceID: instance, Origin: "resp-3.json", Code: schema.RejectSyntax, Reason: "not JSON", Raw: make([]byte, schema.MaxRejectRaw+1), ObservedAt: noon(23)},
	}
}

// publish runs jobs through the line into the dataset in dir.
func publish(t testing.TB, dir string, at time.Time, jobs []schema.Job, rejects []schema.Reject) {
	t.Helper()
	ctx := t.Context()
	d, err := dataset.Open(ctx, dir, dataset.Options{Now: func() time.Time { return at }})
	check(t, err)
	defer func() { check(t, d.Close()) }()
	key, err := secret.ForRun(d, "")
	check(t, err)
	run := d.NewRun()
	tx, err := commit.Begin(ctx, d, run, commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(shanghai, runes{}) }, Unflatten: flatten.Job, Program: "test",
	})
	check(t, err)
	defer func() { check(t, tx.Close()) }()

	raw := &schema.Raw{Origin: "resp-1.json", InstanceID: instance}
	a, redactor := tx.Appender(), redact.New(redact.Options{Key: key})
	for i := range jobs {
		job := jobs[i]
		redactor.Job(&job)
		check(t, a.Job(raw, int64(i), &job))
	}
	for i := range rejects {
		check(t, a.Reject(raw, &rejects[i]))
	}
	check(t, a.Flush())
	published, err := tx.Commit(ctx, dataset.Extent{Settings: dataset.Settings{
		TimeZone: "Asia/Shanghai", Segmenter: "fast", Words: "runes", PII: "keep",
		Derivation: flatten.Version, Outcomes: schema.OutcomesVersion, KeyID: dataset.KeyID(key),
	}})
	check(t, err)
	check(t, d.WriteRun(run, map[string]string{"snapshot": published.Snapshot}))
}

// newDataset publishes someJobs and someRejects into a new dataset.
func newDataset(t testing.TB) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	publish(t, dir, time.Date(2026, 1, 23, 1, 30, 0, 0, time.UTC), someJobs(), someRejects())
	return dir
}

// copyOf copies a dataset, which is faster than to publish another.
func copyOf(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	check(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, dir))
		switch {
		case entry.IsDir():
			return os.Mkdir(target, 0o700)
		case entry.Type() == fs.ModeSymlink:
			link, err := os.Readlink(path)
			return errors.Join(err, os.Symlink(link, target))
		}
		content, err := os.ReadFile(path)
		return errors.Join(err, os.WriteFile(target, content, 0o600))
	}))
	return to
}

// options check everything.
func options(dir string) verify.Options {
	return verify.Options{
		Job: flatten.Job,
		Rows: func(s dataset.Settings) (func() verify.Rows, error) {
			location, err := time.LoadLocation(s.TimeZone)
			return func() verify.Rows { return flatten.New(location, runes{}).Rows }, err
		},
		ContactKey: func(derivation int) func(string) string {
			key, _ := os.ReadFile(filepath.Join(dir, "key"))
			return redact.Keys(key[:len(key)-1])(derivation)
		},
	}
}

func snapshotDir(t testing.TB, dir string) string {
	t.Helper()
	resolved, err := filepath.EvalSymlinks(filepath.Join(dir, "latest"))
	check(t, err)
	return resolved
}

func readManifest(t testing.TB, dir string) *dataset.Manifest {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(snapshotDir(t, dir), "manifest.json"))
	check(t, err)
	m := &dataset.Manifest{}
	check(t, json.Unmarshal(text, m))
	return m
}

func inspect(t testing.TB, dir string, o verify.Options) *finding.Report {
	t.Helper()
	report, err := verify.Snapshot(context.Background(), dir, o)
	check(t, err)
	return report
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
