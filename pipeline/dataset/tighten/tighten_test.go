package tighten_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/tighten"
	"callmill/pipeline/flatten"
	"callmill/pipeline/internal/durable"
	"callmill/pipeline/internal/durable/faulty"
	"callmill/schema"
)

// words are the scripts as they are.
type words struct{}

func (words) Cut(dst []int32, script string) []int32 { return append(dst, int32(len(script))) }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const secret = "10020000001"

// publish publishes a job under a mode; ready is called before it is the latest.
func publish(d *dataset.Dataset, run dataset.Run, pii, script string, ready func(string) error) (err error) {
	o := commit.Options{
		Flattener: func() commit.Flattener { return flatten.New(time.UTC, words{}) }, Unflatten: flatten.Job, Program: "test", Ready: ready,
	}
	tx, err := commit.Begin(context.Background(), d, run, o)
	if err != nil {
		return err
	}
	defer tx.Close()
	a := tx.Appender()
	job := &schema.Job{InstanceID: "sales", JobID: "a", ObservedAt: d.Now().UnixMilli(), Tasks: []schema.Task{{
		TaskID: "t", ActualTime: 1_768_960_800_000, Turns: []schema.Turn{{Speaker: schema.SpeakerRobot, Script: script}},
	}}}
	if err := a.Job(&schema.Raw{}, 0, job); err != nil {
		return err
	}
	if err := a.Flush(); err != nil {
		return err
	}
	published, err := tx.Commit(context.Background(), dataset.Extent{Settings: dataset.Settings{
		TimeZone: "UTC", Segmenter: "fast", Words: "words", PII: pii, Derivation: flatten.Version, Outcomes: schema.OutcomesVersion,
	}})
	if err != nil {
		return err
	}
	return d.WriteRun(run, map[string]string{"snapshot": published.Snapshot, "error": "met " + secret})
}

// looser makes a dataset of two snapshots with pins, a kept response, and files of runs
// that quote.
func looser(t testing.TB) (dir string) {
	dir = filepath.Join(t.TempDir(), "data")
	for day := range 2 {
		d := open(t, dir, day, nil)
		check(t, publish(d, d.NewRun(), "keep", fmt.Sprint(secret, " ", day), nil))
		_, err := d.Pin(d.Name(), []string{"mart", ""}[day])
		check(t, err)
		check(t, os.MkdirAll(filepath.Join(d.RawDir(), d.NewRun().ID), 0o700))
		check(t, d.Close())
	}
	return dir
}

func open(t testing.TB, dir string, day int, fsys durable.FS) *dataset.Dataset {
	t.Helper()
	d, err := dataset.Open(context.Background(), dir, options(day, fsys))
	check(t, err)
	return d
}

func options(day int, fsys durable.FS) dataset.Options {
	return dataset.Options{FS: fsys, Now: func() time.Time { return time.Date(2026, 1, 23+day, 1, 30, 0, 0, time.UTC) }}
}

// scrub takes the secret out of the file of a run.
func scrub(text []byte) ([]byte, error) {
	return bytes.ReplaceAll(text, []byte(secret), []byte("…")), nil
}

// stricter publishes under mask, and finishes; begins is called before the intent is
// written.
func stricter(d *dataset.Dataset, begins func()) error {
	run := d.NewRun()
	ready := func(snapshot string) error {
		begins()
		return tighten.Begin(d, run.ID, "mask", snapshot)
	}
	if err := publish(d, run, "mask", "[电话]", ready); err != nil {
		return err
	}
	return finish(d)
}

func finish(d *dataset.Dataset) error {
	intents, err := d.Erased().Open()
	if err != nil {
		return err
	}
	for _, i := range intents {
		if err := tighten.Finish(d, i, scrub); err != nil {
			return err
		}
	}
	return nil
}

// checkGone checks that nothing is left of what was published before.
func checkGone(t testing.TB, dir string) {
	t.Helper()
	list, err := dataset.List(dir)
	check(t, err)
	if len(list) != 1 || !list[0].Latest || len(list[0].Pins) > 0 || list[0].Manifest.Settings.PII != "mask" {
		t.Errorf("snapshots %+v", list)
	}
	d, err := dataset.View(dir)
	check(t, err)
	policy, err := d.Erased().Policy()
	if err != nil || policy.PII != "mask" {
		t.Errorf("policy %+v, %v", policy, err)
	}
	if l, err := tighten.Of(d); err != nil || len(l.Raw) > 0 || len(l.Pins) > 0 {
		t.Errorf("left are %+v, %v", l, err)
	}
	if open, err := d.Erased().Open(); err != nil || len(open) > 0 {
		t.Errorf("open are %+v, %v", open, err)
	}
	for run, text := range d.Reports() {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("run %s: %s", run, text)
		}
	}
	copies, err := filepath.Glob(filepath.Join(dir, "runs", "*manifest*"))
	check(t, err)
	if len(copies) > 1 {
		t.Errorf("second copies: %v", copies)
	}
}

func TestLeaving(t *testing.T) {
	dir := looser(t)
	d := open(t, dir, 5, nil)
	defer d.Close()
	l, err := tighten.Of(d)
	check(t, err)
	if len(l.Snapshots) != 2 || len(l.Pins) != 2 || len(l.Raw) != 2 || !slices.ContainsFunc(l.Pins, func(p dataset.Pin) bool { return p.Bookmark == "mart" }) {
		t.Errorf("%+v", l)
	}
}

// TestEveryStepBroken: wherever a run dies, either nothing has changed, or the next
// command that writes ends where it would have ended.
func TestEveryStepBroken(t *testing.T) {
	learn := faulty.New(durable.OS{}, nil)
	original := looser(t)
	copied := func() string {
		dir := filepath.Join(t.TempDir(), "data")
		check(t, os.CopyFS(dir, os.DirFS(original)))
		return dir
	}
	dir := copied()
	d := open(t, dir, 5, learn)
	before := 0 // the steps until then are broken in the tests of package commit
	check(t, stricter(d, func() { before = len(learn.Steps()) - 3 }))
	check(t, d.Close())
	checkGone(t, dir)
	steps := len(learn.Steps())
	finished, unchanged := 0, 0
	every := 2 // syncing takes long
	if os.Getenv("CALLMILL_THOROUGH") != "" {
		every = 1
	}
	for n := before; n < steps; n += every {
		dir := copied()
		d, err := dataset.Open(context.Background(), dir, options(5, faulty.New(durable.OS{}, faulty.Dead(n, faulty.Fail))))
		if err == nil {
			if err = stricter(d, func() {}); err == nil && n < steps-1 {
				t.Errorf("step %d: no error", n)
			}
			_ = d.Close() // as far as a dead disk lets it
		}
		d = open(t, dir, 6, nil)
		check(t, finish(d))
		name, pii := d.Name(), d.Manifest().Settings.PII
		check(t, d.Close())
		if pii == "mask" {
			finished++
			checkGone(t, dir)
			continue
		}
		unchanged++
		list, err := dataset.List(dir)
		check(t, err)
		v, err := dataset.View(dir)
		check(t, err)
		policy, err := v.Erased().Policy()
		if open, e := v.Erased().Open(); err != nil || e != nil || len(open) > 0 || policy != (erased.Policy{}) || len(list) != 2 || list[1].Name != name {
			t.Errorf("step %d: snapshots %+v, policy %+v, open %+v", n, list, policy, open)
		}
	}
	if finished < 5 || unchanged < 3 {
		t.Errorf("%d runs had published, %d had not: too few of either", finished, unchanged)
	}
}
