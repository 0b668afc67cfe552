package commit_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
	"callmill/schema"
)

// runes cuts after every rune: words enough for a dataset that does not care
// about them.
type runes struct{}

func (runes) Cut(dst []int32, script string) []int32 {
	for _, r := range script {
		dst = append(dst, int32(utf8.RuneLen(r)))
	}
	return dst
}

// delivery is a version of a job, or a reject, as a run meets it.
type delivery struct {
	job    *schema.Job
	reject *schema.Reject
	group  *schema.JobGroupRow
	facts  *schema.TaskFacts
	expect *schema.Expected
	replay *schema.Replay // the reject whose input it is
}

// line publishes deliveries into a dataset, as the pipeline does, but in one
// goroutine: what the test varies is how they are spread over appenders.
type line struct {
	t         testing.TB
	dir       string
	options   dataset.Options
	memory    int64
	appenders int
	key       string
	rederive  bool
	rules     reconcile.Rules
	erased    func(instanceID, jobID string) bool
	extent    func(*dataset.Extent)
	hold      string // a job of the instance default; "": none
	optOuts   commit.OptOuts
}

const testKey = "a secret for tests"

func newLine(t testing.TB) *line {
	t.Helper()
	l := &line{t: t, dir: filepath.Join(t.TempDir(), "data"), appenders: 1}
	l.key = filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(l.key, []byte(testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return l
}

// run publishes what is delivered and fails the test if that does not succeed.
func (l *line) run(deliveries ...delivery) *commit.Published {
	l.t.Helper()
	p, err := l.try(context.Background(), deliveries...)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

func (l *line) try(ctx context.Context, deliveries ...delivery) (p *commit.Published, err error) {
	d, err := dataset.Open(ctx, l.dir, l.options)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	key, err := secret.ForRun(d, l.key)
	if err != nil {
		return nil, err
	}
	run := d.NewRun()
	tx, err := commit.Begin(ctx, d, run, commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(shanghai, runes{}) },
		Unflatten: flatten.Job,
		Rederive:  l.rederive,
		Rules:     l.rules,
		Erased:    l.erased,
		OnHold:    func(key schema.Key) bool { return l.hold != "" && key == schema.JobKey(nil, "default", l.hold) },
		OptOuts:   l.optOuts,
		Memory:    l.memory,
		Workers:   2,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tx.Close()) }()
	if err := l.deliver(tx, run, key, deliveries); err != nil {
		return nil, err
	}
	extent := dataset.Extent{Settings: dataset.Settings{
		TimeZone: "Asia/Shanghai", Segmenter: "fast", PII: "keep", Words: "runes",
		Derivation: flatten.Version, Outcomes: schema.OutcomesVersion, KeyID: dataset.KeyID(key),
	}}
	if l.extent != nil {
		l.extent(&extent)
	}
	if p, err = tx.Commit(ctx, extent); err != nil {
		return nil, err
	}
	return p, d.WriteRun(run, map[string]any{"snapshot": p.Snapshot})
}

func (l *line) deliver(tx *commit.Tx, run dataset.Run, key []byte, deliveries []delivery) error {
	redactor := redact.New(redact.Options{Key: key})
	appenders := make([]*commit.Appender, l.appenders)
	for i := range appenders {
		appenders[i] = tx.Appender()
	}
	for i, d := range deliveries {
		a := appenders[i*7%len(appenders)]
		raw := &schema.Raw{Origin: "test", Sequence: int64(i), Replay: d.replay}
		if d.reject != nil {
			if err := a.Reject(raw, d.reject); err != nil {
				return err
			}
			continue
		}
		if d.group != nil {
			if err := a.Group(raw, d.group); err != nil {
				return err
			}
			continue
		}
		if d.expect != nil {
			if err := a.Expected(raw, d.expect); err != nil {
				return err
			}
			continue
		}
		if d.facts != nil {
			if err := a.Facts(raw, d.facts); err != nil {
				return err
			}
			continue
		}
		job := *d.job
		if job.ObservedAt == 0 {
			job.ObservedAt, job.Undated = run.Started.UnixMilli(), true
		}
		redactor.Job(&job)
		if err := a.Job(raw, 0, &job); err != nil {
			return err
		}
	}
	for _, a := range appenders {
		if err := a.Flush(); err != nil {
			return err
		}
	}
	return nil
}

var shanghai = func() *time.Location {
	l, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return l
}()

// tables gives the hash of every table file of the published snapshot by path.
func (l *line) tables() map[string]string {
	l.t.Helper()
	root := filepath.Join(l.dir, "latest") + "/"
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".parquet") || filepath.Base(filepath.Dir(path)) == dataset.PendingDir {
			return err
		}
		text, err := os.ReadFile(path)
		sum := sha256.Sum256(text)
		files[strings.TrimPrefix(path, root)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return files
}

// pending lists what is pending: job, call and reason.
func (l *line) pending() []string {
	l.t.Helper()
	var list []string
	for _, row := range l.entries() {
		list = append(list, row.JobID+"/"+row.TaskID+" "+row.Reason)
	}
	return list
}

// entries reads what is pending.
func (l *line) entries() []schema.PendingRow {
	l.t.Helper()
	d, err := dataset.View(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	var rows []schema.PendingRow
	for row, err := range tables.Pending(d) {
		if err != nil {
			l.t.Fatal(err)
		}
		rows = append(rows, *row)
	}
	return rows
}

// snapshots lists what lies in the dataset's folder of snapshots.
func (l *line) snapshots() []string {
	l.t.Helper()
	entries, err := os.ReadDir(filepath.Join(l.dir, "snapshots"))
	if err != nil {
		l.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func sameTables(t interface {
	Helper()
	Errorf(string, ...any)
}, got, want map[string]string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if got[path] != want[path] {
			t.Errorf("%s: has hash %.8q, want %.8q", path, got[path], want[path])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[path]; !ok {
			t.Errorf("%s: not expected", path)
		}
	}
}
